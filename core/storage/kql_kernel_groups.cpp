// summarize, make-series and top-nested over kql::AggregateSet.
#include "core/kql/constant.h"
#include "core/kql/kernel.h"
#include "core/kql/row_key.h"
#include "core/storage/kql_chunk.h"
#include "core/storage/kql_kernel.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace sluice {

namespace {

std::shared_ptr<Column> emptyColumn(ColumnType type)
{
    auto column = std::make_shared<Column>();
    column->reset(type, 0);
    return column;
}

Batch inputsOf(const Batch &batch, std::size_t first)
{
    Batch inputs;
    inputs.columns.assign(batch.columns.begin() + static_cast<std::ptrdiff_t>(first),
                          batch.columns.end());
    inputs.rows = batch.rows;
    inputs.selection = Selection(batch.rows);
    return inputs;
}

std::vector<std::size_t> countUp(std::size_t count)
{
    std::vector<std::size_t> places(count);
    std::iota(places.begin(), places.end(), std::size_t{0});
    return places;
}

} // namespace

KeyTable::KeyTable(std::vector<SchemaColumn> columns)
{
    for (const SchemaColumn &column : columns)
        m_keys.push_back(emptyColumn(column.type));
}

std::uint32_t
KeyTable::find(const std::vector<ColumnPtr> &keys, std::size_t row, std::int64_t extra)
{
    m_text.assign(reinterpret_cast<const char *>(&extra), sizeof(extra)); // NOLINT: bytes
    for (std::size_t i = 0; i < m_keys.size(); ++i)
        kql::appendKey(keys[i].get(), m_keys[i]->type, row, &m_text);
    const auto [known, isNew] =
        m_groups.emplace(m_text, static_cast<std::uint32_t>(m_groups.size()));
    m_new = isNew;
    if (isNew) {
        m_extras.push_back(extra);
        for (std::size_t i = 0; i < m_keys.size(); ++i)
            appendRow(*m_keys[i], *keys[i], row);
    }
    return known->second;
}

std::vector<ColumnPtr> KeyTable::keysOf(std::size_t first, std::size_t count) const
{
    std::vector<ColumnPtr> columns;
    for (const auto &key : m_keys) {
        auto part = emptyColumn(key->type);
        for (std::size_t row = first; row < first + count; ++row)
            appendRow(*part, *key, row);
        columns.push_back(std::move(part));
    }
    return columns;
}

namespace {

class SummarizeKernel : public KqlKernel
{
public:
    SummarizeKernel(std::vector<SchemaColumn> keys,
                    kql::AggregatePlanPtr plan,
                    std::vector<SchemaColumn> results,
                    Ticks now)
        : m_keyCount(keys.size())
        , m_table(keys)
        , m_set(plan, countUp(plan->inputs.size()))
        , m_results(std::move(results))
        , m_now(now)
    {
        if (m_keyCount == 0) {
            m_table.find({}, 0);
            m_set.take();
        }
    }

    Result<void> add(const Batch &batch) override
    {
        m_groups.resize(batch.rows);
        for (std::size_t row = 0; row < batch.rows; ++row) {
            m_groups[row] = m_table.find(batch.columns, row);
            if (m_table.wasNew())
                m_set.take();
        }
        TRY(m_set.evaluate(inputsOf(batch, m_keyCount), m_now));
        m_set.update({batch.rows, nullptr, m_groups.data(), nullptr});
        return {};
    }

    Result<KqlRows> finish() override
    {
        KqlRows rows;
        rows.columns = m_results;
        for (std::size_t first = 0; first < m_table.size(); first += kBatchRows) {
            const std::size_t count = std::min(kBatchRows, m_table.size() - first);
            std::vector<std::uint32_t> groups(count);
            std::iota(groups.begin(), groups.end(), static_cast<std::uint32_t>(first));
            Batch batch;
            batch.columns = m_table.keysOf(first, count);
            TRY_ASSIGN(auto values, m_set.finish(groups, m_now));
            std::move(values.begin(), values.end(), std::back_inserter(batch.columns));
            batch.rows = count;
            batch.selection = Selection(count);
            rows.batches.push_back(std::move(batch));
        }
        return rows;
    }

private:
    std::size_t m_keyCount;
    KeyTable m_table;
    kql::AggregateSet m_set;
    std::vector<SchemaColumn> m_results;
    std::vector<std::uint32_t> m_groups;
    Ticks m_now;
};

/// A group is a series and a bin of it.
class SeriesKernel : public KqlKernel
{
public:
    SeriesKernel(std::vector<SchemaColumn> keys,
                 kql::AggregatePlanPtr plan,
                 std::vector<SchemaColumn> results,
                 ColumnType axis,
                 SeriesRange range,
                 std::vector<ColumnPtr> defaults,
                 bool nonempty,
                 Ticks now)
        : m_keyCount(keys.size())
        , m_series(keys)
        , m_bins({})
        , m_set(plan, countUp(plan->inputs.size()))
        , m_results(std::move(results))
        , m_axis(axis)
        , m_range(range)
        , m_defaults(std::move(defaults))
        , m_nonempty(nonempty)
        , m_now(now)
    {}

