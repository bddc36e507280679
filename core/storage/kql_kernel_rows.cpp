// Row functions and scan: steps in which a row depends on those before it.
#include "core/kql/decimal.h"
#include "core/storage/kql_chunk.h"
#include "core/storage/kql_kernel.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace sluice {

namespace {

using RowFunction = kql::RowCall::Function;

bool equalValues(const Column &a, std::size_t i, const Column &b, std::size_t j)
{
    const bool validA = a.valid[i] != 0 || a.type == ColumnType::String;
    const bool validB = b.valid[j] != 0 || b.type == ColumnType::String;
    if (!validA || !validB)
        return validA == validB;
    switch (a.storage()) {
    case Storage::Byte:
        return a.bytes[i] == b.bytes[j];
    case Storage::Integer:
        return a.integers[i] == b.integers[j];
    case Storage::Float:
        return a.floats[i] == b.floats[j]
               || (a.floats[i] != a.floats[i] && b.floats[j] != b.floats[j]);
    case Storage::Text:
        break;
    }
    return a.texts[i] == b.texts[j];
}

kql::Evaluator evaluatorFor(const kql::ExpressionPtr &expression,
                            const std::vector<SchemaColumn> &columns)
{
    std::vector<std::size_t> places;
    for (const std::string &name : expression->columns()) {
        const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto &column) {
            return column.name == name;
        });
        places.push_back(static_cast<std::size_t>(found - columns.begin()));
    }
    return {expression, std::move(places)};
}

class RowCallsKernel : public KqlKernel
{
public:
    RowCallsKernel(std::vector<SchemaColumn> input,
                   kql::RowCalls calls,
                   std::optional<std::size_t> partition,
                   Ticks now)
        : m_columns(std::move(input))
        , m_calls(std::move(calls))
        , m_partition(partition)
        , m_now(now)
    {}

    Result<void> add(const Batch &batch) override
    {
        m_batches.push_back(batch);
        return {};
    }

    Result<KqlRows> finish() override
    {
        for (const kql::RowCall &call : m_calls.calls) {
            m_values.clear();
            for (const kql::ExpressionPtr &argument : call.arguments) {
                kql::Evaluator evaluator = evaluatorFor(argument, m_columns);
                std::vector<ColumnPtr> &values = m_values.emplace_back();
                for (const Batch &batch : m_batches) {
                    TRY_ASSIGN(ColumnPtr column, evaluator.evaluate(batch, m_now));
                    values.push_back(std::move(column));
                }
            }
            compute(call);
            m_columns.push_back({call.name, call.type});
        }
        KqlRows rows;
        rows.columns = m_columns;
        rows.batches = std::move(m_batches);
        return rows;
    }

private:
    struct Place
    {
        std::size_t batch = 0;
        std::size_t row = 0;
    };

    const Column &argument(std::size_t place, std::size_t batch) const
    {
        return *m_values[place][batch];
    }
    bool flag(std::size_t place, const Place &at) const
    {
        return place < m_values.size() && argument(place, at.batch).valid[at.row] != 0
               && argument(place, at.batch).bytes[at.row] != 0;
    }
    bool isFirst(const Place *before, const Place &at) const
    {
        return before == nullptr
               || (m_partition
                   && !equalValues(*m_batches[before->batch].columns[*m_partition],
                                   before->row,
                                   *m_batches[at.batch].columns[*m_partition],
                                   at.row));
    }

    void compute(const kql::RowCall &call)
    {
        std::vector<std::shared_ptr<Column>> results;
        std::vector<Place> places;
        for (std::size_t i = 0; i < m_batches.size(); ++i) {
            results.push_back(takeColumn(call.type, m_batches[i].rows));
            for (std::size_t row = 0; row < m_batches[i].rows; ++row)
                places.push_back({i, row});
        }
        if (call.function == RowFunction::Prev || call.function == RowFunction::Next)
            shift(call, places, results);
        else if (call.function == RowFunction::Cumsum)
            addUp(call, places, results);
        else
            count(call, places, results);
        for (std::size_t i = 0; i < m_batches.size(); ++i)
            m_batches[i].columns.push_back(std::move(results[i]));
    }

