// Row functions: steps in which a row depends on those before it.
#include "core/kql/decimal.h"
#include "core/storage/kql_chunk.h"
#include "core/storage/kql_kernel.h"
#include "core/storage/kql_kernel_parts.h"

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
                kql::Evaluator evaluator = evaluatorOver(argument, m_columns);
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

} // namespace

std::unique_ptr<KqlKernel> makeRowCallsKernel(std::vector<SchemaColumn> input,
                                              kql::RowCalls calls,
                                              std::optional<std::size_t> partition,
                                              Ticks now)
{
    return std::make_unique<RowCallsKernel>(std::move(input), std::move(calls), partition, now);
}

} // namespace sluice
