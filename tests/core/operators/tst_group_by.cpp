// The nodes group_by and aggregate: their configs, and what they do without an engine.
#include "core/base/value_json.h"
#include "core/event/datetime.h"
#include "core/event/json_encoder.h"
#include "core/kql/kernel.h"
#include "core/node/catalog.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

using namespace sluice;

namespace {

constexpr Ticks kT0 = 17'672'256'000'000'000; // 2026-01-01

Schema inputSchema()
{
    return {{{"device_id", ColumnType::String},
             {"temp", ColumnType::Real},
             {"n", ColumnType::Long},
             {"ok", ColumnType::Bool},
             {"bag", ColumnType::Dynamic}}};
}

Config configOf(std::string_view json)
{
    return Config(*valueFromJson(json).value().asMap());
}

NodeContext contextOf()
{
    NodeContext context;
    context.inputSchemas = {inputSchema()};
    return context;
}

std::vector<SchemaProblem> problemsOf(std::string_view kind, std::string_view json)
{
    const NodeDescriptor &descriptor = *builtInCatalog().find(kind);
    const Config config = configOf(json);
    if (descriptor.validate) {
        if (auto problems = descriptor.validate(config); !problems.empty())
            return problems;
    }
    return descriptor.outputSchemas(config, {inputSchema()}, contextOf()).problems;
}

std::string problemOf(std::string_view kind, std::string_view json)
{
    const auto problems = problemsOf(kind, json);
    if (problems.empty())
        return "ok";
    return fmt::format("{}: {}|{}",
                       problems.front().field,
                       problems.front().error.message,
                       problems.front().error.hint);
}

std::string columnsOf(std::string_view kind, std::string_view json)
{
    const NodeDescriptor &descriptor = *builtInCatalog().find(kind);
    const SchemaFlow flow = descriptor.outputSchemas(configOf(json), {inputSchema()}, contextOf());
    std::string text;
    for (const SchemaColumn &column : flow.outputs.front().columns)
        text += (text.empty() ? "" : " ") + column.name + ":" + std::string(typeName(column.type));
    return text;
}

TickSpan ticksOf(double seconds)
{
    return std::llround(seconds * static_cast<double>(kTicksPerSecond));
}

/// Keeps what an operator sends, as lines of JSON by port.
class Collected : public OperatorOutput
{
public:
    void emit(std::size_t port, Batch batch) override { emitRows(port, std::move(batch)); }
    void emitRows(std::size_t port, Batch batch) override
    {
        ByteBuffer text;
        JsonEncoder(*batch.schema).encode(batch, text);
        lines[port] += text.view();
        if (batch.times) {
            for (const Ticks time : batch.times->events)
                times.push_back(static_cast<double>(time - kT0)
                                / static_cast<double>(kTicksPerSecond));
        }
    }
    void emitLate(std::size_t port, Batch batch) override { emitRows(port, std::move(batch)); }
    void countPassed(std::size_t /*events*/) override {}
    void countFiltered(std::size_t /*events*/) override {}
    void countAbsorbed(std::size_t events) override { absorbed += events; }
    void countLate(std::size_t /*events*/) override {}
    void countConversionErrors(std::size_t /*values*/) override {}
    void reject(const Batch & /*batch*/, std::vector<RowError> /*errors*/) override {}
    bool isWired(std::size_t /*port*/) const override { return true; }

    std::array<std::string, 3> lines;
    std::vector<double> times;
    std::size_t absorbed = 0;
};

struct Reading
{
    double time = 0; // seconds since T0
    const char *device = "a";
    std::optional<double> temp;
    std::optional<std::int64_t> n;
    std::optional<bool> ok;
};

/// A node and its input, event by event; the watermark is `disorder` seconds behind.
class Bed
{
public:
    Bed(std::string_view kind, std::string_view json, double disorder = 0)
        : m_descriptor(*builtInCatalog().find(kind))
        , m_config(configOf(json))
        , m_schema(std::make_shared<Schema>(inputSchema()))
        , m_disorder(disorder)
    {
        begin();
    }

    void begin() { m_node = m_descriptor.createStateful(m_config, contextOf()).value(); }