    void shift(const kql::RowCall &call,
               const std::vector<Place> &places,
               const std::vector<std::shared_ptr<Column>> &results)
    {
        std::vector<std::size_t> groups(places.size()); // so that no value crosses a border
        for (std::size_t i = 1; i < places.size(); ++i)
            groups[i] = groups[i - 1] + (isFirst(&places[i - 1], places[i]) ? 1 : 0);
        const auto offset = m_values.size() > 1 && !places.empty() ? argument(1, 0).integers[0] : 1;
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto target = static_cast<std::int64_t>(i)
                                + (call.function == RowFunction::Prev ? -offset : offset);
            const bool inside = target >= 0 && target < static_cast<std::int64_t>(places.size())
                                && groups[static_cast<std::size_t>(target)] == groups[i];
            const Place at = inside ? places[static_cast<std::size_t>(target)] : places[i];
            if (inside)
                put(results, places[i], argument(0, at.batch), at.row);
            else if (m_values.size() > 2)
                put(results, places[i], argument(2, at.batch), at.row);
        }
    }

    static void put(const std::vector<std::shared_ptr<Column>> &results,
                    const Place &at,
                    const Column &value,
                    std::size_t row)
    {
        Column &result = *results[at.batch];
        result.valid[at.row] = value.valid[row];
        switch (result.storage()) {
        case Storage::Byte:
            result.bytes[at.row] = value.bytes[row];
            break;
        case Storage::Integer:
            result.integers[at.row] = value.integers[row];
            break;
        case Storage::Float:
            result.floats[at.row] = value.floats[row];
            break;
        case Storage::Text:
            result.texts[at.row] =
                value.valid[row] != 0 ? result.arena.copy(value.texts[row]) : std::string_view();
            break;
        }
    }

    void addUp(const kql::RowCall &call,
               const std::vector<Place> &places,
               const std::vector<std::shared_ptr<Column>> &results)
    {
        std::uint64_t whole = 0; // wraps
        double real = 0;
        std::string decimal = "0";
        for (std::size_t i = 0; i < places.size(); ++i) {
            const Place &at = places[i];
            if (isFirst(i == 0 ? nullptr : &places[i - 1], at) || flag(1, at)) {
                whole = 0;
                real = 0;
                decimal = "0";
            }
            const Column &value = argument(0, at.batch);
            Column &result = *results[at.batch];
            if (value.valid[at.row] != 0) {
                if (value.storage() == Storage::Float)
                    real += value.floats[at.row];
                else if (value.storage() == Storage::Integer)
                    whole += static_cast<std::uint64_t>(value.integers[at.row]);
                else
                    decimal =
                        kql::decimalCalculate('+', decimal, value.texts[at.row]).value_or(decimal);
            }
            result.valid[at.row] = 1;
            if (call.type == ColumnType::Real)
                result.floats[at.row] = real;
            else if (call.type == ColumnType::Decimal)
                result.texts[at.row] = result.arena.copy(decimal);
            else
                result.integers[at.row] = static_cast<std::int64_t>(whole);
        }
    }

    void count(const kql::RowCall &call,
               const std::vector<Place> &places,
               const std::vector<std::shared_ptr<Column>> &results)
    {
        std::int64_t number = 0; // row within the run of rows without restart
        std::int64_t rank = 0;
        std::int64_t sessionStart = 0;
        std::int64_t last = 0;
        bool open = false;
        for (std::size_t i = 0; i < places.size(); ++i) {
            const Place &at = places[i];
            const Place *before = i == 0 ? nullptr : &places[i - 1];
            Column &result = *results[at.batch];
            result.valid[at.row] = 1;
            const std::size_t flagAt = call.function == RowFunction::WindowSession ? 3 : 1;
            const bool restart = isFirst(before, at) || flag(flagAt, at);
            if (call.function == RowFunction::WindowSession) {
                const Column &time = argument(0, at.batch);
                if (time.valid[at.row] == 0) {
                    result.valid[at.row] = 0;
                    continue;
                }
                const std::int64_t now = time.integers[at.row];
                const bool late = open
                                  && (now - sessionStart > argument(1, at.batch).integers[at.row]
                                      || now - last > argument(2, at.batch).integers[at.row]);
                if (!open || restart || late)
                    sessionStart = now;
                open = true;
                last = now;
                result.integers[at.row] = sessionStart;
                continue;
            }
            number = restart ? 1 : number + 1;
            if (call.function == RowFunction::RowNumber) {
                const std::int64_t start =
                    m_values.empty() ? 1 : argument(0, at.batch).integers[at.row];
                result.integers[at.row] = start + number - 1;
                continue;
            }
            const bool changed =
                restart
                || !equalValues(
                    argument(0, at.batch), at.row, argument(0, before->batch), before->row);
            if (call.function == RowFunction::RankDense)
                rank = restart ? 1 : rank + (changed ? 1 : 0);
            else if (changed)
                rank = number;
            result.integers[at.row] = rank;
        }
    }

    std::vector<SchemaColumn> m_columns;
    kql::RowCalls m_calls;
    std::optional<std::size_t> m_partition;
    Ticks m_now;
    std::vector<Batch> m_batches;
    std::vector<std::vector<ColumnPtr>> m_values; // of the call at hand: argument, batch
};

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
                m_steps.emplace_back(Compiled{evaluatorFor(step.condition, m_visible), {}, {}});
            for (const kql::ScanAssignment &assignment : step.assignments) {
                compiled.values.push_back(evaluatorFor(assignment.value, m_visible));
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

std::unique_ptr<KqlKernel> makeRowCallsKernel(std::vector<SchemaColumn> input,
                                              kql::RowCalls calls,
                                              std::optional<std::size_t> partition,
                                              Ticks now)
{
    return std::make_unique<RowCallsKernel>(std::move(input), std::move(calls), partition, now);
}

std::unique_ptr<KqlKernel>
makeScanKernel(std::vector<SchemaColumn> input, const kql::Scan &scan, Ticks now)
{
    return std::make_unique<ScanKernel>(std::move(input), scan, now);
}

} // namespace sluice
