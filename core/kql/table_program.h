#pragma once

#include "core/kql/stream_chain.h"

#include <memory>
#include <span>
#include <vector>

namespace sluice::kql {

/// An operator that needs all rows of a table before it can give one: of a window, of a constant
/// table, of the expansion of one row. Thread: one at a time.
class TableStep
{
public:
    TableStep() = default;
    TableStep(const TableStep &) = delete;
    TableStep &operator=(const TableStep &) = delete;
    virtual ~TableStep() = default;

    virtual Result<std::vector<Batch>> run(std::vector<Batch> rows, Ticks now) = 0;
};

/// The steps of a query over a table that is at hand as a whole. Thread: one at a time.
class TableProgram
{
public:
    void add(std::unique_ptr<StreamStep> step);
    void add(std::unique_ptr<TableStep> step);

    bool empty() const { return m_stages.empty(); }
    /// All steps where each of them works row by row, else null.
    StreamChain *chain();
    /// Errors: TooComplex where a step makes more than `mostRows`
    Result<std::vector<Batch>>
    run(std::vector<Batch> rows, Ticks now, std::size_t mostRows = BatchList::kEndless);

private:
    struct Stage // one of them
    {
        StreamChain chain;
        std::unique_ptr<TableStep> table;
    };
    std::vector<Stage> m_stages;
    StreamChain m_nothing;
};

/// A row of a list of batches.
struct RowPlace
{
    std::uint32_t batch = 0;
    std::uint32_t row = 0;
};
/// The places of all selected rows.
std::vector<RowPlace> allRows(const std::vector<Batch> &batches);
/// A column of some rows, with its own texts. @param place  of the column in every batch
ColumnPtr copyColumn(const std::vector<Batch> &batches,
                     std::size_t place,
                     ColumnType type,
                     std::span<const RowPlace> rows);
/// The rows as batches of kBatchRows; each has the schema of the first batch.
std::vector<Batch> copyRows(const std::vector<Batch> &batches, std::span<const RowPlace> rows);

} // namespace sluice::kql