    Result<void> add(const Batch &batch) override
    {
        std::vector<std::uint16_t> rows;
        std::vector<std::uint32_t> groups;
        const Column &axis = *batch.columns[m_keyCount];
        for (std::size_t row = 0; row < batch.rows; ++row) {
            const auto bin = binOf(axis, row);
            if (!bin)
                continue;
            const std::int64_t series = m_series.find(batch.columns, row);
            const std::uint32_t group =
                m_bins.find({}, 0, series * static_cast<std::int64_t>(m_range.bins) + *bin);
            if (m_bins.wasNew())
                m_set.take();
            rows.push_back(static_cast<std::uint16_t>(row));
            groups.push_back(group);
        }
        TRY(m_set.evaluate(inputsOf(batch, m_keyCount + 1), m_now));
        m_set.update({rows.size(), rows.data(), groups.data(), nullptr});
        return {};
    }

    Result<KqlRows> finish() override
    {
        if (m_nonempty && m_series.size() == 0 && m_keyCount == 0 && m_range.bins != 0)
            m_series.find({}, 0);
        // For every series and bin the group that has its value.
        const std::size_t series = m_series.size();
        std::vector<std::vector<std::int64_t>> places(series,
                                                      std::vector<std::int64_t>(m_range.bins, -1));
        for (std::uint32_t group = 0; group < m_bins.size(); ++group) {
            const auto at = static_cast<std::size_t>(m_bins.extraOf(group));
            places[at / m_range.bins][at % m_range.bins] = group;
        }
        std::vector<std::uint32_t> groups(m_bins.size());
        std::iota(groups.begin(), groups.end(), 0U);
        TRY_ASSIGN(const auto values, m_set.finish(groups, m_now));
        KqlRows rows;
        rows.columns = m_results;
        const std::string axis = axisText();
        for (std::size_t first = 0; first < series; first += kBatchRows) {
            const std::size_t count = std::min(kBatchRows, series - first);
            Batch batch;
            batch.rows = count;
            batch.selection = Selection(count);
            batch.columns = m_series.keysOf(first, count);
            for (std::size_t i = 0; i < values.size(); ++i) {
                auto arrays = emptyColumn(ColumnType::Dynamic);
                for (std::size_t row = 0; row < count; ++row)
                    appendText(*arrays, arrayText(*values[i], *m_defaults[i], places[first + row]));
                batch.columns.push_back(std::move(arrays));
            }
            auto axes = emptyColumn(ColumnType::Dynamic);
            for (std::size_t row = 0; row < count; ++row)
                appendText(*axes, axis);
            batch.columns.push_back(std::move(axes));
            rows.batches.push_back(std::move(batch));
        }
        return rows;
    }

private:
    std::optional<std::int64_t> binOf(const Column &axis, std::size_t row) const
    {
        if (axis.valid[row] == 0 || m_range.bins == 0)
            return std::nullopt;
        if (axis.storage() == Storage::Float) {
            const double place =
                std::floor((axis.floats[row] - m_range.realFrom) / m_range.realStep);
            if (!(place >= 0) || place >= static_cast<double>(m_range.bins))
                return std::nullopt;
            return static_cast<std::int64_t>(place);
        }
        const auto distance = static_cast<std::uint64_t>(axis.integers[row])
                              - static_cast<std::uint64_t>(m_range.from);
        if (axis.integers[row] < m_range.from)
            return std::nullopt;
        const std::uint64_t place = distance / static_cast<std::uint64_t>(m_range.step);
        if (place >= m_range.bins)
            return std::nullopt;
        return static_cast<std::int64_t>(place);
    }

    std::string axisText() const
    {
        auto axis = takeColumn(m_axis, m_range.bins);
        for (std::size_t i = 0; i < m_range.bins; ++i) {
            axis->valid[i] = 1;
            if (axis->storage() == Storage::Float)
                axis->floats[i] = m_range.realFrom + static_cast<double>(i) * m_range.realStep;
            else
                axis->integers[i] = m_range.from + static_cast<std::int64_t>(i) * m_range.step;
        }
        std::string text = "[";
        const kql::Vector vector{axis, 1};
        for (std::size_t i = 0; i < m_range.bins; ++i) {
            if (i != 0)
                text += ',';
            kql::appendJson(vector, i, &text);
        }
        return text + "]";
    }

