#pragma once

#include "core/event/batch.h"
#include "core/kql/expression.h"
#include "core/storage/database.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What SQL calls for each chunk of rows: a kernel program, columns in and one column out.
/// Thread: any; DuckDB runs one call from several threads.
class RowProgram
{
public:
    RowProgram(std::vector<ColumnType> inputs, ColumnType result)
        : m_inputs(std::move(inputs))
        , m_result(result)
    {}
    virtual ~RowProgram() = default;
    RowProgram(const RowProgram &) = delete;
    RowProgram &operator=(const RowProgram &) = delete;

    const std::vector<ColumnType> &inputs() const { return m_inputs; }
    ColumnType result() const { return m_result; }
    /// @param batch  columns of inputs(), all rows selected
    virtual Result<ColumnPtr> run(const Batch &batch) = 0;

private:
    std::vector<ColumnType> m_inputs;
    ColumnType m_result;
};

/// A KQL expression; its inputs are expression->columns(), in their order.
class ExpressionProgram : public RowProgram
{
public:
    ExpressionProgram(kql::ExpressionPtr expression, Ticks now);
    Result<ColumnPtr> run(const Batch &batch) override;

private:
    kql::ExpressionPtr m_expression; // shared with the query it is a part of
    Ticks m_now;
    std::mutex m_mutex;
    std::vector<kql::Evaluator> m_idle; // GUARDED_BY(m_mutex)
};

/// Makes a list of texts of each row: what mv-expand unnests.
class ListProgram
{
public:
    virtual ~ListProgram() = default;
    /// Appends the elements of one row; a view without data is null.
    virtual void elements(const Column &column,
                          std::size_t row,
                          std::vector<std::string_view> *out,
                          Arena *arena) const = 0;
};

/// Rows that SQL reads as a table: constants, and what a kernel made.
struct KqlRows
{
    std::vector<SchemaColumn> columns;
    std::vector<Batch> batches; // dense, at most kBatchRows each
};

/// The programs of one query. SQL calls them by number, as long as this lives.
/// Thread: one at a time.
class KqlPrograms
{
public:
    KqlPrograms() = default;
    ~KqlPrograms();
    KqlPrograms(const KqlPrograms &) = delete;
    KqlPrograms &operator=(const KqlPrograms &) = delete;

    std::int64_t add(std::shared_ptr<RowProgram> program);
    std::int64_t add(std::shared_ptr<ListProgram> program);
    std::int64_t add(std::shared_ptr<const KqlRows> rows);

private:
    std::vector<std::int64_t> m_numbers;
};

/// "sluice_long(17, "a", "b")". @param eachRow  called anew for every row, as for rand()
std::string
programCall(ColumnType type, std::int64_t number, std::string_view arguments, bool eachRow);

/// Makes the functions known to the database, once.
Result<void> ensureKqlFunctions(Connection &connection);

} // namespace sluice
