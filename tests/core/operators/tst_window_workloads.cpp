// B3, B4 and B5 of the benchmarks, small, with their exact results; also out of order and late.
#include "core/event/datetime.h"
#include "core/event/sensor_gen.h"
#include "tests/core/runtime/run_bed.h"

#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <sstream>

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::uint64_t kBlock = 400'000; // ten seconds of SensorGen
constexpr Ticks kT0 = 17'672'256'000'000'000;

std::string pipelineText(const std::string &name)
{
    const auto text = realFileSystem().readAll(SLUICE_SOURCE_DIR "/tests/golden/pipelines/" + name
                                               + ".sluice.json");
    REQUIRE(text);
    return *text;
}

std::string withDisorder(std::string text, const std::string &disorder)
{
    const std::string old = R"("max_out_of_orderness": "0s")";
    text.replace(text.find(old), old.size(), R"("max_out_of_orderness": ")" + disorder + "\"");
    return text;
}

/// The events in the order that `place` gives.
template<typename Place>
std::string sensorFile(std::uint64_t events, Place &&place)
{
    std::string text;
    for (std::uint64_t i = 0; i < events; ++i) {
        appendSensorGenEvent(text, place(i));
        text += '\n';
    }
    return text;
}

std::uint64_t inOrder(std::uint64_t i)
{
    return i;
}

RunOptions optionsFor(const RunBed &bed)
{
    RunOptions options = bed.options();
    options.values.parameterOverrides["input"] = bed.path("in.ndjson");
    options.values.parameterOverrides["output"] = bed.path("out.ndjson");
    return options;
}

std::vector<nlohmann::json> rowsOf(const RunBed &bed)
{
    std::vector<nlohmann::json> rows;
    std::istringstream stream(bed.read("out.ndjson"));
    for (std::string line; std::getline(stream, line);)
        rows.push_back(nlohmann::json::parse(line));
    return rows;
}

std::size_t wrongTumblingRows(const std::vector<nlohmann::json> &rows)
{
    std::size_t wrong = 0;
    for (const auto &row : rows) {
        const bool right = row["events"] == 400
                           && std::abs(row["total"].get<double>() - 7980) < 1e-8
                           && row["lowest"] == 0.0 && row["highest"] == 39.9
                           && std::abs(row["average"].get<double>() - 19.95) < 1e-9;
        wrong += right ? 0 : 1;
    }
    return wrong;
}

std::set<std::pair<std::string, std::string>> keysOf(const std::vector<nlohmann::json> &rows)
{
    std::set<std::pair<std::string, std::string>> keys;
    for (const auto &row : rows)
        keys.emplace(row["device_id"], row["window_start"]);
    return keys;
}

} // namespace

TEST_CASE("B3: tumbling windows over SensorGen are exact, in order and out of order")
{
    const RunBed bed;
    bed.write("in.ndjson", sensorFile(2 * kBlock, inOrder));
    CHECK(bed.run(pipelineText("b3_tumbling"), optionsFor(bed)).conserved);
    auto rows = rowsOf(bed);
    CHECK(rows.size() == 2000);
    CHECK(keysOf(rows).size() == 2000);
    CHECK(wrongTumblingRows(rows) == 0);

    constexpr std::uint64_t kGroup = 20'000; // half a second
    bed.write("in.ndjson", sensorFile(2 * kBlock, [](std::uint64_t i) {
                  return i / kGroup * kGroup + (i % kGroup) * 953 % kGroup;
              }));
    CHECK(bed.run(withDisorder(pipelineText("b3_tumbling"), "500ms"), optionsFor(bed)).conserved);
    rows = rowsOf(bed);
    CHECK(rows.size() == 2000);
    CHECK(wrongTumblingRows(rows) == 0);
}

