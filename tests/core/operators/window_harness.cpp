#include "tests/core/operators/window_harness.h"

#include "core/base/units.h"
#include "core/base/value_json.h"
#include "core/event/datetime.h"
#include "core/operators/aligned_windows.h"
#include "core/operators/session_windows.h"
#include "core/operators/sliding_windows.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace sluice {

namespace {

constexpr Ticks kT0 = 17'672'256'000'000'000; // 2026-01-01

Ticks ticksOf(double seconds)
{
    return kT0 + std::llround(seconds * static_cast<double>(kTicksPerSecond));
}
double secondsOf(Ticks ticks)
{
    return static_cast<double>(ticks - kT0) / static_cast<double>(kTicksPerSecond);
}

const Schema &inputSchema()
{
    static const Schema schema{{{"device", ColumnType::String}, {"temp", ColumnType::Real}}};
    return schema;
}

kql::AggregatePlanPtr planOf(std::string_view list)
{
    std::vector<kql::NamedAggregate> named;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(';'), list.size());
        named.push_back({"", std::string(list.substr(0, end))});
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    auto result = kql::compileAggregates(named, {&inputSchema(), nullptr});
    REQUIRE(result.plan != nullptr);
    return result.plan;
}

/// Windows with all that they stand on.
struct Machine
{
    Machine(const WindowSpec &spec, const kql::AggregatePlanPtr &plan)
        : keys({ColumnType::String})
        , aggregates(plan, places(*plan))
        , rows(schemaOf(*plan, spec.hasEmission()), 1, spec.hasEmission(), keys, aggregates)
    {
        const WindowParts parts{keys, aggregates};
        if (spec.type == WindowType::Session)
            logic = std::make_unique<SessionWindows>(spec, parts);
        else if (spec.type == WindowType::Sliding)
            logic = std::make_unique<SlidingWindows>(spec, parts);
        else
            logic = std::make_unique<AlignedWindows>(spec, parts);
    }

    static std::vector<std::size_t> places(const kql::AggregatePlan &plan)
    {
        std::vector<std::size_t> list;
        for (const SchemaColumn &column : plan.inputs)
            list.push_back(inputSchema().find(column.name).value());
        return list;
    }
    static std::shared_ptr<const Schema> schemaOf(const kql::AggregatePlan &plan, bool emission)
    {
        auto schema = std::make_shared<Schema>();
        schema->columns = {{"device", ColumnType::String},
                           {"window_start", ColumnType::Datetime},
                           {"window_end", ColumnType::Datetime}};
        for (const kql::AggregateColumn &column : plan.columns)
            schema->columns.push_back({column.name, column.type});
        if (emission)
            schema->columns.push_back({"emission", ColumnType::String});
        return schema;
    }

    GroupKeys keys;
    kql::AggregateSet aggregates;
    WindowRows rows;
    std::unique_ptr<WindowLogic> logic;
};

std::string cellText(const Column &column, std::size_t row)
{
    if (column.valid[row] == 0)
        return "null";
    switch (column.storage()) {
    case Storage::Byte:
        return column.bytes[row] != 0 ? "true" : "false";
    case Storage::Integer:
        return column.type == ColumnType::Datetime
                   ? fmt::format("{}", secondsOf(column.integers[row]))
                   : fmt::format("{}", column.integers[row]);
    case Storage::Float:
        return fmt::format("{}", column.floats[row]);
    case Storage::Text:
        break;
    }
    return std::string(column.texts[row]);
}

std::string rowText(const Batch &batch, std::size_t row)
{
    std::string text = fmt::format("{} {}..{}",
                                   cellText(*batch.columns[0], row),
                                   cellText(*batch.columns[1], row),
                                   cellText(*batch.columns[2], row));
    for (std::size_t i = 3; i < batch.columns.size(); ++i)
        text += " " + cellText(*batch.columns[i], row);
    return text;
}

/// Watermarks as the engine has them: per partition, and the smallest of them.
struct Watermarks
{
    std::map<int, Ticks> partitions;
    TickSpan disorder = 0;

    Ticks own(int partition) const
    {
        const auto found = partitions.find(partition);
        return found == partitions.end() ? kNoTicks : found->second;
    }
    Ticks merged() const
    {
        Ticks smallest = partitions.empty() ? kNoTicks : kEndOfTime;
        for (const auto &[partition, watermark] : partitions)
            smallest = std::min(smallest, watermark);
        return smallest;
    }
    void see(int partition, Ticks time)
    {
        Ticks &watermark = partitions.try_emplace(partition, kNoTicks).first->second;
        watermark = std::max(watermark, time - disorder);
    }
};

