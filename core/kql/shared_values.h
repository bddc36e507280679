#pragma once

#include "core/kql/expression.h"

#include <vector>

namespace sluice::kql {

/// What several expressions over the same rows have in common, computed once a batch: three parts
/// of split(url, '/') split the text once. Thread: one at a time.
class SharedValues
{
public:
    /// Takes out of the expressions every call that stands in them more than once and whose value
    /// depends on the row alone; where it stood they read a column of schema() instead.
    /// @param expressions  are replaced; null ones are left alone
    /// @param input  columns of the batches
    SharedValues(std::vector<ExpressionPtr *> expressions, const Schema &input);

    /// The input's columns, and behind them one for each value that was taken out.
    const Schema &schema() const { return m_schema; }
    std::size_t size() const { return m_values.size(); }

    /// The batch with the columns of schema(). Errors: as Evaluator::evaluate()
    Result<Batch> extended(const Batch &batch, Ticks now);

private:
    std::size_t m_inputColumns;
    Schema m_schema;
    std::vector<Evaluator> m_values; // each may read those before it
};

} // namespace sluice::kql
