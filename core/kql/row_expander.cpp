#include "core/kql/row_expander.h"

#include "core/event/gather.h"
#include "core/kql/element_value.h"
#include "core/kql/kernel.h"
#include "core/kql/stream_steps.h"

#include <algorithm>

namespace sluice::kql {

RowExpander::RowExpander(const MvExpand &expand, const Schema &input, SchemaPtr output)
    : m_bagsAsArrays(expand.bagsAsArrays)
    , m_withIndex(!expand.indexColumn.empty())
    , m_limit(expand.limit)
    , m_schema(std::move(output))
{
    for (const ExpandItem &item : expand.items)
        m_items.push_back({evaluatorFor(item.value, input), item.type});
    for (const SchemaColumn &column : m_schema->columns) {
        Place place;
        const auto item =
            std::find_if(expand.items.begin(), expand.items.end(), [&](const ExpandItem &one) {
                return one.name == column.name;
            });
        if (m_withIndex && column.name == expand.indexColumn)
            place.index = true;
        else if (item != expand.items.end())
            place.item = static_cast<std::size_t>(item - expand.items.begin());
        else
            place.input = input.find(column.name).value_or(input.columns.size());
        m_places.push_back(place);
    }
    m_lists.resize(m_items.size());
}

void RowExpander::makeColumns()
{
    m_elements.clear();
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        m_elements.push_back(takeColumn(m_items[i].type, kBatchRows));
        if (m_elements[i]->storage() == Storage::Text)
            m_elements[i]->sources = {m_values[i], m_memory};
    }
    if (m_withIndex)
        m_index = takeColumn(ColumnType::Long, kBatchRows);
}

Result<void> RowExpander::begin(const Batch &batch, Ticks now)
{
    m_values.clear();
    m_rows.clear();
    for (Item &item : m_items) {
        TRY_ASSIGN(ColumnPtr values, item.value.evaluate(batch, now));
        m_values.push_back(std::move(values));
    }
    m_memory = takeColumn(ColumnType::Dynamic, 0);
    makeColumns();
    return {};
}

Result<void> RowExpander::add(const Batch &batch, std::size_t row, RowSink &out)
{
    std::size_t count = 0;
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        m_lists[i].clear();
        const Column &values = *m_values[i];
        appendElements(values.valid[row] != 0 ? values.texts[row] : std::string_view(),
                       m_bagsAsArrays,
                       &m_lists[i],
                       &m_memory->arena);
        count = std::max(count, m_lists[i].size());
    }
    if (m_limit)
        count = std::min(count, static_cast<std::size_t>(std::max<std::int64_t>(0, *m_limit)));
    for (std::size_t n = 0; n < count; ++n) {
        const std::size_t at = m_rows.size();
        m_rows.push_back(static_cast<std::uint32_t>(row));
        for (std::size_t i = 0; i < m_items.size(); ++i)
            putElement(
                *m_elements[i], at, n < m_lists[i].size() ? m_lists[i][n] : std::string_view());
        if (m_withIndex)
            putValue(*m_index, at, static_cast<std::int64_t>(n));
        if (m_rows.size() == kBatchRows)
            TRY(flush(batch, out));
    }
    return {};
}

Result<void> RowExpander::flush(const Batch &batch, RowSink &out)
{
    if (m_rows.empty())
        return {};
    Batch result = derivedBatch(batch, m_schema, m_rows);
    for (const Place &place : m_places) {
        if (place.index)
            result.columns.push_back(m_index);
        else if (place.item != kNone)
            result.columns.push_back(m_elements[place.item]);
        else
            result.columns.push_back(place.input < batch.columns.size()
                                         ? gather(batch.columns[place.input], m_rows)
                                         : nullptr);
    }
    m_rows.clear();
    makeColumns();
    return out.take(std::move(result));
}

} // namespace sluice::kql
