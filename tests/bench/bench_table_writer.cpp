// Rows per second that the table writer brings into a database: string, real, datetime.
// bench_table_writer [rows] [rows a commit] [database threads]
// Watch the processor time too: DuckDB's threads spin while they wait for each other.
#include "core/event/pool.h"
#include "core/storage/database_registry.h"
#include "core/storage/table_writer.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

using namespace sluice;

namespace {

struct Stopwatch
{
    std::chrono::steady_clock::duration total{};
    template<typename Function>
    auto measure(Function &&function)
    {
        const auto start = std::chrono::steady_clock::now();
        auto result = function();
        total += std::chrono::steady_clock::now() - start;
        return result;
    }
    double seconds() const { return std::chrono::duration<double>(total).count(); }
};

/// Three columns as the sensors bring them; a device's name is longer than DuckDB keeps inline.
Batch sensorBatch(std::size_t round)
{
    auto device = takeColumn(ColumnType::String, kBatchRows);
    auto temp = takeColumn(ColumnType::Real, kBatchRows);
    auto at = takeColumn(ColumnType::Datetime, kBatchRows);
    for (std::size_t row = 0; row < kBatchRows; ++row) {
        const std::size_t n = round * kBatchRows + row;
        device->valid[row] = temp->valid[row] = at->valid[row] = 1;
        device->texts[row] = device->arena.copy(fmt::format("device-{:08}", n % 1000));
        temp->floats[row] = static_cast<double>(n % 400) / 10;
        at->integers[row] = static_cast<Ticks>(n) * kTicksPerMillisecond;
    }
    Batch batch;
    batch.schema = std::make_shared<const Schema>(Schema{{{"device_id", ColumnType::String},
                                                          {"temp", ColumnType::Real},
                                                          {"timestamp", ColumnType::Datetime}}});
    batch.columns = {device, temp, at};
    batch.rows = kBatchRows;
    batch.selection = Selection(kBatchRows);
    return batch;
}

Result<void>
run(const std::string &path, std::size_t rows, std::size_t rowsPerCommit, unsigned threads)
{
    DatabaseRegistry registry({.threads = threads, .memoryBytes = 0});
    TRY_ASSIGN(auto database, registry.open(path));
    TRY_ASSIGN(TableWriter writer, TableWriter::open(database, "readings"));
    std::vector<Batch> batches;
    for (std::size_t round = 0; round < 64; ++round)
        batches.push_back(sensorBatch(round));
    TRY_ASSIGN(const auto layout, writer.fit(*batches.front().schema));
    const auto pool = std::make_shared<Pool<RowChunk>>();
    std::vector<RowError> rejected;

    Stopwatch fill;
    Stopwatch append;
    Stopwatch close;
    double longestCommit = 0;
    std::size_t done = 0;
    for (std::size_t round = 0; done < rows; ++round, done += kBatchRows) {
        auto chunk = pool->take();
        fill.measure([&] {
            chunk->fill(layout, batches[round % batches.size()], rejected);
            return 0;
        });
        TRY(append.measure([&] { return writer.append(std::move(chunk)); }));
        if (writer.pendingRows() >= rowsPerCommit) {
            Stopwatch commit;
            TRY(commit.measure([&] { return writer.commit(); }));
            append.total += commit.total;
            longestCommit = std::max(longestCommit, commit.seconds());
        }
    }
    TRY(append.measure([&] { return writer.commit(); }));
    TRY(close.measure([&] { return database->checkpoint(); }));
    const auto perSecond = [&](double seconds) {
        return static_cast<double>(done) / seconds / 1e6;
    };
    std::printf("%zu rows, %zu a commit: fill %.2f M/s, append and commit %.2f M/s, both %.2f M/s, "
                "longest commit %.0f ms, checkpoint %.2f s\n",
                done,
                rowsPerCommit,
                perSecond(fill.seconds()),
                perSecond(append.seconds()),
                perSecond(fill.seconds() + append.seconds()),
                longestCommit * 1000,
                close.seconds());
    return {};
}

} // namespace

int main(int argc, char **argv)
{
    const std::size_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
    const std::size_t rowsPerCommit = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 204'800;
    const auto threads = static_cast<unsigned>(argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 1);
    const std::string path = "bench_table_writer.duckdb";
    for (const char *ending : {"", ".wal"})
        std::filesystem::remove(path + ending);
    const auto outcome = run(path, rows, rowsPerCommit, threads);
    for (const char *ending : {"", ".wal"})
        std::filesystem::remove(path + ending);
    if (outcome)
        return 0;
    std::fprintf(stderr, "%s\n", describe(outcome.error()).c_str());
    return 1;
}
