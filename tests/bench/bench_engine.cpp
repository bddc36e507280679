// B1 (copy) and B2 (filter and project) over SensorGen, as whole processes, beside DuckDB doing B2
// as a batch with two threads in the same run; and heap allocations per event, in process.
// usage: bench_engine SLUICE_PROGRAM [EVENTS] [ROUNDS]
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

constexpr const char *kB1 = R"({"sluice": 1, "name": "B1", "nodes": [
  {"id": "in", "kind": "file_source", "config": {"path": "sensors.ndjson"}},
  {"id": "out", "kind": "file_destination", "config": {"path": "copy.ndjson"}}],
  "wires": [{"from": "in", "to": "out"}]})";
constexpr const char *kB2 = R"({"sluice": 1, "name": "B2", "nodes": [
  {"id": "in", "kind": "file_source", "config": {"path": "sensors.ndjson",
   "schema": [{"name": "device_id", "type": "string"}, {"name": "temp", "type": "real"},
              {"name": "timestamp", "type": "datetime"}]}},
  {"id": "hot", "kind": "filter", "config": {"where": "temp > 20"}},
  {"id": "slim", "kind": "manage_fields",
   "config": {"fields": [{"name": "device_id"}, {"name": "temp"}]}},
  {"id": "out", "kind": "file_destination", "config": {"path": "hot.ndjson"}}],
  "wires": [{"from": "in", "to": "hot"}, {"from": "hot", "to": "slim"},
            {"from": "slim", "to": "out"}]})";

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
    execl(program.c_str(), program.c_str(), "run", pipeline.c_str(), nullptr);
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
    const char *sql = "COPY (SELECT device_id, temp FROM read_ndjson('sensors.ndjson', "
                      "columns={device_id: 'VARCHAR', temp: 'DOUBLE', timestamp: 'TIMESTAMP'}) "
                      "WHERE temp > 20) TO 'duck.ndjson' (FORMAT json)";
    return duckdb_query(connection, sql, nullptr) == DuckDBSuccess ? 0 : 1;
}

void writeText(const fs::path &path, const std::string &text)
{
    std::ofstream(path, std::ios::binary) << text;
}

void generate(const fs::path &path, std::uint64_t events)
{
    std::ofstream out(path, std::ios::binary);
    std::string text;
    for (std::uint64_t i = 0; i < events; ++i) {
        appendSensorGenEvent(text, i);
        text += '\n';
        if (text.size() > 1U << 20U) {
            out << text;
            text.clear();
        }
    }
    out << text;
}

/// B2's result is the passing events of the input, projected, in its order.
bool checkHot(std::uint64_t events)
{
    std::ifstream in("hot.ndjson", std::ios::binary);
    std::string event;
    std::string line;
    for (std::uint64_t i = 0; i < events; ++i) {
        event.clear();
        appendSensorGenEvent(event, i);
        const std::size_t temp = event.find("\"temp\":") + 7;
        const std::size_t end = event.find(',', temp);
        if (std::stod(event.substr(temp, end - temp)) <= 20)
            continue;
        if (!std::getline(in, line) || line != event.substr(0, end) + "}")
            return false;
    }
    return !std::getline(in, line);
}

bool sameFiles(const char *a, const char *b)
{
    std::ifstream one(a, std::ios::binary);
    std::ifstream two(b, std::ios::binary);
    return fs::file_size(a) == fs::file_size(b)
           && std::equal(std::istreambuf_iterator<char>(one),
                         std::istreambuf_iterator<char>(),
                         std::istreambuf_iterator<char>(two));
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Allocations of a second run in one process, when all free lists are filled.
double allocationsPerEvent(const char *text, std::uint64_t events)
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
            "{:<28} {:>7.2f} M events/s median, {:>6.2f} best, {:.2f} CPU s per M events{}\n",
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
        fmt::print(stderr, "usage: bench_engine SLUICE_PROGRAM [EVENTS] [ROUNDS]\n");
        return 2;
    }
    const std::string program = fs::absolute(argv[1]).string();
    const std::uint64_t events = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 4'000'000;
    const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
    std::string folder = (fs::temp_directory_path() / "sluice-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr)
        return 1;
    fs::current_path(folder);
    generate("sensors.ndjson", events);
    writeText("b1.sluice.json", kB1);
    writeText("b2.sluice.json", kB2);
    Series b1;
    Series b2;
    Series duck;
    for (int round = 0; round < rounds; ++round) {
        b1.add(timed([&] { return runSluice(program, "b1.sluice.json"); }));
        b2.add(timed([&] { return runSluice(program, "b2.sluice.json"); }));
        duck.add(timed([] { return runDuckDb(); }));
    }
    const bool copied = sameFiles("sensors.ndjson", "copy.ndjson");
    const bool hot = checkHot(events);
    fmt::print("{} events of 76 bytes, {} rounds\n", events, rounds);
    b1.print("B1 copy", events);
    b2.print("B2 filter and project", events);
    duck.print("B2 by DuckDB, 2 threads", events);
    fmt::print("B2 beside DuckDB: {:.2f} times\n", median(duck.wall) / median(b2.wall));
    fmt::print("B1 same bytes: {}; B2 exact and in order: {}\n", copied, hot);
    fmt::print("heap allocations per event: B1 {:.4f}, B2 {:.4f}\n",
               allocationsPerEvent(kB1, events),
               allocationsPerEvent(kB2, events));
    fs::current_path("/");
    fs::remove_all(folder);
    return copied && hot && b1.ok && b2.ok && duck.ok ? 0 : 1;
}