    void push(const std::vector<Reading> &readings)
    {
        Batch batch;
        batch.schema = m_schema;
        batch.rows = readings.size();
        batch.selection = Selection(batch.rows);
        std::vector<std::shared_ptr<Column>> columns;
        for (const SchemaColumn &column : m_schema->columns)
            columns.push_back(takeColumn(column.type, batch.rows));
        std::vector<Ticks> times;
        std::vector<Ticks> own;
        for (std::size_t i = 0; i < readings.size(); ++i) {
            const Reading &reading = readings[i];
            if (reading.device != nullptr)
                kql::putValue(*columns[0], i, std::string_view(reading.device));
            kql::putValue(*columns[1], i, reading.temp);
            kql::putValue(*columns[2], i, reading.n);
            kql::putValue(*columns[3], i, reading.ok);
            times.push_back(kT0 + ticksOf(reading.time));
            own.push_back(m_watermark);
            const Ticks seen = times.back() - ticksOf(m_disorder);
            m_watermark = std::max(m_watermark, seen);
        }
        batch.columns.assign(columns.begin(), columns.end());
        TimedBatch input{0, batch, times.data(), own.data(), own.data(), nullptr};
        REQUIRE(m_node->process(input, out).has_value());
        REQUIRE(m_node->advance(m_watermark, out).has_value());
    }
    void end()
    {
        REQUIRE(m_node->advance(kEndOfTime, out).has_value());
        REQUIRE(m_node->finish(out).has_value());
    }
    std::string save() const { return m_node->snapshot().value(); }
    Result<void> restore(const std::string &state)
    {
        begin();
        return m_node->restore(state);
    }
    const StatefulOperator &node() const { return *m_node; }

    Collected out;

private:
    const NodeDescriptor &m_descriptor;
    Config m_config;
    std::shared_ptr<const Schema> m_schema;
    std::unique_ptr<StatefulOperator> m_node;
    double m_disorder;
    Ticks m_watermark = kNoTicks;
};

constexpr std::string_view kWindow = R"("window": {"type": "tumbling", "size": "10s"})";

std::string grouped(std::string_view by, std::string_view aggregates)
{
    return fmt::format(R"({{{}, "by": {}, "aggregates": {}}})", kWindow, by, aggregates);
}

} // namespace

TEST_CASE("an aggregate of a column that is not there is a problem with a fix")
{
    const auto problems =
        problemsOf("group_by", grouped("[]", R"-([{"name": "mean", "expression": "avg(tmp)"}])-"));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].field == "aggregates");
    CHECK(problems[0].error.message
          == "aggregate 'mean', line 1, column 5: there is no column 'tmp'");
    CHECK(problems[0].error.hint == "Did you mean 'temp'?");
    CHECK(problems[0].suggestionLabel == "Use temp");
    CHECK(problems[0].suggestion == Value("avg(temp)"));
    CHECK(problems[0].suggestionPlace == "/0/expression");
    const auto keys = problemsOf(
        "group_by",
        grouped(R"([{"name": "devic_id"}])", R"-([{"name": "n", "expression": "count()"}])-"));
    REQUIRE(keys.size() == 1);
    CHECK(keys[0].suggestion == Value("device_id"));
    CHECK(keys[0].suggestionPlace == "/0/name");
}

