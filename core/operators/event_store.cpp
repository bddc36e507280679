#include "core/operators/event_store.h"

#include "core/event/column_copy.h"
#include "core/kql/kernel.h"

#include <algorithm>

namespace sluice {

namespace {

/// Copies one value with its JSON text; the new column keeps its own bytes.
void copyValue(const Column &from, std::size_t fromRow, Column &to, std::size_t row)
{
    const auto copyToken = [&] {
        if (from.tokens.empty() || from.tokens[fromRow].data() == nullptr)
            return;
        if (to.tokens.empty())
            to.tokens.resize(to.rows());
        to.tokens[row] = to.arena.copy(from.tokens[fromRow]);
    };
    if (from.valid[fromRow] == 0)
        return copyToken();
    to.valid[row] = 1;
    switch (from.storage()) {
    case Storage::Byte:
        to.bytes[row] = from.bytes[fromRow];
        break;
    case Storage::Integer:
        to.integers[row] = from.integers[fromRow];
        break;
    case Storage::Float:
        to.floats[row] = from.floats[fromRow];
        break;
    case Storage::Text:
        to.texts[row] = to.arena.copy(from.texts[fromRow]);
        break;
    }
    copyToken();
}

void loadValue(Column &column, std::size_t row, StateReader &in)
{
    const auto flags = in.get<std::uint8_t>();
    if ((flags & 2U) != 0) {
        if (column.tokens.empty())
            column.tokens.resize(column.rows());
        column.tokens[row] = column.arena.copy(in.getText());
    }
    if ((flags & 1U) == 0)
        return;
    column.valid[row] = 1;
    switch (column.storage()) {
    case Storage::Byte:
        column.bytes[row] = in.get<std::uint8_t>() != 0 ? 1 : 0;
        break;
    case Storage::Integer:
        column.integers[row] = in.get<std::int64_t>();
        break;
    case Storage::Float:
        column.floats[row] = in.get<double>();
        break;
    case Storage::Text:
        column.texts[row] = column.arena.copy(in.getText());
        break;
    }
}

std::size_t heldBytes(const Batch &batch)
{
    constexpr std::size_t kCellBytes = 16;
    return sizeof(Batch) + batch.byteSize() + batch.rows * batch.columns.size() * kCellBytes;
}

} // namespace

EventStore::EventStore(std::shared_ptr<const Schema> schema)
    : m_schema(std::move(schema))
{}

std::uint64_t EventStore::hold(const Batch &batch, std::size_t events)
{
    m_held.push_back({batch, events, heldBytes(batch)});
    m_bytes += m_held.back().bytes;
    return m_first + m_held.size() - 1;
}

void EventStore::release(const Event &event)
{
    --m_held[event.batch - m_first].events;
    while (!m_held.empty() && m_held.front().events == 0) {
        m_bytes -= m_held.front().bytes;
        m_held.pop_front();
        ++m_first;
    }
}

const Batch *EventStore::whole(std::span<const Event> events) const
{
    const Batch &batch = batchOf(events.front());
    if (events.size() != batch.rows)
        return nullptr;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (events[i].batch != events.front().batch || events[i].row != i)
            return nullptr;
    }
    return &batch;
}

Batch EventStore::gather(std::span<const Event> events) const
{
    Batch result;
    result.schema = m_schema;
    result.rows = events.size();
    result.selection = Selection(events.size());
    result.ingestedAt = batchOf(events.back()).ingestedAt;
    for (std::size_t place = 0; place < m_schema->columns.size(); ++place) {
        std::shared_ptr<Column> column;
        for (std::size_t row = 0; row < events.size(); ++row) {
            const Batch &batch = batchOf(events[row]);
            if (place >= batch.columns.size() || !batch.columns[place])
                continue; // nobody reads it
            if (!column)
                column = takeColumn(m_schema->columns[place].type, events.size());
            copyValue(*batch.columns[place], events[row].row, *column, row);
        }
        result.columns.push_back(std::move(column));
    }
    return result;
}

void EventStore::save(const Event &event, StateWriter &out) const
{
    const Batch &batch = batchOf(event);
    for (std::size_t place = 0; place < m_schema->columns.size(); ++place) {
        const bool there = place < batch.columns.size() && batch.columns[place] != nullptr;
        out.put(static_cast<std::uint8_t>(there ? 1 : 0));
        if (there)
            writeValue(out, *batch.columns[place], event.row);
    }
}

std::uint64_t EventStore::load(std::size_t events, StateReader &in)
{
    Batch batch;
    batch.schema = m_schema;
    batch.rows = events;
    batch.selection = Selection(events);
    batch.columns.resize(m_schema->columns.size());
    std::vector<std::shared_ptr<Column>> columns(m_schema->columns.size());
    for (std::size_t row = 0; row < events && in.ok(); ++row) {
        for (std::size_t place = 0; place < columns.size(); ++place) {
            if (in.get<std::uint8_t>() == 0)
                continue;
            if (!columns[place])
                columns[place] = takeColumn(m_schema->columns[place].type, events);
            loadValue(*columns[place], row, in);
        }
    }
    std::copy(columns.begin(), columns.end(), batch.columns.begin());
    return hold(batch, events);
}

} // namespace sluice
