#include "core/operators/window_rows.h"

#include <array>
#include <utility>

namespace sluice {

namespace {

constexpr std::array kEmissionNames{
    std::string_view("early"), std::string_view("on_time"), std::string_view("late")};

} // namespace

WindowRows::WindowRows(std::shared_ptr<const Schema> schema,
                       std::size_t keyParts,
                       bool withEmission,
                       GroupKeys &keys,
                       kql::AggregateSet &aggregates)
    : m_schema(std::move(schema))
    , m_keyParts(keyParts)
    , m_withEmission(withEmission)
    , m_keys(keys)
    , m_aggregates(aggregates)
{}

void WindowRows::begin(Sink sink, Ticks now)
{
    m_sink = std::move(sink);
    m_now = now;
}

void WindowRows::add(const Row &row)
{
    m_rows.push_back(row);
    if (m_rows.size() < kBatchRows)
        return;
    if (auto sent = send(); !sent && m_failed)
        m_failed = std::move(sent);
    m_rows.clear();
}

Result<void> WindowRows::flush()
{
    if (!m_rows.empty()) {
        if (auto sent = send(); !sent && m_failed)
            m_failed = std::move(sent);
    }
    m_rows.clear();
    for (const std::uint32_t group : m_groupsToGive)
        m_aggregates.give(group);
    m_groupsToGive.clear();
    for (const std::uint32_t key : m_keysToRelease)
        m_keys.release(key);
    m_keysToRelease.clear();
    return std::exchange(m_failed, {});
}

Result<void> WindowRows::send()
{
    Batch batch;
    batch.schema = m_schema;
    batch.rows = m_rows.size();
    batch.selection = Selection(batch.rows);
    m_ids.clear();
    for (const Row &row : m_rows)
        m_ids.push_back(row.key);
    std::size_t place = 0;
    for (; place < m_keyParts; ++place) {
        auto column = takeColumn(m_schema->columns[place].type, batch.rows);
        m_keys.write(m_ids, place, *column);
        batch.columns.push_back(std::move(column));
    }
    auto start = takeColumn(ColumnType::Datetime, batch.rows);
    auto end = takeColumn(ColumnType::Datetime, batch.rows);
    m_times.clear();
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        kql::putValue(*start, i, m_rows[i].start);
        kql::putValue(*end, i, m_rows[i].end);
        m_times.push_back(m_rows[i].time);
        m_ids[i] = m_rows[i].group;
    }
    batch.columns.push_back(std::move(start));
    batch.columns.push_back(std::move(end));
    TRY_ASSIGN(auto results, m_aggregates.finish(m_ids, m_now));
    for (ColumnPtr &column : results)
        batch.columns.push_back(std::move(column));
    if (m_withEmission) {
        auto emission = takeColumn(ColumnType::String, batch.rows);
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            kql::putValue(
                *emission, i, kEmissionNames[static_cast<std::size_t>(m_rows[i].emission)]);
        batch.columns.push_back(std::move(emission));
    }
    m_sink(std::move(batch), m_times);
    return {};
}

} // namespace sluice
