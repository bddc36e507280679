// Groups of rows, and summarize over kql::AggregateSet.
#include "core/kql/constant.h"
#include "core/kql/kernel.h"
#include "core/kql/row_key.h"
#include "core/storage/kql_chunk.h"
#include "core/storage/kql_kernel.h"
#include "core/storage/kql_kernel_parts.h"

#include <algorithm>
#include <numeric>

namespace sluice {

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
        TRY(m_set.evaluate(columnsFrom(batch, m_keyCount), m_now));
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

} // namespace

std::unique_ptr<KqlKernel> makeSummarizeKernel(std::vector<SchemaColumn> keys,
                                               kql::AggregatePlanPtr plan,
                                               std::vector<SchemaColumn> results,
                                               Ticks now)
{
    return std::make_unique<SummarizeKernel>(
        std::move(keys), std::move(plan), std::move(results), now);
}

} // namespace sluice
