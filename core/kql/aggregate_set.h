#pragma once

#include "core/kql/aggregate_binder.h"
#include "core/kql/expression.h"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace sluice::kql {

/// The states of all calls of a plan, for many groups, and how they are fed from batches: what
/// computes a summarize or a window. Gives out group numbers and takes them back.
/// Thread: one at a time.
class AggregateSet
{
public:
    /// @param columnIndex  for each of plan->inputs its place in the batches' columns
    AggregateSet(AggregatePlanPtr plan, const std::vector<std::size_t> &columnIndex);
    ~AggregateSet();
    AggregateSet(AggregateSet &&) noexcept;
    AggregateSet &operator=(AggregateSet &&) noexcept;

    /// An empty group.
    std::uint32_t take();
    /// Empties a group; take() may give it out again.
    void give(std::uint32_t group);

    /// Computes the arguments of all calls for the selected rows; update() then reads them.
    Result<void> evaluate(const Batch &batch, Ticks now);
    /// Adds rows of the batch that was evaluated last. May be called several times for one batch.
    void update(const GroupRows &rows);
    void merge(std::uint32_t from, std::uint32_t to);
    void merge(const AggregateSet &other, std::uint32_t from, std::uint32_t to);
    void clear(std::uint32_t group);

    /// One row a group: the plan's columns.
    /// Errors: what an expression over the aggregates says
    Result<std::vector<ColumnPtr>> finish(std::span<const std::uint32_t> groups, Ticks now);

    /// Memory of all groups, those included that were given back.
    std::size_t bytes() const;
    std::size_t liveGroups() const { return m_groups - m_free.size(); }
    void save(std::uint32_t group, StateWriter &out) const;
    void load(std::uint32_t group, StateReader &in);
    const AggregatePlan &plan() const { return *m_plan; }

private:
    struct Input;
    struct Call;

    AggregatePlanPtr m_plan; // shared by all sets of a node
    std::vector<Call> m_calls;
    std::vector<std::optional<Evaluator>> m_values; // of plan.columns; none: a result as it is
    std::vector<std::uint32_t> m_free;
    std::vector<std::uint16_t> m_rows; // scratch
    std::vector<std::uint32_t> m_rowGroups;
    std::size_t m_groups = 0;
    std::size_t m_capacity = 0;
};

} // namespace sluice::kql
