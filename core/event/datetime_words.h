#pragma once

#include "core/base/time.h"

#include <optional>
#include <string_view>

namespace sluice {

/// The forms of a moment that people and mail programs write; parseDatetime()'s second half.
/// "12/02/2022 13:45" (month first), "2022/12/02", "2 Dec 2022", "Dec 2, 2022 1:45 PM",
/// "Fri, 02 Dec 2022 13:45:56 GMT", "Friday, 02-Dec-22 13:45:56 UTC", "20221202", "2022",
/// "2022-12".
std::optional<Ticks> parseWrittenDatetime(std::string_view text);

} // namespace sluice