TEST_CASE("a group-by says what is wrong with its config")
{
    const std::string_view count = R"-([{"name": "events", "expression": "count()"}])-";
    CHECK(problemOf("group_by", grouped(R"([{"name": "device_id"}])", count)) == "ok");
    CHECK(problemOf("group_by", grouped(R"([{"name": "bag"}])", count))
          == "by: the key 'bag' is dynamic, which has no order and no equality|Convert it: "
             "tostring(bag).");
    CHECK(problemOf("group_by", grouped(R"([{"from": "n"}, {"name": "n"}])", count))
          == "by: the output has two columns called 'n'|Rename one of them.");
    CHECK(problemOf("group_by",
                    grouped("[]", R"-([{"name": "window_end", "expression": "count()"}])-"))
          == "aggregates: the output has two columns called 'window_end'|Rename one of them.");
    CHECK(
        problemOf("group_by", grouped("[]", R"-([{"name": "x", "expression": "temp"}])-"))
            .starts_with("aggregates: aggregate 'x', line 1, column 1: 'temp' stands outside of an "
                         "aggregate|"));
    CHECK(problemOf("group_by", grouped("[]", R"([{"name": "x"}])"))
              .starts_with("aggregates: the aggregate 'x' has no expression|"));
    CHECK(problemOf("group_by", R"({"window": {"type": "hoping"}})")
          == "window: there is no window of type \"hoping\"|Did you mean 'hopping'?");
    CHECK(problemOf("group_by",
                    R"({"window": {"type": "sliding", "size": "5s"}, "allowed_lateness": "1s"})")
              .starts_with("allowed_lateness: a sliding window has no allowed lateness|"));
    CHECK(problemOf("group_by", R"({"window": {"type": "snapshot"}, "early_every": "1s"})")
              .starts_with("early_every: a snapshot window has no early rows|"));
    CHECK(
        problemOf("aggregate",
                  R"-({"over": "1s", "aggregates": [{"name": "temp", "expression": "count()"}]})-")
        == "aggregates: the output has two columns called 'temp'|Rename one of them.");
}

TEST_CASE("the output of a group-by has keys, borders, aggregates and emission, in that order")
{
    CHECK(
        columnsOf("group_by",
                  grouped(R"([{"name": "device_id"}, {"name": "hot", "expression": "temp > 20"}])",
                          R"-([{"expression": "count()"}, {"expression": "avg(temp)"},
                                 {"expression": "avg(temp)"},
                                 {"name": "p", "expression": "round(percentile(temp, 95), 1)"},
                                 {"expression": "percentiles(n, 5, 95)"}])-"))
        == "device_id:string hot:bool window_start:datetime window_end:datetime count_:long "
           "avg_temp:real avg_temp1:real p:real percentile_n_5:long percentile_n_95:long");
    CHECK(columnsOf("group_by",
                    fmt::format(R"-({{{}, "allowed_lateness": "5s",
                        "aggregates": [{{"name": "events", "expression": "count()"}}]}})-",
                                kWindow))
          == "window_start:datetime window_end:datetime events:long emission:string");
    CHECK(columnsOf("aggregate",
                    R"-({"over": "1s", "aggregates": [{"name": "m", "expression": "max(temp)"}]})-")
          == "device_id:string temp:real n:long ok:bool bag:dynamic m:real");
}

TEST_CASE("cards say what a window computes")
{
    const auto line = [](std::string_view kind, std::string_view json) {
        return builtInCatalog().find(kind)->describe(*valueFromJson(json).value().asMap());
    };
    const std::string_view list = R"-([{"name": "a", "expression": "count()"},
                                      {"name": "b", "expression": "avg(temp)"}])-";
    CHECK(line("group_by", grouped(R"([{"name": "device_id"}])", list))
          == "tumbling 10s: count(), avg(temp) by device_id");
    CHECK(line("aggregate", fmt::format(R"({{"over": "1m", "aggregates": {}}})", list))
          == "count(), avg(temp) over 1m");
}

TEST_CASE("keys of several types keep their values; null is a key, a missing text is an empty one")
{
    Bed bed("group_by",
            grouped(R"([{"name": "device_id"}, {"name": "n"}, {"name": "ok"}, {"name": "temp"}])",
                    R"-([{"name": "events", "expression": "count()"}])-"));
    bed.push({{1, "a", 0.0, 7, true},
              {2, "a", -0.0, 7, true},
              {3, "a", {}, {}, {}},
              {4, "", 1.5, -1, false},
              {5, nullptr, 1.5, -1, false}});
    bed.end();
    const std::string times =
        R"("window_start":"2026-01-01T00:00:00Z","window_end":"2026-01-01T00:00:10Z")";
    CHECK(bed.out.lines[0]
          == fmt::format(R"({{"device_id":"a","n":7,"ok":true,"temp":0.0,{0},"events":2}}
{{"device_id":"a","n":null,"ok":null,"temp":null,{0},"events":1}}
{{"device_id":"","n":-1,"ok":false,"temp":1.5,{0},"events":2}}
)",
                         times));
    CHECK(bed.out.absorbed == 5);
    CHECK(bed.node().stateFigures().keys == 0);
}

