#pragma once

#include <optional>
#include <string_view>

namespace sluice {

/// Checks that DuckDB leaves out when it is given chunks. It takes what it gets, and one bad value
/// then fails the whole transaction, or every later query of the table.

bool isUtf8(std::string_view text);

/// Whether the text is one JSON value by RFC 8259, surrogate pairs whole, nested kMaxJsonDepth deep
/// at most.
inline constexpr int kMaxJsonDepth = 512;
bool isJson(std::string_view text);

__extension__ using Int128 = __int128;

/// DECIMAL(38,18) holds 20 digits before the point and 18 behind it.
inline constexpr int kDecimalWidth = 38;
inline constexpr int kDecimalScale = 18;

/// The number times 10^18; digits beyond are rounded half away from zero.
/// @return  nothing when the text is no number, or has too many digits before the point
std::optional<Int128> parseDecimal(std::string_view text);

/// DuckDB's form of a UUID: the 128 bits with the highest one flipped, so that it sorts as text.
/// @param text  36 characters, either case
std::optional<Int128> parseGuid(std::string_view text);

} // namespace sluice
