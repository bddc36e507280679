#include "core/base/clock.h"

#include <ctime>

namespace sluice {

namespace {

Ticks read(clockid_t id)
{
    timespec value{};
    clock_gettime(id, &value);
    return static_cast<Ticks>(value.tv_sec) * kTicksPerSecond + value.tv_nsec / 100;
}

class SystemClock : public Clock
{
public:
    Ticks now() const override { return read(CLOCK_REALTIME); }
    Ticks monotonic() const override { return read(CLOCK_MONOTONIC); }
};

} // namespace

const Clock &systemClock()
{
    static const SystemClock clock;
    return clock;
}

} // namespace sluice
