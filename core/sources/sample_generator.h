#pragma once

#include "core/base/random.h"
#include "core/base/time.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Makes the events of one example. The same seed and event number give the same event.
class SampleGenerator
{
public:
    virtual ~SampleGenerator() = default;
    /// Appends event `index`, that happened at `time`, without a line feed.
    virtual void append(std::string &out, std::uint64_t index, Ticks time) = 0;
};

struct SampleExample
{
    std::string_view name;
    std::string_view title;
    std::unique_ptr<SampleGenerator> (*create)(std::uint64_t seed);
};

/// factory_sensors, sensors, application_logs, card_transactions, sensor_gen.
const std::vector<SampleExample> &sampleExamples();

} // namespace sluice
