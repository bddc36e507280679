#include "core/operators/sliding_windows.h"

#include "core/event/time_track.h"

#include <algorithm>

namespace sluice {

/// Changes of one time are told in the order of their keys, however the events came.
auto SlidingWindows::later() const
{
    return [&keys = m_parts.keys](const Change &a, const Change &b) {
        return a.time != b.time ? a.time > b.time : keys.isLess(b.key, a.key);
    };
}

SlidingWindows::SlidingWindows(const WindowSpec &spec, const WindowParts &parts)
    : m_spec(spec)
    , m_parts(parts)
{}

void SlidingWindows::addChange(Ticks time, std::uint32_t key)
{
    m_changes.push_back({time, key});
    std::push_heap(m_changes.begin(), m_changes.end(), later());
}

SlidingWindows::KeyState &SlidingWindows::stateOf(std::uint32_t key)
{
    if (m_keys.size() < m_parts.keys.highest())
        m_keys.resize(m_parts.keys.highest());
    return m_keys[key];
}

/// Keeps an event until the watermark has passed it, behind those of the same time.
void SlidingWindows::wait(std::uint32_t key, Ticks time, std::uint32_t group)
{
    KeyState &state = stateOf(key);
    m_parts.keys.hold(key);
    ++m_events;
    auto place = state.waiting.end();
    while (place != state.waiting.begin() + static_cast<std::ptrdiff_t>(state.next)
           && std::prev(place)->time > time)
        --place;
    state.waiting.insert(place, {time, group});
    addChange(time, key);
    addChange(time + m_spec.size, key);
}

Result<void> SlidingWindows::add(const WindowEvents &events,
                                 std::vector<std::uint16_t> &late,
                                 WindowRows & /*rows*/)
{
    m_accepted.clear();
    for (std::size_t i = 0; i < events.count; ++i) {
        const auto row = static_cast<std::uint16_t>(events.row(i));
        (events.times[row] < events.own[row] ? late : m_accepted).push_back(row);
    }
    m_ids.resize(m_accepted.size());
    m_groups.resize(m_accepted.size());
    m_parts.keys.resolve(events.keys, m_accepted.data(), m_accepted.size(), m_ids.data());
    for (std::uint32_t &group : m_groups)
        group = m_parts.aggregates.take();
    m_parts.aggregates.update(
        {m_accepted.size(), m_accepted.data(), m_groups.data(), events.times});
    for (std::size_t i = 0; i < m_accepted.size(); ++i)
        wait(m_ids[i], events.times[m_accepted[i]], m_groups[i]);
    return {};
}

Result<void> SlidingWindows::advance(Ticks watermark, WindowRows &rows)
{
    std::size_t applied = 0;
    while (!m_changes.empty() && (m_changes.front().time < watermark || watermark == kEndOfTime)) {
        const Change change = m_changes.front();
        while (!m_changes.empty() && m_changes.front().time == change.time
               && m_changes.front().key == change.key) {
            std::pop_heap(m_changes.begin(), m_changes.end(), later());
            m_changes.pop_back();
        }
        apply(change, rows);
        if (++applied % kBatchRows == 0) // the groups of sent rows are used again
            TRY(rows.flush());
    }
    return rows.flush();
}

void SlidingWindows::apply(const Change &change, WindowRows &rows)
{
    KeyState &state = m_keys[change.key];
    const std::size_t gone = state.inside.evict(m_parts.aggregates, change.time - m_spec.size);
    while (state.next < state.waiting.size() && state.waiting[state.next].time <= change.time) {
        state.inside.push(
            m_parts.aggregates, state.waiting[state.next].time, state.waiting[state.next].group);
        ++state.next;
    }
    if (state.next == state.waiting.size()) {
        state.waiting.clear();
        state.next = 0;
    }
    if (!state.inside.empty()) {
        const std::uint32_t group = m_parts.aggregates.take();
        state.inside.addTo(m_parts.aggregates, group);
        rows.add({change.key,
                  group,
                  change.time - m_spec.size,
                  change.time,
                  change.time,
                  Emission::OnTime});
        rows.giveLater(group);
    }
    m_events -= gone;
    for (std::size_t i = 0; i < gone; ++i)
        rows.releaseLater(change.key);
}

void SlidingWindows::save(StateWriter &out) const
{
    std::vector<std::uint32_t> used;
    for (std::size_t key = 0; key < m_keys.size(); ++key) {
        if (m_keys[key].isUsed())
            used.push_back(static_cast<std::uint32_t>(key));
    }
    out.put(static_cast<std::uint64_t>(used.size()));
    for (const std::uint32_t key : used) {
        const KeyState &state = m_keys[key];
        m_parts.keys.save(key, out);
        state.inside.save(m_parts.aggregates, out);
        out.put(static_cast<std::uint64_t>(state.waiting.size() - state.next));
        for (std::size_t i = state.next; i < state.waiting.size(); ++i) {
            out.put(state.waiting[i].time);
            m_parts.aggregates.save(state.waiting[i].group, out);
        }
    }
}

void SlidingWindows::load(StateReader &in)
{
    for (std::size_t left = in.getCount(3 * sizeof(Ticks)); left > 0 && in.ok(); --left) {
        const std::uint32_t key = m_parts.keys.load(in);
        stateOf(key).inside.load(m_parts.aggregates, in);
        m_keys[key].inside.forEachTime([&](Ticks time) {
            m_parts.keys.hold(key);
            ++m_events;
            addChange(time + m_spec.size, key);
        });
        for (std::size_t more = in.getCount(sizeof(Ticks)); more > 0 && in.ok(); --more) {
            const Ticks time = in.get<Ticks>();
            const std::uint32_t group = m_parts.aggregates.take();
            m_parts.aggregates.load(group, in);
            wait(key, time, group);
        }
    }
}

std::size_t SlidingWindows::bytes() const
{
    constexpr std::size_t kWaitingBytes = sizeof(Waiting) + 2 * sizeof(Change);
    return m_keys.capacity() * sizeof(KeyState) + m_changes.capacity() * sizeof(Change)
           + m_events * kWaitingBytes;
}

} // namespace sluice
