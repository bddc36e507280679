// scan: rows that match steps one after the other.
#include "core/storage/kql_chunk.h"
#include "core/storage/kql_kernel.h"
#include "core/storage/kql_kernel_parts.h"

#include <algorithm>

namespace sluice {

namespace {

/// scan as its documentation states it: steps from the last to the first, each with a state that
/// holds the rows which its predecessors and itself matched last.
class ScanKernel : public KqlKernel
{
public:
    ScanKernel(std::vector<SchemaColumn> input, const kql::Scan &scan, Ticks now)
        : m_input(std::move(input))
        , m_scan(scan)
        , m_now(now)
        , m_row(m_input)
    {
        m_row.insert(m_row.end(), scan.declared.begin(), scan.declared.end());
        // As the binder laid out the names: the row, then the state of every step.
        m_visible = m_row;
        for (const kql::ScanStep &step : scan.steps) {
            for (const SchemaColumn &column : m_row)
                m_visible.push_back({step.name + "." + column.name, column.type});
        }
        for (const kql::ScanStep &step : scan.steps) {
            Compiled &compiled =
                m_steps.emplace_back(Compiled{evaluatorOver(step.condition, m_visible), {}, {}});
            for (const kql::ScanAssignment &assignment : step.assignments) {
                compiled.values.push_back(evaluatorOver(assignment.value, m_visible));
                const auto place =
                    std::find_if(m_row.begin(), m_row.end(), [&](const SchemaColumn &column) {
                        return column.name == assignment.column;
                    });
                compiled.targets.push_back(static_cast<std::size_t>(place - m_row.begin()));
            }
        }
        m_states.resize(scan.steps.size());
        for (const SchemaColumn &column : m_row) {
            m_out.push_back(std::make_shared<Column>());
            m_out.back()->reset(column.type, 0);
        }
        m_ids = std::make_shared<Column>();
        m_ids->reset(ColumnType::Long, 0);
    }

    Result<void> add(const Batch &batch) override
    {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            Values values;
            for (std::size_t i = 0; i < m_input.size(); ++i)
                values.push_back(single(*batch.columns[i], row));
            for (std::size_t i = 0; i < m_scan.declared.size(); ++i)
                values.push_back(defaultOf(i));
            TRY(addRow(values));
        }
        return {};
    }

    Result<KqlRows> finish() override
    {
        for (std::size_t step = 0; step < m_states.size(); ++step) {
            if (m_scan.steps[step].emit == kql::ScanStep::Emit::Last && m_states[step].active)
                emit(m_states[step].rows[step], m_states[step].id);
        }
        KqlRows rows;
        rows.columns = m_row;
        if (!m_scan.matchId.empty())
            rows.columns.push_back({m_scan.matchId, ColumnType::Long});
        const std::size_t count = m_ids->rows();
        for (std::size_t first = 0; first < count; first += kBatchRows) {
            Batch batch;
            batch.rows = std::min(kBatchRows, count - first);
            batch.selection = Selection(batch.rows);
            const auto part = [&](const Column &column) {
                auto copy = std::make_shared<Column>();
                copy->reset(column.type, 0);
                for (std::size_t row = first; row < first + batch.rows; ++row)
                    appendRow(*copy, column, row);
                batch.columns.push_back(std::move(copy));
            };
            for (const auto &column : m_out)
                part(*column);
            if (!m_scan.matchId.empty())
                part(*m_ids);
            rows.batches.push_back(std::move(batch));
        }
        return rows;
    }

private:
    using Values = std::vector<ColumnPtr>; // one row each

    struct Compiled
    {
        kql::Evaluator condition;
        std::vector<kql::Evaluator> values;
        std::vector<std::size_t> targets;
    };
    struct State
    {
        bool active = false;
        std::vector<Values> rows; // of each step up to this one
        std::int64_t id = 0;
    };

    static ColumnPtr single(const Column &from, std::size_t row)
    {
        auto column = std::make_shared<Column>();
        column->reset(from.type, 0);
        appendRow(*column, from, row);
        return column;
    }

