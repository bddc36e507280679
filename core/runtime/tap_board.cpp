#include "core/runtime/tap_board.h"

#include <algorithm>

namespace sluice {

TapBoard::TapBoard(std::vector<std::size_t> ports, const Clock &clock)
    : m_clock(&clock)
{
    std::size_t total = 0;
    for (const std::size_t count : ports) {
        m_first.push_back(total);
        total += count;
    }
    m_open = std::vector<std::atomic<bool>>(total);
}

void TapBoard::open(std::size_t node, std::size_t port, std::size_t capacity)
{
    const std::size_t place = m_first[node] + port;
    const std::scoped_lock lock(m_mutex);
    Tap &tap = m_taps[place];
    tap.capacity = capacity;
    tap.last = m_clock->monotonic();
    tap.allowance = static_cast<double>(capacity) / 4; // something to see at once
    m_open[place] = true;
}

void TapBoard::close(std::size_t node, std::size_t port)
{
    const std::size_t place = m_first[node] + port;
    const std::scoped_lock lock(m_mutex);
    m_open[place] = false;
    m_taps.erase(place);
}

void TapBoard::add(std::size_t node, std::size_t port, const Batch &batch)
{
    const std::scoped_lock lock(m_mutex);
    const auto it = m_taps.find(m_first[node] + port);
    if (it == m_taps.end())
        return;
    Tap &tap = it->second;
    const Ticks now = m_clock->monotonic();
    tap.allowance += static_cast<double>(now - tap.last) * kEventsPerSecond / kTicksPerSecond;
    tap.allowance = std::min(tap.allowance, static_cast<double>(tap.capacity));
    tap.last = now;
    const std::uint64_t before = tap.content.seen;
    tap.content.seen += batch.selection.size();
    const std::size_t count =
        std::min(batch.selection.size(), static_cast<std::size_t>(tap.allowance));
    if (count == 0)
        return;
    tap.allowance -= static_cast<double>(count);
    if (tap.schema != batch.schema) {
        tap.schema = batch.schema;
        tap.encoder = std::make_unique<JsonEncoder>(*batch.schema);
        tap.content.columns.clear();
        for (const SchemaColumn &column : visibleColumns(*batch.schema))
            tap.content.columns.push_back(column.name);
    }
    for (std::size_t i = batch.selection.size() - count; i < batch.selection.size(); ++i) {
        ByteBuffer text;
        tap.encoder->encodeRow(batch, batch.selection[i], text);
        tap.events.push_back({before + i, batch.ingestedAt, std::string(text.view())});
    }
    while (tap.events.size() > tap.capacity)
        tap.events.pop_front();
}

TapContent TapBoard::content(std::size_t node, std::size_t port) const
{
    const std::scoped_lock lock(m_mutex);
    const auto it = m_taps.find(m_first[node] + port);
    if (it == m_taps.end())
        return {};
    TapContent content = it->second.content;
    content.events.assign(it->second.events.begin(), it->second.events.end());
    return content;
}

} // namespace sluice
