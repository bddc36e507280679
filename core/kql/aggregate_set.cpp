#include "core/kql/aggregate_set.h"

#include "core/kql/evaluation.h"

#include <algorithm>
#include <numeric>

namespace sluice::kql {

/// An argument: what computes it, and what it gave for the batch at hand.
struct AggregateSet::Input
{
    NodePtr node;
    Evaluator evaluator;
    Vector value;
};

struct AggregateSet::Call
{
    std::unique_ptr<AggregateState> state;
    std::vector<Input> inputs;
    std::optional<Input> predicate;
    std::vector<Vector> values;
    std::size_t firstResult = 0;
    std::size_t results = 0;
};

AggregateSet::~AggregateSet() = default;
AggregateSet::AggregateSet(AggregateSet &&) noexcept = default;
AggregateSet &AggregateSet::operator=(AggregateSet &&) noexcept = default;

AggregateSet::AggregateSet(AggregatePlanPtr plan, const std::vector<std::size_t> &columnIndex)
    : m_plan(std::move(plan))
{
    const auto input = [&](const NodePtr &node) {
        auto expression = std::make_shared<const Expression>(std::string(), node, m_plan->inputs);
        return Input{node, Evaluator(std::move(expression), columnIndex), {}};
    };
    std::size_t result = 0;
    for (const AggregateCall &planned : m_plan->calls) {
        Call call;
        call.state = planned.make(planned);
        for (const NodePtr &node : planned.inputs)
            call.inputs.push_back(input(node));
        call.values.resize(planned.inputs.size());
        if (planned.predicate)
            call.predicate.emplace(input(planned.predicate));
        call.firstResult = result;
        call.results = planned.results.size();
        result += call.results;
        m_calls.push_back(std::move(call));
    }
    std::vector<std::size_t> places(m_plan->results.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    for (const AggregateColumn &column : m_plan->columns) {
        m_values.emplace_back();
        if (column.value->kind == NodeKind::Column)
            continue;
        auto expression =
            std::make_shared<const Expression>(std::string(), column.value, m_plan->results);
        m_values.back().emplace(std::move(expression), places);
    }
}

std::uint32_t AggregateSet::take()
{
    if (!m_free.empty()) {
        const std::uint32_t group = m_free.back();
        m_free.pop_back();
        return group;
    }
    if (m_groups == m_capacity) {
        constexpr std::size_t kFirst = 64;
        m_capacity = std::max(kFirst, m_capacity * 2);
        for (Call &call : m_calls)
            call.state->resize(m_capacity);
    }
    return static_cast<std::uint32_t>(m_groups++);
}

void AggregateSet::give(std::uint32_t group)
{
    clear(group);
    m_free.push_back(group);
}

void AggregateSet::clear(std::uint32_t group)
{
    for (Call &call : m_calls)
        call.state->clear(group);
}

Result<void> AggregateSet::evaluate(const Batch &batch, Ticks now)
{
    const auto run = [&](Input &input) -> Result<void> {
        if (input.node->isConstant()) {
            input.value = Vector{input.node->constant, 0};
            return {};
        }
        TRY_ASSIGN(ColumnPtr column, input.evaluator.evaluate(batch, now));
        input.value = Vector{std::move(column), 1};
        return {};
    };
    for (Call &call : m_calls) {
        for (std::size_t i = 0; i < call.inputs.size(); ++i) {
            TRY(run(call.inputs[i]));
            call.values[i] = call.inputs[i].value;
        }
        if (call.predicate)
            TRY(run(*call.predicate));
    }
    return {};
}

void AggregateSet::update(const GroupRows &rows)
{
    for (Call &call : m_calls) {
        if (!call.predicate) {
            call.state->update(rows, call.values);
            continue;
        }
        const Vector &predicate = call.predicate->value;
        m_rows.clear();
        m_rowGroups.clear();
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t group) {
            if (predicate.valid(row) && predicate.boolean(row)) {
                m_rows.push_back(static_cast<std::uint16_t>(row));
                m_rowGroups.push_back(group);
            }
        });
        call.state->update({m_rows.size(), m_rows.data(), m_rowGroups.data(), rows.order},
                           call.values);
    }
}

void AggregateSet::merge(std::uint32_t from, std::uint32_t to)
{
    merge(*this, from, to);
}

void AggregateSet::merge(const AggregateSet &other, std::uint32_t from, std::uint32_t to)
{
    for (std::size_t i = 0; i < m_calls.size(); ++i)
        m_calls[i].state->merge(*other.m_calls[i].state, from, to);
}

Result<std::vector<ColumnPtr>> AggregateSet::finish(std::span<const std::uint32_t> groups,
                                                    Ticks now)
{
    std::vector<std::shared_ptr<Column>> results;
    std::vector<Column *> places;
    for (const SchemaColumn &result : m_plan->results) {
        results.push_back(takeColumn(result.type, groups.size()));
        places.push_back(results.back().get());
    }
    for (const Call &call : m_calls) {
        const auto columns =
            std::span<Column *const>(places).subspan(call.firstResult, call.results);
        for (std::size_t row = 0; row < groups.size(); ++row)
            call.state->finish(groups[row], columns, row);
    }
    Batch batch;
    batch.columns.assign(results.begin(), results.end());
    batch.rows = groups.size();
    batch.selection = Selection(groups.size());
    std::vector<ColumnPtr> columns;
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        if (!m_values[i]) {
            columns.push_back(results[m_plan->columns[i].value->column]);
            continue;
        }
        TRY_ASSIGN(ColumnPtr column, m_values[i]->evaluate(batch, now));
        columns.push_back(std::move(column));
    }
    return columns;
}

std::size_t AggregateSet::bytes() const
{
    std::size_t sum = m_free.capacity() * sizeof(std::uint32_t);
    for (const Call &call : m_calls)
        sum += call.state->bytes();
    return sum;
}

void AggregateSet::save(std::uint32_t group, StateWriter &out) const
{
    for (const Call &call : m_calls)
        call.state->save(group, out);
}

void AggregateSet::load(std::uint32_t group, StateReader &in)
{
    for (Call &call : m_calls)
        call.state->load(group, in);
}

} // namespace sluice::kql
