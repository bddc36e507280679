#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// An event of the tests: device, seconds since T0 (2026-01-01), temperature.
struct TestEvent
{
    std::string device;
    double time = 0;
    double temp = 0;
    int partition = 0;
};

/// How the events reach the windows.
struct HarnessOptions
{
    std::string allowedLateness = "0s";
    std::string earlyEvery = "0s";
    double disorder = 0;       // seconds: how far a partition's watermark is behind
    std::size_t batchRows = 3; // events a batch
    bool restore = false;      // every batch is taken by windows that were restored
    bool end = true;           // the stream comes to its end
    std::string aggregates = "count();sum(temp)";
};

struct HarnessResult
{
    /// "a 0..10 3 80.5", and " late" behind it where rows say when they came; in order.
    std::vector<std::string> rows;
    std::vector<double> late;   // times of late events, in order
    std::size_t leftGroups = 0; // aggregates still held at the end
    std::size_t leftKeys = 0;
};

/// Runs windows over events, as the engine would: watermarks per partition, event by event.
/// @param window  the config's `window`, as JSON
HarnessResult runWindows(std::string_view window,
                         const std::vector<TestEvent> &events,
                         HarnessOptions options = {});

/// Of one partition, where the order of rows does not matter: sorted rows of every batch size, with
/// and without restoring; fails the test unless all agree.
std::vector<std::string> rowsOfAllCuts(std::string_view window,
                                       const std::vector<TestEvent> &events,
                                       HarnessOptions options = {});

} // namespace sluice
