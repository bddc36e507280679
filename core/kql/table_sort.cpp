// sort, top, take.
#include "core/kql/decimal.h"
#include "core/kql/stream_steps.h"
#include "core/kql/table_steps.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sluice::kql {

namespace {

template<typename T>
int compare(const T &a, const T &b)
{
    return a < b ? -1 : (b < a ? 1 : 0);
}

/// Two values that are neither null nor NaN.
int compareValues(const Column &a, std::size_t i, const Column &b, std::size_t j)
{
    switch (a.storage()) {
    case Storage::Byte:
        return compare(a.bytes[i], b.bytes[j]);
    case Storage::Integer:
        return compare(a.integers[i], b.integers[j]);
    case Storage::Float:
        return compare(a.floats[i], b.floats[j]);
    case Storage::Text:
        break;
    }
    if (a.type == ColumnType::Decimal)
        return decimalCompare(a.texts[i], b.texts[j]);
    return compare(a.texts[i], b.texts[j]);
}

/// 0 for a value, 1 for NaN, 2 for null: what stands at one end of the order.
int emptiness(const Column &column, std::size_t row)
{
    if (column.valid[row] == 0)
        return column.type == ColumnType::String ? 0 : 2;
    return column.storage() == Storage::Float && std::isnan(column.floats[row]) ? 1 : 0;
}

class SortStep : public TableStep
{
public:
    SortStep(const std::vector<SortKey> &keys, const Schema &input)
    {
        for (const SortKey &key : keys)
            m_keys.push_back(
                {evaluatorFor(key.expression, input), key.descending, key.nullsFirst, {}});
    }

    Result<std::vector<Batch>> run(std::vector<Batch> rows, Ticks now) override
    {
        for (Key &key : m_keys) {
            key.values.clear();
            for (const Batch &batch : rows) {
                TRY_ASSIGN(ColumnPtr values, key.value.evaluate(batch, now));
                key.values.push_back(std::move(values));
            }
        }
        std::vector<RowPlace> places = allRows(rows);
        std::stable_sort(places.begin(), places.end(), [this](const auto &a, const auto &b) {
            return isBefore(a, b);
        });
        return copyRows(rows, places);
    }

private:
    struct Key
    {
        Evaluator value;
        bool descending;
        bool nullsFirst;
        std::vector<ColumnPtr> values; // one a batch
    };

    bool isBefore(const RowPlace &a, const RowPlace &b) const
    {
        for (const Key &key : m_keys) {
            const Column &left = *key.values[a.batch];
            const Column &right = *key.values[b.batch];
            const int emptyLeft = emptiness(left, a.row);
            const int emptyRight = emptiness(right, b.row);
            if (emptyLeft != emptyRight)
                return (emptyLeft > emptyRight) == key.nullsFirst;
            const int order = emptyLeft != 0 ? 0 : compareValues(left, a.row, right, b.row);
            if (order != 0)
                return (order > 0) == key.descending;
        }
        return false;
    }

    std::vector<Key> m_keys;
};

class TakeStep : public TableStep
{
public:
    explicit TakeStep(std::int64_t count)
        : m_count(static_cast<std::size_t>(std::max<std::int64_t>(0, count)))
    {}

    Result<std::vector<Batch>> run(std::vector<Batch> rows, Ticks /*now*/) override
    {
        std::vector<RowPlace> places = allRows(rows);
        if (places.size() <= m_count)
            return rows;
        places.resize(m_count);
        return copyRows(rows, places);
    }

private:
    std::size_t m_count;
};

} // namespace

std::unique_ptr<TableStep> makeSort(const std::vector<SortKey> &keys, const Schema &input)
{
    return std::make_unique<SortStep>(keys, input);
}

std::unique_ptr<TableStep> makeTake(std::int64_t count)
{
    return std::make_unique<TakeStep>(count);
}

} // namespace sluice::kql
