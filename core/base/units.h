#pragma once

#include "core/base/result.h"
#include "core/base/time.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

/// Reads a duration as files and forms write it: "10s", "500ms", "1.5h", "1d", "2m", "100us".
/// Errors: InvalidDuration, with the accepted forms in the hint
Result<TickSpan> parseDuration(std::string_view text);
/// The shortest text that parseDuration reads back to the same value: "10s", "1h", "1500ms".
std::string formatDuration(TickSpan span);

/// Reads "64MB", "1 MiB", "4096", "16k" (1 k = 1000, 1 Ki = 1024).
/// Errors: InvalidByteSize
Result<std::int64_t> parseByteSize(std::string_view text);
std::string formatByteSize(std::int64_t bytes);

/// A count for people, three significant digits: "98.2 k", "1.24 M", "7".
std::string formatCount(double value);

} // namespace sluice
