#include "core/kql/table_program.h"

#include <algorithm>

namespace sluice::kql {

void TableProgram::add(std::unique_ptr<StreamStep> step)
{
    if (m_stages.empty() || m_stages.back().table)
        m_stages.emplace_back();
    m_stages.back().chain.add(std::move(step));
}

void TableProgram::add(std::unique_ptr<TableStep> step)
{
    m_stages.emplace_back();
    m_stages.back().table = std::move(step);
}

StreamChain *TableProgram::chain()
{
    if (m_stages.empty())
        return &m_nothing;
    return m_stages.size() == 1 && !m_stages.front().table ? &m_stages.front().chain : nullptr;
}

Result<std::vector<Batch>>
TableProgram::run(std::vector<Batch> rows, Ticks now, std::size_t mostRows)
{
    for (Stage &stage : m_stages) {
        if (stage.table) {
            TRY_ASSIGN(rows, stage.table->run(std::move(rows), now));
            continue;
        }
        BatchList results(mostRows);
        for (const Batch &batch : rows)
            TRY(stage.chain.process(batch, now, results));
        rows = std::move(results.batches());
    }
    return rows;
}

std::vector<RowPlace> allRows(const std::vector<Batch> &batches)
{
    std::vector<RowPlace> rows;
    for (std::size_t i = 0; i < batches.size(); ++i) {
        batches[i].selection.forEach([&](std::size_t row) {
            rows.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(row)});
        });
    }
    return rows;
}

ColumnPtr copyColumn(const std::vector<Batch> &batches,
                     std::size_t place,
                     ColumnType type,
                     std::span<const RowPlace> rows)
{
    auto result = takeColumn(type, rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto &columns = batches[rows[i].batch].columns;
        const Column *column = place < columns.size() ? columns[place].get() : nullptr;
        const std::size_t row = rows[i].row;
        if (column == nullptr || column->valid[row] == 0)
            continue;
        result->valid[i] = 1;
        switch (result->storage()) {
        case Storage::Byte:
            result->bytes[i] = column->bytes[row];
            break;
        case Storage::Integer:
            result->integers[i] = column->integers[row];
            break;
        case Storage::Float:
            result->floats[i] = column->floats[row];
            break;
        case Storage::Text:
            result->texts[i] = result->arena.copy(column->texts[row]);
            break;
        }
    }
    return result;
}

std::vector<Batch> copyRows(const std::vector<Batch> &batches, std::span<const RowPlace> rows)
{
    std::vector<Batch> results;
    for (std::size_t first = 0; first < rows.size(); first += kBatchRows) {
        const auto part = rows.subspan(first, std::min(kBatchRows, rows.size() - first));
        Batch batch;
        batch.schema = batches.front().schema;
        batch.ingestedAt = batches.front().ingestedAt;
        batch.epoch = batches.front().epoch;
        batch.rows = part.size();
        batch.selection = Selection(part.size());
        for (std::size_t i = 0; i < batch.schema->columns.size(); ++i)
            batch.columns.push_back(copyColumn(batches, i, batch.schema->columns[i].type, part));
        results.push_back(std::move(batch));
    }
    return results;
}

} // namespace sluice::kql