    static std::string
    arrayText(const Column &values, const Column &fallback, const std::vector<std::int64_t> &places)
    {
        std::string text = "[";
        // Not owned here: the columns outlive the vectors.
        const kql::Vector value{ColumnPtr(ColumnPtr(), &values), 1};
        const kql::Vector other{ColumnPtr(ColumnPtr(), &fallback), 0};
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (i != 0)
                text += ',';
            if (places[i] >= 0)
                kql::appendJson(value, static_cast<std::size_t>(places[i]), &text);
            else
                kql::appendJson(other, 0, &text);
        }
        return text + "]";
    }

    static void appendText(Column &column, const std::string &text)
    {
        column.valid.push_back(1);
        column.texts.push_back(column.arena.copy(text));
    }

    std::size_t m_keyCount;
    KeyTable m_series;
    KeyTable m_bins;
    kql::AggregateSet m_set;
    std::vector<SchemaColumn> m_results;
    ColumnType m_axis;
    SeriesRange m_range;
    std::vector<ColumnPtr> m_defaults;
    bool m_nonempty;
    Ticks m_now;
};

/// -1, 0, 1; null is the smallest.
int compareValues(const Column &column, std::size_t a, std::size_t b)
{
    if (column.valid[a] != column.valid[b])
        return column.valid[a] != 0 ? 1 : -1;
    if (column.valid[a] == 0)
        return 0;
    const auto order = [](const auto &x, const auto &y) { return x < y ? -1 : y < x ? 1 : 0; };
    switch (column.storage()) {
    case Storage::Byte:
        return order(column.bytes[a], column.bytes[b]);
    case Storage::Integer:
        return order(column.integers[a], column.integers[b]);
    case Storage::Float:
        return order(column.floats[a], column.floats[b]);
    case Storage::Text:
        break;
    }
    return order(column.texts[a], column.texts[b]);
}

class TopNestedKernel : public KqlKernel
{
public:
    TopNestedKernel(const kql::TopNested &nested,
                    std::vector<NestedCounts> counts,
                    std::vector<SchemaColumn> results,
                    Ticks now)
        : m_nested(nested)
        , m_counts(std::move(counts))
        , m_results(std::move(results))
        , m_now(now)
    {}

    Result<void> add(const Batch &batch) override
    {
        m_batches.push_back(batch);
        return {};
    }

    Result<KqlRows> finish() override
    {
        std::vector<Node> nodes{Node{}};
        std::vector<std::vector<std::int64_t>> places; // of each row: its node, or -1
        for (const Batch &batch : m_batches)
            places.emplace_back(batch.rows, 0);
        std::vector<std::size_t> level{0};
        std::size_t inputs = m_nested.levels.size();
        for (std::size_t i = 0; i < m_nested.levels.size(); ++i) {
            TRY(descend(i, inputs, nodes, places, level));
            inputs += m_nested.levels[i].plan->inputs.size();
        }
        KqlRows rows;
        rows.columns = m_results;
        for (std::size_t first = 0; first < level.size(); first += kBatchRows)
            rows.batches.push_back(
                rowsOf(nodes, level, first, std::min(kBatchRows, level.size() - first)));
        return rows;
    }

private:
    struct Node
    {
        std::size_t parent = 0;
        ColumnPtr keys; // of its level
        ColumnPtr values;
        std::size_t row = 0; // in both
        std::size_t valueRow = 0;
    };

