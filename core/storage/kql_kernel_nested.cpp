// top-nested over kql::AggregateSet.
#include "core/kql/constant.h"
#include "core/kql/kernel.h"
#include "core/storage/kql_chunk.h"
#include "core/storage/kql_kernel.h"
#include "core/storage/kql_kernel_parts.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace sluice {

namespace {

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
            Batch inputs = columnsFrom(batch, firstInput);
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

std::unique_ptr<KqlKernel> makeTopNestedKernel(const kql::TopNested &nested,
                                               std::vector<NestedCounts> counts,
                                               std::vector<SchemaColumn> results,
                                               Ticks now)
{
    return std::make_unique<TopNestedKernel>(nested, std::move(counts), std::move(results), now);
}

} // namespace sluice
