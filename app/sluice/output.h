#pragma once

#include "core/base/result.h"

#include <string_view>

namespace sluice {

/// Exit codes of every command.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

/// "sluice: what, where, what to do next", on stderr.
void complain(const Error &error);
void complain(std::string_view text);
/// On stdout, as it is.
void print(std::string_view text);

} // namespace sluice
