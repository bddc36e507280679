#pragma once

#include <cstdint>
#include <string>

namespace sluice {

/// SensorGen: readings of 1,000 sensors with closed-form answers, random access in the event
/// number. In every aligned block of 400,000 events (10 s of event time) each device has 400
/// events, one for each value 0.0 … 39.9, and 199 of them above 20. Appends event `index` without a
/// line feed.
void appendSensorGenEvent(std::string &out, std::uint64_t index);

} // namespace sluice
