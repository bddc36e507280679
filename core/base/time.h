#pragma once

#include <cstdint>
#include <limits>

namespace sluice {

/// A point in time: ticks of 100 ns since 1970-01-01 UTC, Kusto's resolution.
using Ticks = std::int64_t;
/// A length of time in ticks of 100 ns.
using TickSpan = std::int64_t;

inline constexpr TickSpan kTicksPerMicrosecond = 10;
inline constexpr TickSpan kTicksPerMillisecond = 10'000;
inline constexpr TickSpan kTicksPerSecond = 10'000'000;
inline constexpr TickSpan kTicksPerMinute = 60 * kTicksPerSecond;
inline constexpr TickSpan kTicksPerHour = 60 * kTicksPerMinute;
inline constexpr TickSpan kTicksPerDay = 24 * kTicksPerHour;

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.9999999Z: the range of a KQL datetime.
inline constexpr Ticks kMinTicks = -62'135'596'800LL * kTicksPerSecond;
inline constexpr Ticks kMaxTicks = 253'402'300'800LL * kTicksPerSecond - 1;
inline constexpr Ticks kNoTicks = std::numeric_limits<Ticks>::min();

} // namespace sluice
