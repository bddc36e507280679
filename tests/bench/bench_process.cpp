#include "tests/bench/bench_process.h"

#include "core/pipeline/pipeline_file.h"
#include "core/runtime/engine.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

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

namespace sluice::bench {

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

int runDuckDb(const std::string &sql)
{
    duckdb_database database = nullptr;
    duckdb_connection connection = nullptr;
    if (duckdb_open(nullptr, &database) != DuckDBSuccess
        || duckdb_connect(database, &connection) != DuckDBSuccess)
        return 1;
    duckdb_query(connection, "SET threads=2", nullptr);
    return duckdb_query(connection, sql.c_str(), nullptr) == DuckDBSuccess ? 0 : 1;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void Series::add(const Timing &timing)
{
    wall.push_back(timing.wall);
    cpu.push_back(timing.cpu);
    ok = ok && timing.ok;
}

void Series::print(const char *name, std::uint64_t events) const
{
    const double best = *std::min_element(wall.begin(), wall.end());
    fmt::print("{:<28} {:>7.2f} M events/s median, {:>6.2f} best, {:.3f} CPU s per M events{}\n",
               name,
               static_cast<double>(events) / median(wall) / 1e6,
               static_cast<double>(events) / best / 1e6,
               median(cpu) * 1e6 / static_cast<double>(events),
               ok ? "" : "  FAILED");
}

double allocationsPerEvent(const std::string &pipeline, std::uint64_t events)
{
    const auto loaded = parsePipeline(pipeline);
    double result = -1;
    for (int round = 0; round < 2; ++round) {
        Engine engine(builtInCatalog());
        RunOptions options;
        options.pipelinePath = std::filesystem::absolute("bench.sluice.json").string();
        options.values.pipelineDirectory = std::filesystem::current_path().string();
        options.fromStart = true;
        const std::uint64_t before = allocations;
        if (!loaded || !engine.start(loaded->pipeline, options) || !engine.wait())
            return -1;
        result = static_cast<double>(allocations - before) / static_cast<double>(events);
    }
    return result;
}

ScratchFolder::ScratchFolder()
    : m_before(std::filesystem::current_path())
{
    std::string folder = (std::filesystem::temp_directory_path() / "sluice-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr)
        std::abort();
    m_folder = folder;
    std::filesystem::current_path(m_folder);
}

ScratchFolder::~ScratchFolder()
{
    std::error_code ignored;
    std::filesystem::current_path(m_before, ignored);
    std::filesystem::remove_all(m_folder, ignored);
}

void writeText(const std::filesystem::path &path, const std::string &text)
{
    std::ofstream(path, std::ios::binary) << text;
}

Counted countRows(const std::filesystem::path &path, std::string_view sum, std::string_view needed)
{
    const std::string member = fmt::format("\"{}\":", sum);
    Counted counted;
    std::ifstream in(path, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
        ++counted.rows;
        if (const auto at = line.find(member); !sum.empty() && at != std::string::npos)
            counted.sum += std::strtoull(line.c_str() + at + member.size(), nullptr, 10);
        counted.wrong += line.find(needed) == std::string::npos ? 1 : 0;
    }
    return counted;
}

Arguments readArguments(int argc, char **argv, std::uint64_t events)
{
    Arguments arguments;
    if (argc < 2) {
        fmt::print(stderr, "usage: {} SLUICE_PROGRAM [EVENTS] [ROUNDS]\n", argv[0]);
        return arguments;
    }
    constexpr int kRounds = 5;
    arguments.program = std::filesystem::absolute(argv[1]).string();
    arguments.events = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : events;
    arguments.rounds = argc > 3 ? std::atoi(argv[3]) : kRounds;
    arguments.good = true;
    return arguments;
}

} // namespace sluice::bench