TEST_CASE("without keys there is one window for all events")
{
    Bed bed("group_by",
            grouped("[]",
                    R"-([{"name": "hot", "expression": "countif(temp > 20)"},
                         {"name": "share", "expression": "100.0 * countif(temp > 20) / count()"},
                         {"name": "ids", "expression": "make_list(device_id)"}])-"),
            5);
    bed.push({{3, "a", 25.0}, {1, "b", 15.0}, {2, "c", 30.0}, {4, "d", 1.0}});
    CHECK(bed.node().stateFigures().windows == 1);
    CHECK(bed.out.lines[0].empty());
    bed.end();
    // A list follows event time.
    CHECK(bed.out.lines[0]
          == R"({"window_start":"2026-01-01T00:00:00Z","window_end":"2026-01-01T00:00:10Z",)"
             R"("hot":2,"share":50.0,"ids":["b","c","a","d"]})"
             "\n");
    CHECK(bed.out.times == std::vector<double>{9.9999999});
}

TEST_CASE("a rolling aggregate waits for earlier events, and late ones leave by their port")
{
    Bed bed("aggregate",
            R"-({"over": "10s", "by": [{"name": "device_id"}],
                 "aggregates": [{"name": "events", "expression": "count()"},
                                {"name": "total", "expression": "sum(n)"}]})-",
            2);
    bed.push({{1, "a", {}, 1}, {5, "a", {}, 2}, {4, "a", {}, 4}});
    CHECK(bed.out.times == std::vector<double>{1}); // the watermark is 3
    bed.push({{12, "a", {}, 8}, {2, "a", {}, 16}});
    CHECK(bed.out.times == std::vector<double>{1, 4, 5}); // 2 s is late
    const std::string state = bed.save();
    REQUIRE(bed.restore(state).has_value());
    bed.push({{14, "b", {}, 32}});
    bed.end();
    std::string lines = bed.out.lines[0];
    for (const std::string_view same : {R"("device_id":"a",)",
                                        R"("device_id":"b",)",
                                        R"("temp":null,)",
                                        R"("ok":null,)",
                                        R"("bag":null,)"})
        for (auto at = lines.find(same); at != std::string::npos; at = lines.find(same))
            lines.erase(at, same.size());
    CHECK(lines == R"({"n":1,"events":1,"total":1}
{"n":4,"events":2,"total":5}
{"n":2,"events":3,"total":7}
{"n":8,"events":3,"total":14}
{"n":32,"events":1,"total":32}
)");
    CHECK(bed.out.lines[1].find("\"n\":16") != std::string::npos);
}

TEST_CASE("a state that is damaged, or another config's, is refused")
{
    const std::string count = grouped("[]", R"-([{"name": "c", "expression": "count()"}])-");
    Bed bed("group_by", count);
    bed.push({{1, "a", 1.0}});
    const std::string state = bed.save();
    CHECK(bed.restore(state).has_value());
    for (std::size_t size = 0; size < state.size(); ++size) {
        const auto restored = bed.restore(state.substr(0, size));
        CHECK_FALSE(restored.has_value());
    }
    Bed other("group_by", grouped("[]", R"-([{"name": "c", "expression": "sum(n)"}])-"));
    const auto restored = other.restore(state);
    REQUIRE_FALSE(restored.has_value());
    CHECK(restored.error().code == ErrorCode::StateDamaged);

    const std::string rolling =
        R"-({"over": "10s", "aggregates": [{"name": "c", "expression": "make_list(temp)"}]})-";
    Bed range("aggregate", rolling, 5);
    range.push({{1, "a", 1.0}, {9, "a", 2.0}});
    const std::string ranges = range.save();
    for (std::size_t size = 0; size < ranges.size(); ++size)
        CHECK_FALSE(range.restore(ranges.substr(0, size)).has_value());
    CHECK(range.restore(ranges).has_value());
}
