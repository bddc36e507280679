// NEXMark: runs each query of a folder (NAME.sluice.json) as a whole process over the same events
// and holds its result against DuckDB's answer to NAME.sql, row for row. Prints events/s per core.
// usage: nexmark SLUICE_PROGRAM QUERIES [EVENTS] [ROUNDS]     ends with 1 when an answer differs
#include "tests/nexmark/nexmark_events.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kEventsPerSecond = 10'000; // in event time
constexpr int kSideRows = 10'000;

/// One DuckDB in memory; the first error ends the program, for it is the test's own.
class Oracle
{
public:
    Oracle()
    {
        if (duckdb_open(nullptr, &m_database) != DuckDBSuccess
            || duckdb_connect(m_database, &m_connection) != DuckDBSuccess)
            std::abort();
    }
    ~Oracle()
    {
        duckdb_disconnect(&m_connection);
        duckdb_close(&m_database);
    }
    Oracle(const Oracle &) = delete;
    Oracle &operator=(const Oracle &) = delete;

    /// The first column of the result as text.
    std::vector<std::string> ask(const std::string &sql)
    {
        duckdb_result result;
        std::vector<std::string> values;
        if (duckdb_query(m_connection, sql.c_str(), &result) != DuckDBSuccess) {
            m_error = duckdb_result_error(&result);
            duckdb_destroy_result(&result);
            return values;
        }
        for (idx_t row = 0; row < duckdb_row_count(&result); ++row) {
            char *text = duckdb_value_varchar(&result, 0, row);
            values.emplace_back(text == nullptr ? "" : text);
            duckdb_free(text);
        }
        duckdb_destroy_result(&result);
        return values;
    }
    std::string takeError() { return std::exchange(m_error, {}); }

private:
    duckdb_database m_database = nullptr;
    duckdb_connection m_connection = nullptr;
    std::string m_error;
};

void generate(const fs::path &path, std::uint64_t events)
{
    const sluice::test::NexmarkEvents source(kEventsPerSecond);
    std::ofstream out(path, std::ios::binary);
    std::string text;
    for (std::uint64_t number = 0; number < events; ++number) {
        source.append(text, number);
        text += '\n';
        if (text.size() > 1U << 20U) {
            out << text;
            text.clear();
        }
    }
    out << text;
}

void generateSideInput(const fs::path &path)
{
    std::ofstream out(path);
    out << "key,value\n";
    for (int key = 0; key < kSideRows; ++key)
        out << key << ",value " << key << '\n';
}

/// One wide table would hide a wrong filter: each kind of event has its own.
const char *const kTables = R"(
CREATE TABLE event AS SELECT * FROM read_ndjson('events.ndjson', columns = {event: 'VARCHAR',
  id: 'BIGINT', name: 'VARCHAR', email: 'VARCHAR', credit_card: 'VARCHAR', city: 'VARCHAR',
  state: 'VARCHAR', item_name: 'VARCHAR', description: 'VARCHAR', initial_bid: 'BIGINT',
  reserve: 'BIGINT', expires: 'TIMESTAMP', seller: 'BIGINT', category: 'BIGINT', auction: 'BIGINT',
  bidder: 'BIGINT', price: 'BIGINT', channel: 'VARCHAR', url: 'VARCHAR', date_time: 'TIMESTAMP',
  extra: 'VARCHAR'});
CREATE VIEW person AS SELECT * FROM event WHERE event = 'person';
CREATE VIEW auction AS SELECT * FROM event WHERE event = 'auction';
CREATE VIEW bid AS SELECT * FROM event WHERE event = 'bid';
CREATE TABLE side_input AS SELECT * FROM read_csv('side_input.csv', header = true);
)";

struct Timing
{
    double wall = 0;
    double cpu = 0;
    bool ok = false;
};

Timing run(const std::string &program, const std::string &pipeline)
{
    const auto begin = std::chrono::steady_clock::now();
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        if (std::freopen("run.log", "w", stdout) == nullptr || dup2(1, 2) < 0)
            _exit(1);
        execl(program.c_str(),
              program.c_str(),
              "run",
              pipeline.c_str(),
              "--workspace",
              "work",
              "--from-start",
              "--param",
              "input=events.ndjson",
              "--param",
              "output=result.ndjson",
              nullptr);
        _exit(1);
    }
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    const auto seconds = [](const timeval &time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    Timing timing;
    timing.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    timing.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    timing.ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return timing;
}

