#pragma once

#include "core/base/time.h"
#include "core/event/datetime.h"
#include "core/kql/function.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace sluice::kql {

/// What the functions of time share.

using MaybeLong = std::optional<std::int64_t>;

inline constexpr std::int64_t kNanosecondsPerTick = 100;

/// Rounds towards the past.
inline std::int64_t floorDivide(std::int64_t value, std::int64_t divisor)
{
    const std::int64_t quotient = value / divisor;
    return value % divisor < 0 ? quotient - 1 : quotient;
}

inline MaybeLong validTicks(Ticks ticks)
{
    return isValidTicks(ticks) ? MaybeLong(ticks) : std::nullopt;
}

inline MaybeLong addSpan(Ticks ticks, std::int64_t amount, TickSpan unit)
{
    std::int64_t span = 0;
    std::int64_t sum = 0;
    if (__builtin_mul_overflow(amount, unit, &span) || __builtin_add_overflow(ticks, span, &sum))
        return std::nullopt;
    return validTicks(sum);
}

/// Those that make a moment or a length of time of numbers; a part of timeFunctions().
std::vector<Function> timeMakeFunctions();

} // namespace sluice::kql