    Result<void> descend(std::size_t level,
                         std::size_t firstInput,
                         std::vector<Node> &nodes,
                         std::vector<std::vector<std::int64_t>> &places,
                         std::vector<std::size_t> &leaves)
    {
        const kql::NestedLevel &nested = m_nested.levels[level];
        KeyTable table({{"key", nested.key.expression->type()}});
        kql::AggregateSet set(nested.plan, countUp(nested.plan->inputs.size()));
        std::vector<std::vector<std::int64_t>> groups;
        for (std::size_t i = 0; i < m_batches.size(); ++i) {
            const Batch &batch = m_batches[i];
            std::vector<std::uint16_t> rows;
            std::vector<std::uint32_t> numbers;
            std::vector<std::int64_t> &known = groups.emplace_back(batch.rows, -1);
            for (std::size_t row = 0; row < batch.rows; ++row) {
                if (places[i][row] < 0)
                    continue;
                known[row] = table.find({batch.columns[level]}, row, places[i][row]);
                if (table.wasNew())
                    set.take();
                rows.push_back(static_cast<std::uint16_t>(row));
                numbers.push_back(static_cast<std::uint32_t>(known[row]));
            }
            Batch inputs = inputsOf(batch, firstInput);
            inputs.columns.resize(nested.plan->inputs.size());
            TRY(set.evaluate(inputs, m_now));
            set.update({rows.size(), rows.data(), numbers.data(), nullptr});
        }
        std::vector<std::uint32_t> all(table.size());
        std::iota(all.begin(), all.end(), 0U);
        TRY_ASSIGN(const auto values, set.finish(all, m_now));
        const auto keys = table.keysOf(0, table.size());
        // The best of each parent, parents in their order.
        std::map<std::int64_t, std::vector<std::uint32_t>> children;
        for (const std::uint32_t group : all)
            children[table.extraOf(group)].push_back(group);
        std::vector<std::int64_t> nodeOf(table.size(), -1);
        std::vector<std::size_t> next;
        for (const std::size_t parent : leaves) {
            auto &siblings = children[static_cast<std::int64_t>(parent)];
            std::stable_sort(siblings.begin(), siblings.end(), [&](auto a, auto b) {
                const int order = compareValues(*values.front(), a, b);
                return nested.descending ? order > 0 : order < 0;
            });
            const std::int64_t most =
                m_counts[level].count.value_or(static_cast<std::int64_t>(siblings.size()));
            std::vector<std::uint32_t> rest;
            for (std::size_t i = 0; i < siblings.size(); ++i) {
                if (static_cast<std::int64_t>(i) >= most) {
                    rest.push_back(siblings[i]);
                    continue;
                }
                nodeOf[siblings[i]] = static_cast<std::int64_t>(nodes.size());
                next.push_back(nodes.size());
                nodes.push_back({parent, keys.front(), values.front(), siblings[i], siblings[i]});
            }
            if (m_counts[level].others && !rest.empty()) {
                for (std::size_t i = 1; i < rest.size(); ++i)
                    set.merge(rest[i], rest[0]);
                const std::vector<std::uint32_t> one{rest[0]};
                TRY_ASSIGN(const auto sum, set.finish(one, m_now));
                for (const std::uint32_t group : rest)
                    nodeOf[group] = static_cast<std::int64_t>(nodes.size());
                next.push_back(nodes.size());
                nodes.push_back({parent, m_counts[level].others, sum.front(), 0, 0});
            }
        }
        for (std::size_t i = 0; i < places.size(); ++i) {
            for (std::size_t row = 0; row < places[i].size(); ++row)
                places[i][row] =
                    groups[i][row] < 0 ? -1 : nodeOf[static_cast<std::size_t>(groups[i][row])];
        }
        leaves = std::move(next);
        return {};
    }

    Batch rowsOf(const std::vector<Node> &nodes,
                 const std::vector<std::size_t> &leaves,
                 std::size_t first,
                 std::size_t count) const
    {
        Batch batch;
        batch.rows = count;
        batch.selection = Selection(count);
        std::vector<std::shared_ptr<Column>> columns;
        for (const SchemaColumn &column : m_results)
            columns.push_back(emptyColumn(column.type));
        for (std::size_t i = first; i < first + count; ++i) {
            std::size_t at = leaves[i];
            for (std::size_t level = m_nested.levels.size(); level-- > 0;) {
                const Node &node = nodes[at];
                appendRow(*columns[2 * level], *node.keys, node.row);
                appendRow(*columns[2 * level + 1], *node.values, node.valueRow);
                at = node.parent;
            }
        }
        batch.columns.assign(columns.begin(), columns.end());
        return batch;
    }

    kql::TopNested m_nested;
    std::vector<NestedCounts> m_counts;
    std::vector<SchemaColumn> m_results;
    Ticks m_now;
    std::vector<Batch> m_batches;
};

} // namespace

std::unique_ptr<KqlKernel> makeSummarizeKernel(std::vector<SchemaColumn> keys,
                                               kql::AggregatePlanPtr plan,
                                               std::vector<SchemaColumn> results,
                                               Ticks now)
{
    return std::make_unique<SummarizeKernel>(
        std::move(keys), std::move(plan), std::move(results), now);
}

std::unique_ptr<KqlKernel> makeSeriesKernel(std::vector<SchemaColumn> keys,
                                            kql::AggregatePlanPtr plan,
                                            std::vector<SchemaColumn> results,
                                            ColumnType axis,
                                            SeriesRange range,
                                            std::vector<ColumnPtr> defaults,
                                            bool nonempty,
                                            Ticks now)
{
    return std::make_unique<SeriesKernel>(std::move(keys),
                                          std::move(plan),
                                          std::move(results),
                                          axis,
                                          range,
                                          std::move(defaults),
                                          nonempty,
                                          now);
}

std::unique_ptr<KqlKernel> makeTopNestedKernel(const kql::TopNested &nested,
                                               std::vector<NestedCounts> counts,
                                               std::vector<SchemaColumn> results,
                                               Ticks now)
{
    return std::make_unique<TopNestedKernel>(nested, std::move(counts), std::move(results), now);
}

} // namespace sluice
