#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::kql {

/// How KQL reads values from text (toint(), todouble() …); null where it gives null.

/// " 7 ", "+4", "-3", "0x10"; not "5.7", not "1e3". Out of range is null.
std::optional<std::int64_t> parseLong(std::string_view text);
std::optional<std::int64_t> parseInt(std::string_view text);
/// "5.", ".5", "1e10", "inf", "nan", "-Infinity".
std::optional<double> parseReal(std::string_view text);
/// "true" and "false" in any case, or a whole number.
std::optional<bool> parseBool(std::string_view text);
/// With or without dashes or braces; gives 36 lower-case characters.
std::optional<std::string> normalizeGuid(std::string_view text);

std::string_view trimSpaces(std::string_view text);

/// Toward zero; saturates; NaN is null.
std::optional<std::int64_t> truncateToLong(double value);

} // namespace sluice::kql
