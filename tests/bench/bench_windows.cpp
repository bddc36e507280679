// B3 (tumbling), B4 (hopping) and B5 (sessions) as whole processes, beside DuckDB doing B3 as a
// batch with two threads in the same run; with exact counts, and heap allocations per event, in
// process. usage: bench_windows SLUICE_PROGRAM [EVENTS] [ROUNDS]      EVENTS: a multiple of 400,000
#include "core/event/datetime.h"
#include "core/event/sensor_gen.h"
#include "core/pipeline/pipeline_file.h"
#include "core/runtime/engine.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <new>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

std::atomic<std::uint64_t> allocations = 0;

} // namespace

void *operator new(std::size_t size)
{
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void *place = std::malloc(size == 0 ? 1 : size))
        return place;
    throw std::bad_alloc();
}
void operator delete(void *place) noexcept
{
    std::free(place);
}
void operator delete(void *place, std::size_t) noexcept
{
    std::free(place);
}

namespace {

using namespace sluice;
namespace fs = std::filesystem;

constexpr std::uint64_t kBlock = 400'000; // ten seconds of SensorGen
constexpr int kSessionBlock = 50'000;     // a session of each sensor

std::string pipelineOf(std::string_view input, std::string_view output, std::string_view window)
{
    return fmt::format(
        R"-({{"sluice": 1, "name": "windows", "nodes": [
  {{"id": "in", "kind": "file_source", "config": {{"path": "{}",
   "schema": [{{"name": "device_id", "type": "string"}}, {{"name": "temp", "type": "real"}},
              {{"name": "timestamp", "type": "datetime"}}],
   "event_time": {{"field": "timestamp", "max_out_of_orderness": "0s"}}}}}},
  {{"id": "windows", "kind": "group_by", "config": {{"window": {}, "by": [{{"name": "device_id"}}],
   "aggregates": [{{"name": "events", "expression": "count()"}},
                  {{"name": "total", "expression": "sum(temp)"}},
                  {{"name": "lowest", "expression": "min(temp)"}},
                  {{"name": "highest", "expression": "max(temp)"}},
                  {{"name": "average", "expression": "avg(temp)"}}]}}}},
  {{"id": "out", "kind": "file_destination", "config": {{"path": "{}"}}}}],
  "wires": [{{"from": "in", "to": "windows"}}, {{"from": "windows", "to": "out"}}]}})-",
        input,
        window,
        output);
}

struct Timing
{
    double wall = 0;
    double cpu = 0;
    bool ok = false;
};

/// Runs a job in a process of its own and takes its time.
Timing timed(const std::function<int()> &job)
{
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0)
        _exit(job());
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    Timing timing;
    timing.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const auto seconds = [](const timeval &t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    timing.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    timing.ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return timing;
}

int runSluice(const std::string &program, const std::string &pipeline)
{
    if (std::freopen("/dev/null", "w", stdout) == nullptr)
        return 1;
    execl(program.c_str(), program.c_str(), "run", "--from-start", pipeline.c_str(), nullptr);
    return 1;
}

int runDuckDb()
{
    duckdb_database database = nullptr;
    duckdb_connection connection = nullptr;
    if (duckdb_open(nullptr, &database) != DuckDBSuccess
        || duckdb_connect(database, &connection) != DuckDBSuccess)
        return 1;
    duckdb_query(connection, "SET threads=2", nullptr);
    const char *sql =
        "COPY (SELECT device_id, time_bucket(INTERVAL 10 SECOND, timestamp) AS window_start, "
        "count(*) AS events, sum(temp) AS total, min(temp) AS lowest, max(temp) AS highest, "
        "avg(temp) AS average FROM read_ndjson('sensors.ndjson', columns={device_id: 'VARCHAR', "
        "temp: 'DOUBLE', timestamp: 'TIMESTAMP'}) GROUP BY ALL) TO 'duck.ndjson' (FORMAT json)";
    return duckdb_query(connection, sql, nullptr) == DuckDBSuccess ? 0 : 1;
}

void writeText(const fs::path &path, const std::string &text)
{
    std::ofstream(path, std::ios::binary) << text;
}

template<typename Append>
void generate(const fs::path &path, std::uint64_t events, Append &&append)
{
    constexpr std::size_t kPart = 1U << 20U;
    std::ofstream out(path, std::ios::binary);
    std::string text;
    for (std::uint64_t i = 0; i < events; ++i) {
        append(text, i);
        text += '\n';
        if (text.size() > kPart) {
            out << text;
            text.clear();
        }
    }
    out << text;
}

