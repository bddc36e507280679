// summarize, distinct, count.
#include "core/kql/aggregate_set.h"
#include "core/kql/row_key.h"
#include "core/kql/stream_steps.h"
#include "core/kql/table_steps.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <string>

namespace sluice::kql {

namespace {

std::vector<std::string> namesOf(const std::vector<SchemaColumn> &columns)
{
    std::vector<std::string> names;
    for (const SchemaColumn &column : columns)
        names.push_back(column.name);
    return names;
}

class SummarizeStep : public TableStep
{
public:
    SummarizeStep(const Summarize &summarize, const Schema &input, SchemaPtr output)
        : m_aggregates(summarize.plan, placesIn(input, namesOf(summarize.plan->inputs)))
        , m_schema(std::move(output))
    {
        for (const Output &key : summarize.keys)
            m_keys.push_back(evaluatorFor(key.expression, input));
    }

    Result<std::vector<Batch>> run(std::vector<Batch> rows, Ticks now) override
    {
        m_known.clear();
        m_groups.clear();
        m_firsts.clear();
        std::vector<Batch> keys; // of each batch of rows
        for (const Batch &batch : rows)
            TRY(add(batch, keys, now));
        if (m_keys.empty() && m_groups.empty())
            m_groups.push_back(m_aggregates.take());
        auto result = finish(keys, now);
        for (const std::uint32_t group : m_groups)
            m_aggregates.give(group);
        return result;
    }

private:
    Result<void> add(const Batch &batch, std::vector<Batch> &keys, Ticks now)
    {
        Batch values;
        for (Evaluator &key : m_keys) {
            TRY_ASSIGN(ColumnPtr column, key.evaluate(batch, now));
            values.columns.push_back(std::move(column));
        }
        m_rowGroups.clear();
        batch.selection.forEach([&](std::size_t row) {
            m_key.clear();
            for (const ColumnPtr &column : values.columns)
                appendKey(column.get(), column->type, row, &m_key);
            const auto [known, isNew] = m_known.try_emplace(m_key, 0U);
            if (isNew) {
                known->second = m_aggregates.take();
                m_groups.push_back(known->second);
                m_firsts.push_back(
                    {static_cast<std::uint32_t>(keys.size()), static_cast<std::uint32_t>(row)});
            }
            m_rowGroups.push_back(known->second);
        });
        TRY(m_aggregates.evaluate(batch, now));
        m_aggregates.update(
            {batch.selection.size(), batch.selection.data(), m_rowGroups.data(), nullptr});
        keys.push_back(std::move(values));
        return {};
    }

    Result<std::vector<Batch>> finish(const std::vector<Batch> &keys, Ticks now)
    {
        std::vector<Batch> results;
        const std::span<const std::uint32_t> groups(m_groups);
        const std::span<const RowPlace> firsts(m_firsts);
        for (std::size_t first = 0; first < groups.size(); first += kBatchRows) {
            const std::size_t count = std::min(kBatchRows, groups.size() - first);
            Batch batch;
            batch.schema = m_schema;
            batch.rows = count;
            batch.selection = Selection(count);
            for (std::size_t i = 0; i < m_keys.size(); ++i)
                batch.columns.push_back(
                    copyColumn(keys, i, m_schema->columns[i].type, firsts.subspan(first, count)));
            TRY_ASSIGN(auto columns, m_aggregates.finish(groups.subspan(first, count), now));
            for (ColumnPtr &column : columns)
                batch.columns.push_back(std::move(column));
            results.push_back(std::move(batch));
        }
        return results;
    }

    AggregateSet m_aggregates;
    std::vector<Evaluator> m_keys;
    SchemaPtr m_schema; // shared by the batches it goes out with
    boost::unordered_flat_map<std::string, std::uint32_t> m_known;
    std::vector<std::uint32_t> m_groups; // in the order of their first rows
    std::vector<RowPlace> m_firsts;
    std::vector<std::uint32_t> m_rowGroups; // scratch
    std::string m_key;
};

} // namespace

std::unique_ptr<TableStep>
makeSummarize(const Summarize &summarize, const Schema &input, const SchemaPtr &output)
{
    return std::make_unique<SummarizeStep>(summarize, input, output);
}

} // namespace sluice::kql
