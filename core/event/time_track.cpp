#include "core/event/time_track.h"

#include "core/event/pool.h"

namespace sluice {

void TimeTrack::clear()
{
    events.clear();
    own.clear();
    partitionOf.clear();
    partitions.clear();
    disorder = 0;
    watermark = kNoTicks;
}

std::shared_ptr<TimeTrack> takeTimeTrack()
{
    static const auto pool = std::make_shared<Pool<TimeTrack>>();
    return pool->take();
}

} // namespace sluice