void appendSessionEvent(std::string &text, std::uint64_t i)
{
    constexpr Ticks kT0 = 17'672'256'000'000'000;
    const auto block = static_cast<Ticks>(i / kSessionBlock);
    const auto step = static_cast<Ticks>(i % kSessionBlock / 1000);
    char moment[kValueTextBytes]; // NOLINT(modernize-avoid-c-arrays): formatDatetime() fills it
    const std::size_t size =
        formatDatetime(kT0 + (block * 15'000 + step * 100) * kTicksPerMillisecond, moment);
    text += fmt::format("{{\"device_id\":\"sensor{:03}\",\"temp\":{}.5,\"timestamp\":\"{}\"}}",
                        i % 1000,
                        step,
                        std::string_view(moment, size));
}

/// Rows of a file, and the sum of their "events".
struct Counted
{
    std::uint64_t rows = 0;
    std::uint64_t events = 0;
    std::uint64_t wrong = 0; // rows without a text that all of them must have
};

Counted countRows(const char *path, std::string_view needed)
{
    constexpr std::string_view kEvents = "\"events\":";
    Counted counted;
    std::ifstream in(path, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
        ++counted.rows;
        counted.events +=
            std::strtoull(line.c_str() + line.find(kEvents) + kEvents.size(), nullptr, 10);
        counted.wrong += line.find(needed) == std::string::npos ? 1 : 0;
    }
    return counted;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Allocations of a second run in one process, when all free lists are filled.
double allocationsPerEvent(const std::string &text, std::uint64_t events)
{
    const auto loaded = parsePipeline(text);
    double result = -1;
    for (int round = 0; round < 2; ++round) {
        Engine engine(builtInCatalog());
        RunOptions options;
        options.pipelinePath = fs::absolute("bench.sluice.json").string();
        options.values.pipelineDirectory = fs::current_path().string();
        const std::uint64_t before = allocations;
        if (!loaded || !engine.start(loaded->pipeline, options) || !engine.wait())
            return -1;
        result = static_cast<double>(allocations - before) / static_cast<double>(events);
    }
    return result;
}

struct Series
{
    std::vector<double> wall;
    std::vector<double> cpu;
    bool ok = true;
    void add(const Timing &timing)
    {
        wall.push_back(timing.wall);
        cpu.push_back(timing.cpu);
        ok = ok && timing.ok;
    }
    void print(const char *name, std::uint64_t events) const
    {
        const double best = *std::min_element(wall.begin(), wall.end());
        fmt::print(
            "{:<28} {:>7.2f} M events/s median, {:>6.2f} best, {:.3f} CPU s per M events{}\n",
            name,
            static_cast<double>(events) / median(wall) / 1e6,
            static_cast<double>(events) / best / 1e6,
            median(cpu) * 1e6 / static_cast<double>(events),
            ok ? "" : "  FAILED");
    }
};

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2) {
        fmt::print(stderr, "usage: bench_windows SLUICE_PROGRAM [EVENTS] [ROUNDS]\n");
        return 2;
    }
    const std::string program = fs::absolute(argv[1]).string();
    const std::uint64_t events = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 10'000'000;
    const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
    std::string folder = (fs::temp_directory_path() / "sluice-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr)
        return 1;
    fs::current_path(folder);
    generate("sensors.ndjson", events, appendSensorGenEvent);
    generate("sessions.ndjson", events, appendSessionEvent);
    const std::string b3Text =
        pipelineOf("sensors.ndjson", "b3.ndjson", R"({"type": "tumbling", "size": "10s"})");
    const std::string b4Text = pipelineOf(
        "sensors.ndjson", "b4.ndjson", R"({"type": "hopping", "size": "60s", "hop": "10s"})");
    const std::string b5Text =
        pipelineOf("sessions.ndjson", "b5.ndjson", R"({"type": "session", "gap": "5s"})");
    writeText("b3.sluice.json", b3Text);
    writeText("b4.sluice.json", b4Text);
    writeText("b5.sluice.json", b5Text);
    Series b3;
    Series b4;
    Series b5;
    Series duck;
    for (int round = 0; round < rounds; ++round) {
        b3.add(timed([&] { return runSluice(program, "b3.sluice.json"); }));
        duck.add(timed([] { return runDuckDb(); }));
        b4.add(timed([&] { return runSluice(program, "b4.sluice.json"); }));
        b5.add(timed([&] { return runSluice(program, "b5.sluice.json"); }));
    }
    fmt::print("{} events of 76 bytes, {} rounds\n", events, rounds);
    b3.print("B3 tumbling", events);
    duck.print("B3 by DuckDB, 2 threads", events);
    b4.print("B4 hopping", events);
    b5.print("B5 sessions", events);
    fmt::print("B3 beside DuckDB: {:.2f} times; B4 beside B3: {:.2f} times\n",
               median(duck.wall) / median(b3.wall),
               median(b3.wall) / median(b4.wall));
    const std::uint64_t blocks = events / kBlock;
    const Counted tumbling = countRows("b3.ndjson", "\"events\":400,");
    const Counted hopping = countRows("b4.ndjson", "\"events\":");
    const Counted sessions = countRows("b5.ndjson", "\"events\":50,");
    const bool exact = tumbling.rows == blocks * 1000 && tumbling.wrong == 0
                       && hopping.rows == (blocks + 5) * 1000 && hopping.events == 6 * events
                       && sessions.rows == events / 50 && sessions.wrong == 0;
    fmt::print("rows: B3 {}, B4 {} with {} events, B5 {}; exact: {}\n",
               tumbling.rows,
               hopping.rows,
               hopping.events,
               sessions.rows,
               exact);
    fmt::print("heap allocations per event: B3 {:.4f}, B4 {:.4f}, B5 {:.4f}\n",
               allocationsPerEvent(b3Text, events),
               allocationsPerEvent(b4Text, events),
               allocationsPerEvent(b5Text, events));
    fs::current_path("/");
    fs::remove_all(folder);
    return exact && b3.ok && b4.ok && b5.ok && duck.ok ? 0 : 1;
}