std::shared_ptr<Column> columnOf(ColumnType type, std::size_t rows)
{
    auto column = std::make_shared<Column>();
    column->reset(type, rows);
    return column;
}

} // namespace

HarnessResult
runWindows(std::string_view window, const std::vector<TestEvent> &events, HarnessOptions options)
{
    auto json = valueFromJson(window);
    REQUIRE(json.has_value());
    WindowSpec spec = readWindowSpec(*json).value();
    spec.allowedLateness = parseDuration(options.allowedLateness).value();
    spec.earlyEvery = parseDuration(options.earlyEvery).value();
    const auto plan = planOf(options.aggregates);
    auto machine = std::make_unique<Machine>(spec, plan);
    HarnessResult result;
    const auto sink = [&](const Batch &batch, const std::vector<Ticks> &times) {
        REQUIRE(times.size() == batch.rows);
        for (std::size_t row = 0; row < batch.rows; ++row)
            result.rows.push_back(rowText(batch, row));
    };
    Watermarks watermarks;
    watermarks.disorder = std::llround(options.disorder * static_cast<double>(kTicksPerSecond));
    for (const TestEvent &event : events) // every partition is known from the beginning
        watermarks.partitions.try_emplace(event.partition, kNoTicks);
    for (std::size_t begin = 0; begin < events.size(); begin += options.batchRows) {
        if (options.restore) {
            StateWriter out;
            machine->logic->save(out);
            machine = std::make_unique<Machine>(spec, plan);
            StateReader in(out.bytes());
            machine->logic->load(in);
            REQUIRE(in.ok());
            REQUIRE(in.atEnd());
        }
        const std::size_t count = std::min(options.batchRows, events.size() - begin);
        Batch batch;
        auto device = columnOf(ColumnType::String, count);
        auto temp = columnOf(ColumnType::Real, count);
        std::vector<Ticks> times;
        std::vector<Ticks> own;
        std::vector<Ticks> merged;
        for (std::size_t i = 0; i < count; ++i) {
            const TestEvent &event = events[begin + i];
            kql::putValue(*device, i, std::string_view(event.device));
            kql::putValue(*temp, i, event.temp);
            times.push_back(ticksOf(event.time));
            own.push_back(watermarks.own(event.partition));
            merged.push_back(watermarks.merged());
            watermarks.see(event.partition, times.back());
        }
        batch.columns = {device, temp};
        batch.rows = count;
        batch.selection = Selection(count);
        REQUIRE(machine->aggregates.evaluate(batch, 0).has_value());
        const std::array<kql::Vector, 1> keys{kql::Vector{device, 1}};
        machine->rows.begin(sink, 0);
        std::vector<std::uint16_t> late;
        REQUIRE(machine->logic
                    ->add({count, nullptr, times.data(), own.data(), merged.data(), keys},
                          late,
                          machine->rows)
                    .has_value());
        for (const std::uint16_t row : late)
            result.late.push_back(events[begin + row].time);
        REQUIRE(machine->logic->advance(watermarks.merged(), machine->rows).has_value());
    }
    machine->rows.begin(sink, 0);
    if (options.end) {
        REQUIRE(machine->logic->advance(kEndOfTime, machine->rows).has_value());
        CHECK(machine->logic->openWindows() == 0);
    }
    result.leftGroups = machine->aggregates.liveGroups();
    result.leftKeys = machine->keys.size();
    return result;
}

std::vector<std::string>
rowsOfAllCuts(std::string_view window, const std::vector<TestEvent> &events, HarnessOptions options)
{
    options.batchRows = 1;
    const HarnessResult first = runWindows(window, events, options);
    for (const std::size_t rows : {std::size_t{2}, std::size_t{7}, std::size_t{2048}}) {
        for (const bool restore : {false, true}) {
            options.batchRows = rows;
            options.restore = restore;
            CAPTURE(rows);
            CAPTURE(restore);
            const HarnessResult other = runWindows(window, events, options);
            CHECK(other.rows == first.rows);
            CHECK(other.late == first.late);
            if (options.end) {
                CHECK(other.leftGroups == 0);
                CHECK(other.leftKeys == 0);
            }
        }
    }
    return first.rows;
}

} // namespace sluice
