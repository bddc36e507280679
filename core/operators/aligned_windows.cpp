#include "core/operators/aligned_windows.h"

#include "core/event/time_track.h"

#include <algorithm>
#include <numeric>

namespace sluice {

namespace {

constexpr std::size_t kFirstTable = 16;
constexpr std::size_t kSparePanes = 64;
constexpr Ticks kEndless = kEndOfTime;

} // namespace

std::uint32_t *AlignedWindows::Pane::find(std::uint32_t key)
{
    const std::size_t mask = table.size() - 1;
    for (std::size_t place = key & mask;; place = (place + 1) & mask) {
        if (table[place] == 0 || entries[table[place] - 1].key == key)
            return &table[place];
    }
}

void AlignedWindows::Pane::grow()
{
    table.assign(std::max(kFirstTable, table.size() * 2), 0);
    for (std::size_t i = 0; i < entries.size(); ++i)
        *find(entries[i].key) = static_cast<std::uint32_t>(i + 1);
}

AlignedWindows::AlignedWindows(const WindowSpec &spec, const WindowParts &parts)
    : m_spec(spec)
    , m_parts(parts)
    , m_size(spec.type == WindowType::Snapshot ? 1 : spec.size)
    , m_hop(spec.type == WindowType::Snapshot ? 1 : spec.hop)
    , m_width(std::gcd(m_size, m_hop))
    , m_offset(m_hop == 1 ? 0 : spec.offset % m_hop)
    , m_shifted(spec.closedEnd || spec.type == WindowType::Snapshot)
{}

/// A time, or a watermark, as it is inside.
Ticks AlignedWindows::inside(Ticks time) const
{
    return m_shifted && time != kNoTicks && time != kEndOfTime ? time - 1 : time;
}

Ticks AlignedWindows::floorTo(Ticks time, TickSpan step) const
{
    const TickSpan rest = (time - m_offset) % step;
    return time - (rest < 0 ? rest + step : rest);
}

/// The end of the first window that a pane belongs to.
Ticks AlignedWindows::firstEndOf(Ticks paneBegin) const
{
    return floorTo(paneBegin - m_size, m_hop) + m_hop + m_size;
}

/// The pane of an event, or null when all of its windows end by `closed`.
AlignedWindows::Pane *AlignedWindows::paneFor(Ticks time, Ticks closed)
{
    const Ticks begin = floorTo(time, m_width);
    const Ticks lastEnd = floorTo(time, m_hop) + m_size;
    if (lastEnd <= closed)
        return nullptr;
    Ticks firstEnd = firstEndOf(begin);
    const bool whole = firstEnd > closed;
    if (!whole)
        firstEnd += ((closed - firstEnd) / m_hop + 1) * m_hop;
    const auto key = std::pair(begin, firstEnd);
    auto found = m_panes.lower_bound(key);
    if (found != m_panes.end() && found->first == key)
        return &found->second;
    if (m_spare.empty()) {
        found = m_panes.emplace_hint(found, key, Pane{});
    } else {
        m_spare.back().key() = key;
        found = m_panes.insert(found, std::move(m_spare.back()));
        m_spare.pop_back();
    }
    Pane &pane = found->second;
    pane.begin = begin;
    pane.firstEnd = firstEnd;
    pane.lastEnd = lastEnd;
    pane.closedFrom = whole ? kNoTicks : firstEnd - m_hop;
    if (pane.table.empty())
        pane.grow();
    if (!isPlain())
        planNext();
    return &pane;
}

void AlignedWindows::dropPane(PaneMap::iterator at, WindowRows &rows)
{
    Pane &pane = at->second;
    for (const Entry &entry : pane.entries) {
        rows.giveLater(entry.group);
        rows.releaseLater(entry.key);
    }
    m_entries -= pane.entries.size();
    pane.entries.clear();
    std::fill(pane.table.begin(), pane.table.end(), 0);
    if (m_latest == &pane)
        m_latest = nullptr;
    if (m_spare.size() < kSparePanes)
        m_spare.push_back(m_panes.extract(at));
    else
        m_panes.erase(at);
}

/// Drops the panes whose last window ends by `limit`.
void AlignedWindows::dropPanes(Ticks limit, WindowRows &rows)
{
    while (!m_panes.empty() && m_panes.begin()->second.lastEnd <= limit)
        dropPane(m_panes.begin(), rows);
}

std::uint32_t AlignedWindows::groupOf(Pane &pane, std::uint32_t key)
{
    std::uint32_t *place = pane.find(key);
    if (*place != 0) {
        Entry &entry = pane.entries[*place - 1];
        entry.touched = m_firing;
        return entry.group;
    }
    const std::uint32_t group = m_parts.aggregates.take();
    pane.entries.push_back({key, group, m_firing});
    *place = static_cast<std::uint32_t>(pane.entries.size());
    m_parts.keys.hold(key);
    ++m_entries;
    if (pane.entries.size() * 2 > pane.table.size())
        pane.grow();
    return group;
}

/// Finds the pane of each event. Most events fall into the pane of the one before.
void AlignedWindows::sortRows(const WindowEvents &events, std::vector<std::uint16_t> &late)
{
    m_accepted.resize(events.count);
    m_runs.clear();
    std::size_t count = 0;
    Pane *pane = m_latest;
    for (std::size_t i = 0; i < events.count; ++i) {
        const std::size_t row = events.row(i);
        const Ticks time = inside(events.times[row]);
        Ticks closed = inside(events.own[row]);
        if (closed != kNoTicks)
            closed -= m_spec.allowedLateness;
        if (pane == nullptr || time < pane->begin || time - pane->begin >= m_width
            || closed >= pane->firstEnd || closed < pane->closedFrom)
            pane = paneFor(time, closed);
        if (pane == nullptr) {
            late.push_back(static_cast<std::uint16_t>(row));
            continue;
        }
        if (m_runs.empty() || m_runs.back().pane != pane)
            m_runs.push_back({pane, count, count});
        m_accepted[count++] = static_cast<std::uint16_t>(row);
        m_runs.back().end = count;
    }
    m_accepted.resize(count);
    m_latest = pane;
}

Result<void>
AlignedWindows::add(const WindowEvents &events, std::vector<std::uint16_t> &late, WindowRows &rows)
{
    sortRows(events, late);
    m_ids.resize(m_accepted.size());
    m_groups.resize(m_accepted.size());
    const bool dense = events.rows == nullptr && m_accepted.size() == events.count;
    m_parts.keys.resolve(
        events.keys, dense ? nullptr : m_accepted.data(), m_accepted.size(), m_ids.data());
    if (!isPlain())
        return addOneByOne(events, rows);
    for (const Run &run : m_runs) {
        for (std::size_t i = run.begin; i < run.end; ++i)
            m_groups[i] = groupOf(*run.pane, m_ids[i]);
    }
    m_parts.aggregates.update(
        {m_accepted.size(), dense ? nullptr : m_accepted.data(), m_groups.data(), events.times});
    return {};
}

void AlignedWindows::update(const WindowEvents &events, std::size_t begin, std::size_t end)
{
    m_parts.aggregates.update(
        {end - begin, m_accepted.data() + begin, m_groups.data() + begin, events.times});
}

/// Where rows leave before their window's end or after it, each event sees what is due before it.
Result<void> AlignedWindows::addOneByOne(const WindowEvents &events, WindowRows &rows)
{
    // Keys are held from the beginning: a firing may release them.
    for (const std::uint32_t id : m_ids)
        m_parts.keys.hold(id);
    std::size_t updated = 0;
    for (const Run &run : m_runs) {
        for (std::size_t i = run.begin; i < run.end; ++i) {
            const Ticks merged = inside(events.merged[m_accepted[i]]);
            if (merged >= m_next) {
                update(events, std::exchange(updated, i), i);
                TRY(fire(merged, rows));
            }
            closeUpTo(merged);
            m_groups[i] = groupOf(*run.pane, m_ids[i]);
            if (run.pane->firstEnd > m_closed)
                continue;
            update(events, std::exchange(updated, i + 1), i + 1);
            const Ticks last = std::min(run.pane->lastEnd, m_closed);
            for (Ticks end = run.pane->firstEnd; end <= last; end += m_hop)
                emitKey(end, m_ids[i], rows);
            TRY(rows.flush());
        }
    }
    update(events, updated, m_accepted.size());
    for (const std::uint32_t id : m_ids)
        m_parts.keys.release(id);
    return {};
}

Result<void> AlignedWindows::advance(Ticks watermark, WindowRows &rows)
{
    const Ticks reached = inside(watermark);
    if (isPlain() || reached >= m_next)
        TRY(fire(reached, rows));
    closeUpTo(reached);
    return {};
}

/// Windows that end by the watermark are closed, also those that held nothing.
void AlignedWindows::closeUpTo(Ticks watermark)
{
    if (watermark == kNoTicks || watermark == kEndless)
        return;
    m_closed = std::max(m_closed, floorTo(watermark - m_size, m_hop) + m_size);
}

Result<void> AlignedWindows::fire(Ticks watermark, WindowRows &rows)
{
    for (Ticks end = nextEnd(m_closed); end <= watermark && end != kEndless;
         end = nextEnd(m_closed)) {
        emitWindow(end, Emission::OnTime, 0, rows);
        m_closed = end;
        m_early.erase(end);
        if (m_spec.allowedLateness == 0)
            dropPanes(end, rows);
    }
    if (m_spec.earlyEvery != 0 && watermark != kEndless)
        fireEarly(watermark, rows);
    if (watermark == kEndless)
        dropPanes(kEndless, rows);
    else if (watermark != kNoTicks)
        dropPanes(watermark - m_spec.allowedLateness, rows);
    TRY(rows.flush());
    if (!isPlain())
        planNext();
    return {};
}

/// The windows that are open and have reached a further boundary: the keys that have changed since
/// the row before.
void AlignedWindows::fireEarly(Ticks watermark, WindowRows &rows)
{
    const std::uint64_t after = m_firing + 1;
    for (Ticks end = nextEnd(std::max(m_closed, watermark)); end != kEndless; end = nextEnd(end)) {
        const Ticks start = end - m_size;
        if (watermark < start + m_spec.earlyEvery)
            break;
        const Ticks boundary = watermark - (watermark - start) % m_spec.earlyEvery;
        EarlyMark &mark = m_early[end];
        if (mark.firing != 0 && boundary <= mark.boundary)
            continue;
        emitWindow(end, Emission::Early, mark.firing, rows);
        mark = {boundary, after};
    }
    m_firing = after;
}

/// The end of the next window behind `after` that holds anything; kEndless: none.
Ticks AlignedWindows::nextEnd(Ticks after) const
{
    const Ticks nextStart = after == kNoTicks ? kNoTicks : floorTo(after - m_size, m_hop) + m_hop;
    Ticks best = kEndless;
    for (auto pane = m_panes.lower_bound({nextStart, kNoTicks}); pane != m_panes.end(); ++pane) {
        if (firstEndOf(pane->second.begin) >= best)
            break;
        const Ticks end = nextStart == kNoTicks
                              ? pane->second.firstEnd
                              : std::max(pane->second.firstEnd, nextStart + m_size);
        if (end <= pane->second.lastEnd)
            best = std::min(best, end);
    }
    return best;
}

void AlignedWindows::planNext()
{
    m_next = nextEnd(m_closed);
    if (m_spec.earlyEvery == 0)
        return;
    for (Ticks end = m_next; end != kEndless; end = nextEnd(end)) {
        const auto mark = m_early.find(end);
        const Ticks start = end - m_size;
        const Ticks boundary =
            (mark == m_early.end() ? start : mark->second.boundary) + m_spec.earlyEvery;
        if (boundary < end)
            m_next = std::min(m_next, boundary);
        if (start >= m_next)
            break;
    }
}

/// Collects the panes that a window is made of.
void AlignedWindows::panesOf(Ticks end)
{
    m_found.clear();
    for (auto pane = m_panes.lower_bound({end - m_size, kNoTicks});
         pane != m_panes.end() && pane->second.begin < end;
         ++pane) {
        if (pane->second.firstEnd <= end)
            m_found.push_back(&pane->second);
    }
}

/// @param since  keys that were not touched from this firing on are left out
void AlignedWindows::emitWindow(Ticks end, Emission emission, std::uint64_t since, WindowRows &rows)
{
    panesOf(end);
    if (m_found.size() != 1)
        return emitMerged(end, emission, since, rows);
    for (const Entry &entry : m_found.front()->entries) {
        if (entry.touched >= since)
            emitRow(end, entry.key, entry.group, emission, rows);
    }
}

void AlignedWindows::emitMerged(Ticks end, Emission emission, std::uint64_t since, WindowRows &rows)
{
    m_keys.clear();
    m_merged.resize(m_parts.keys.highest(), 0);
    m_touched.resize(m_merged.size(), 0);
    for (const Pane *pane : m_found) {
        for (const Entry &entry : pane->entries) {
            std::uint32_t &merged = m_merged[entry.key];
            if (merged == 0) {
                merged = m_parts.aggregates.take() + 1;
                m_keys.push_back(entry.key);
                m_touched[entry.key] = 0;
            }
            m_touched[entry.key] = std::max(m_touched[entry.key], entry.touched);
            m_parts.aggregates.merge(entry.group, merged - 1);
        }
    }
    for (const std::uint32_t key : m_keys) {
        const std::uint32_t group = std::exchange(m_merged[key], 0) - 1;
        if (m_touched[key] >= since)
            emitRow(end, key, group, emission, rows);
        rows.giveLater(group);
    }
}

/// The corrected row of one key.
void AlignedWindows::emitKey(Ticks end, std::uint32_t key, WindowRows &rows)
{
    panesOf(end);
    const std::uint32_t merged = m_parts.aggregates.take();
    for (Pane *pane : m_found) {
        if (const std::uint32_t place = *pane->find(key); place != 0)
            m_parts.aggregates.merge(pane->entries[place - 1].group, merged);
    }
    emitRow(end, key, merged, Emission::Late, rows);
    rows.giveLater(merged);
}

void AlignedWindows::emitRow(
    Ticks end, std::uint32_t key, std::uint32_t group, Emission emission, WindowRows &rows) const
{
    const bool snapshot = m_spec.type == WindowType::Snapshot;
    rows.add({key, group, snapshot ? end : end - m_size, end, m_shifted ? end : end - 1, emission});
}

void AlignedWindows::save(StateWriter &out) const
{
    out.put(m_closed);
    out.put(m_firing);
    out.put(static_cast<std::uint64_t>(m_early.size()));
    for (const auto &[end, mark] : m_early) {
        out.put(end);
        out.put(mark.boundary);
        out.put(mark.firing);
    }
    out.put(static_cast<std::uint64_t>(m_panes.size()));
    for (const auto &[key, pane] : m_panes) {
        out.put(pane.begin);
        out.put(pane.firstEnd);
        out.put(static_cast<std::uint64_t>(pane.entries.size()));
        for (const Entry &entry : pane.entries) {
            m_parts.keys.save(entry.key, out);
            out.put(entry.touched);
            m_parts.aggregates.save(entry.group, out);
        }
    }
}

void AlignedWindows::load(StateReader &in)
{
    const Ticks closed = in.get<Ticks>();
    const auto firing = in.get<std::uint64_t>();
    for (std::size_t left = in.getCount(3 * sizeof(Ticks)); left > 0; --left) {
        const Ticks end = in.get<Ticks>();
        m_early[end].boundary = in.get<Ticks>();
        m_early[end].firing = in.get<std::uint64_t>();
    }
    for (std::size_t left = in.getCount(3 * sizeof(Ticks)); left > 0; --left) {
        const Ticks begin = in.get<Ticks>();
        const Ticks firstEnd = in.get<Ticks>();
        // The pane of an event at its begin that came when all windows before firstEnd were closed.
        Pane *pane = in.ok() && begin >= kMinTicks - 2 * m_size && begin <= kMaxTicks
                         ? paneFor(begin, firstEnd - 1)
                         : nullptr;
        if (pane == nullptr || pane->firstEnd != firstEnd)
            return in.fail();
        if (firstEnd == firstEndOf(begin))
            pane->closedFrom = kNoTicks;
        for (std::size_t entries = in.getCount(1); entries > 0 && in.ok(); --entries) {
            const std::uint32_t key = m_parts.keys.load(in);
            const std::uint32_t group = groupOf(*pane, key);
            pane->entries[*pane->find(key) - 1].touched = in.get<std::uint64_t>();
            m_parts.aggregates.load(group, in);
        }
    }
    m_closed = closed;
    m_firing = firing;
    if (!isPlain())
        planNext();
}

std::size_t AlignedWindows::bytes() const
{
    std::size_t sum = 0;
    for (const auto &[key, pane] : m_panes)
        sum += sizeof(Pane) + pane.entries.capacity() * sizeof(Entry)
               + pane.table.capacity() * sizeof(std::uint32_t);
    return sum;
}

} // namespace sluice