    ColumnPtr defaultOf(std::size_t declared)
    {
        if (m_scan.defaults[declared]) {
            if (const auto value = kql::evaluateConstant(*m_scan.defaults[declared], m_now))
                return *value;
        }
        auto column = std::make_shared<Column>();
        column->reset(m_scan.declared[declared].type, 0);
        appendKqlNull(*column);
        return column;
    }

    /// The columns that an expression sees: a step without a state shows nulls, and the defaults.
    Batch visible(const Values &row, const State *state)
    {
        Batch batch;
        batch.rows = 1;
        batch.selection = Selection(1);
        batch.columns = row;
        for (std::size_t step = 0; step < m_scan.steps.size(); ++step) {
            const bool known =
                state != nullptr && step < state->rows.size() && !state->rows[step].empty();
            for (std::size_t i = 0; i < m_row.size(); ++i) {
                if (known)
                    batch.columns.push_back(state->rows[step][i]);
                else if (i >= m_input.size())
                    batch.columns.push_back(defaultOf(i - m_input.size()));
                else
                    batch.columns.push_back(nullptr);
            }
        }
        return batch;
    }

    Result<bool> holds(std::size_t step, const Values &row, const State *state)
    {
        TRY_ASSIGN(const Selection rows,
                   m_steps[step].condition.select(visible(row, state), m_now));
        return !rows.empty();
    }

    Result<void> match(std::size_t step, Values row, State state)
    {
        const Batch batch = visible(row, &state);
        Compiled &compiled = m_steps[step];
        std::vector<ColumnPtr> values;
        for (kql::Evaluator &value : compiled.values) {
            TRY_ASSIGN(ColumnPtr column, value.evaluate(batch, m_now));
            values.push_back(single(*column, 0));
        }
        for (std::size_t i = 0; i < values.size(); ++i)
            row[compiled.targets[i]] = std::move(values[i]);
        state.active = true;
        state.rows.resize(step + 1);
        state.rows[step] = row;
        if (m_scan.steps[step].emit == kql::ScanStep::Emit::All)
            emit(row, state.id);
        m_states[step] = std::move(state);
        return {};
    }

    Result<void> addRow(const Values &row)
    {
        for (std::size_t step = m_steps.size(); step-- > 0;) {
            if (step > 0 && m_states[step - 1].active) {
                TRY_ASSIGN(const bool promoted, holds(step, row, &m_states[step - 1]));
                if (promoted) {
                    if (m_scan.steps[step - 1].emit == kql::ScanStep::Emit::Last)
                        emit(m_states[step - 1].rows[step - 1], m_states[step - 1].id);
                    State state = std::exchange(m_states[step - 1], State{});
                    TRY(match(step, row, std::move(state)));
                    continue;
                }
            }
            if (step > 0 && !m_states[step].active)
                continue;
            TRY_ASSIGN(const bool again,
                       holds(step, row, m_states[step].active ? &m_states[step] : nullptr));
            if (!again)
                continue;
            State state = m_states[step];
            if (step == 0)
                state.id = m_nextId++;
            TRY(match(step, row, std::move(state)));
        }
        return {};
    }

    void emit(const Values &row, std::int64_t id)
    {
        for (std::size_t i = 0; i < row.size(); ++i)
            appendRow(*m_out[i], *row[i], 0);
        m_ids->valid.push_back(1);
        m_ids->integers.push_back(id);
    }

    std::vector<SchemaColumn> m_input;
    kql::Scan m_scan;
    Ticks m_now;
    std::vector<SchemaColumn> m_row; // input and declared columns
    std::vector<SchemaColumn> m_visible;
    std::vector<Compiled> m_steps;
    std::vector<State> m_states;
    std::vector<std::shared_ptr<Column>> m_out;
    std::shared_ptr<Column> m_ids;
    std::int64_t m_nextId = 0;
};

} // namespace

std::unique_ptr<KqlKernel>
makeScanKernel(std::vector<SchemaColumn> input, const kql::Scan &scan, Ticks now)
{
    return std::make_unique<ScanKernel>(std::move(input), scan, now);
}

} // namespace sluice