std::string readText(const fs::path &path)
{
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// How many rows stand in one answer and not in the other. @return -1 when DuckDB could not say
long difference(Oracle &oracle, const std::string &sql, std::size_t &rows)
{
    oracle.ask("CREATE OR REPLACE TABLE expected AS " + sql);
    std::string columns;
    for (const std::string &column :
         oracle.ask("SELECT column_name || ': ''' || data_type || '''' FROM duckdb_columns() "
                    "WHERE table_name = 'expected' ORDER BY column_index"))
        columns += (columns.empty() ? "" : ", ") + column;
    oracle.ask(
        "CREATE OR REPLACE TABLE result AS SELECT * FROM read_ndjson('result.ndjson', columns = {"
        + columns + "})");
    const auto count = oracle.ask("SELECT count(*) FROM expected");
    const auto found =
        oracle.ask("SELECT (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM result)) + "
                   "(SELECT count(*) FROM (FROM result EXCEPT ALL FROM expected))");
    if (count.empty() || found.empty())
        return -1;
    rows = std::stoul(count.front());
    return std::stol(found.front());
}

bool runQuery(Oracle &oracle,
              const std::string &program,
              const fs::path &pipeline,
              std::uint64_t events,
              int rounds)
{
    const std::string name =
        pipeline.filename().string().substr(0, pipeline.filename().string().find('.'));
    fs::copy_file(pipeline, pipeline.filename(), fs::copy_options::overwrite_existing);
    std::vector<double> walls;
    std::vector<double> cpus;
    for (int round = 0; round < rounds; ++round) {
        const Timing timing = run(program, pipeline.filename().string());
        if (!timing.ok) {
            fmt::print("{:<4} FAILED to run:\n{}\n", name, readText("run.log"));
            return false;
        }
        walls.push_back(timing.wall);
        cpus.push_back(timing.cpu);
    }
    std::sort(walls.begin(), walls.end());
    std::sort(cpus.begin(), cpus.end());
    const double million = static_cast<double>(events) / 1e6;
    std::size_t rows = 0;
    const long wrong = difference(oracle, readText(pipeline.parent_path() / (name + ".sql")), rows);
    const std::string verdict = wrong == 0  ? "equal to DuckDB's answer"
                                : wrong < 0 ? "NOT COMPARED: " + oracle.takeError()
                                            : fmt::format("{} ROWS DIFFER", wrong);
    fmt::print("{:<4} {:>7.2f} M events/s, {:>7.2f} M events/s per core, {:>8} rows, {}\n",
               name,
               million / walls[walls.size() / 2],
               million / cpus[cpus.size() / 2],
               rows,
               verdict);
    return wrong == 0 && rows > 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3) {
        fmt::print(stderr, "usage: nexmark SLUICE_PROGRAM QUERIES [EVENTS] [ROUNDS]\n");
        return 2;
    }
    const std::string program = fs::absolute(argv[1]).string();
    const fs::path queries = fs::absolute(argv[2]);
    const std::uint64_t events = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 2'000'000;
    const int rounds = argc > 4 ? std::atoi(argv[4]) : 3;
    std::string folder = (fs::temp_directory_path() / "sluice-nexmark-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr)
        return 1;
    fs::current_path(folder);
    generate("events.ndjson", events);
    generateSideInput("side_input.csv");
    fmt::print("{} events, {:.0f} bytes each\n",
               events,
               static_cast<double>(fs::file_size("events.ndjson")) / static_cast<double>(events));
    Oracle oracle;
    oracle.ask(kTables);
    if (const std::string error = oracle.takeError(); !error.empty()) {
        fmt::print(stderr, "{}\n", error);
        return 1;
    }
    std::vector<fs::path> pipelines;
    for (const auto &entry : fs::directory_iterator(queries)) {
        if (entry.path().extension() == ".json")
            pipelines.push_back(entry.path());
    }
    std::sort(pipelines.begin(), pipelines.end());
    int failures = 0;
    for (const fs::path &pipeline : pipelines)
        failures += runQuery(oracle, program, pipeline, events, rounds) ? 0 : 1;
    fmt::print("{} passed, {} failed\n", static_cast<int>(pipelines.size()) - failures, failures);
    fs::current_path("/");
    fs::remove_all(folder);
    return failures == 0 ? 0 : 1;
}