TEST_CASE("B3: late events are counted exactly, whatever the batch size")
{
    std::string text;
    for (std::uint64_t i = 0; i < 2 * kBlock; ++i) {
        std::string event;
        appendSensorGenEvent(event, i);
        if (i >= kBlock && i % 1000 == 999) { // a minute too late
            const std::size_t at = event.find("2026-");
            char moment[kValueTextBytes]; // NOLINT(modernize-avoid-c-arrays): filled by format
            const auto time =
                kT0 + static_cast<Ticks>(i / 40) * kTicksPerMillisecond - kTicksPerMinute;
            event = event.substr(0, at) + std::string(moment, formatDatetime(time, moment)) + "\"}";
        }
        text += event + "\n";
    }
    for (const std::size_t batchRows : {std::size_t{100}, kBatchRows}) {
        const RunBed bed;
        bed.write("in.ndjson", text);
        RunOptions options = optionsFor(bed);
        options.batchRows = batchRows;
        const RunSnapshot last = bed.run(withDisorder(pipelineText("b3_tumbling"), "5s"), options);
        CHECK(last.conserved);
        std::uint64_t late = 0;
        for (const auto &[id, node] : last.nodes)
            late += node.late;
        CHECK(late == kBlock / 1000);
        std::uint64_t counted = 0;
        for (const auto &row : rowsOf(bed))
            counted += row["events"].get<std::uint64_t>();
        CHECK(counted == 2 * kBlock - kBlock / 1000);
    }
}

TEST_CASE("B4: hopping windows over SensorGen are exact")
{
    const RunBed bed;
    bed.write("in.ndjson", sensorFile(2 * kBlock, inOrder));
    CHECK(bed.run(pipelineText("b4_hopping"), optionsFor(bed)).conserved);
    const auto rows = rowsOf(bed);
    CHECK(rows.size() == 7000);
    std::map<int, int> byCount;
    std::size_t wrong = 0;
    std::uint64_t sum = 0;
    for (const auto &row : rows) {
        const int events = row["events"].get<int>();
        ++byCount[events];
        sum += static_cast<std::uint64_t>(events);
        wrong += std::abs(row["total"].get<double>() - 19.95 * events) < 1e-6 ? 0 : 1;
    }
    CHECK(wrong == 0);
    CHECK(byCount == std::map<int, int>{{400, 2000}, {800, 5000}});
    CHECK(sum == 6 * 2 * kBlock);
}

TEST_CASE("B5: sessions with a gap are exact")
{
    constexpr int kBlocks = 8;
    std::string text;
    for (int b = 0; b < kBlocks; ++b) {
        for (int s = 0; s < 50; ++s) {
            char moment[kValueTextBytes]; // NOLINT(modernize-avoid-c-arrays): filled by format
            const Ticks time = kT0 + (b * 15'000 + s * 100) * kTicksPerMillisecond;
            const std::string_view formatted(moment, formatDatetime(time, moment));
            for (int d = 0; d < 1000; ++d)
                text += fmt::format(
                    "{{\"device_id\":\"sensor{:03}\",\"temp\":{}.5,\"timestamp\":\"{}\"}}\n",
                    d,
                    s,
                    formatted);
        }
    }
    const RunBed bed;
    bed.write("in.ndjson", text);
    std::string pipeline = pipelineText("b3_tumbling");
    const std::string window = R"({"type": "tumbling", "size": "10s"})";
    pipeline.replace(pipeline.find(window), window.size(), R"({"type": "session", "gap": "5s"})");
    CHECK(bed.run(pipeline, optionsFor(bed)).conserved);
    const auto rows = rowsOf(bed);
    CHECK(rows.size() == 1000 * kBlocks);
    std::size_t wrong = 0;
    for (const auto &row : rows) {
        const Ticks length = parseIsoDatetime(row["window_end"].get<std::string>()).value()
                             - parseIsoDatetime(row["window_start"].get<std::string>()).value();
        wrong += row["events"] == 50 && length == 9900 * kTicksPerMillisecond ? 0 : 1;
    }
    CHECK(wrong == 0);
}
