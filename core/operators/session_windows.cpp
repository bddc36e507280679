#include "core/operators/session_windows.h"

#include "core/event/time_track.h"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

struct Later
{
    template<typename Due>
    bool operator()(const Due &a, const Due &b) const
    {
        return a.time != b.time ? a.time > b.time : a.serial > b.serial;
    }
};

} // namespace

SessionWindows::SessionWindows(const WindowSpec &spec, const WindowParts &parts)
    : m_spec(spec)
    , m_parts(parts)
{}

Ticks SessionWindows::endOf(const Session &session) const
{
    const Ticks end = session.last + m_spec.gap;
    return m_spec.maxSize == 0 ? end : std::min(end, session.start + m_spec.maxSize);
}

Ticks SessionWindows::dueOf(const Session &session) const
{
    if (session.fired)
        return endOf(session) + m_spec.allowedLateness;
    return m_spec.earlyEvery == 0 ? endOf(session) : std::min(endOf(session), session.nextEarly);
}

bool SessionWindows::joins(const Session &session, Ticks time) const
{
    if (time >= session.start)
        return time < endOf(session);
    return session.start - time < m_spec.gap
           && (m_spec.maxSize == 0 || session.last - time < m_spec.maxSize);
}

/// The session of a key that an event joins, its place plus one; 0: none.
/// @param closed  sessions that end by this watermark take nothing in
std::uint32_t SessionWindows::find(std::uint32_t key, Ticks time, Ticks closed) const
{
    for (std::uint32_t at = m_first[key]; at != 0; at = m_sessions[at - 1].next) {
        const Session &session = m_sessions[at - 1];
        if (joins(session, time) && endOf(session) > closed)
            return at;
    }
    return 0;
}

std::uint32_t SessionWindows::open(std::uint32_t key, Ticks time)
{
    std::uint32_t place = 0;
    if (m_free.empty()) {
        place = static_cast<std::uint32_t>(m_sessions.size());
        m_sessions.emplace_back();
    } else {
        place = m_free.back();
        m_free.pop_back();
    }
    Session &session = m_sessions[place];
    session = {};
    session.start = time;
    session.last = time;
    session.nextEarly = time + m_spec.earlyEvery;
    session.serial = ++m_serial;
    session.key = key;
    session.group = m_parts.aggregates.take();
    m_parts.keys.hold(key);
    std::uint32_t *link = &m_first[key];
    while (*link != 0 && m_sessions[*link - 1].start <= time)
        link = &m_sessions[*link - 1].next;
    session.next = *link;
    *link = place + 1;
    session.scheduled = kEndOfTime;
    schedule(place);
    return place;
}

void SessionWindows::schedule(std::uint32_t place)
{
    Session &session = m_sessions[place];
    const Ticks due = dueOf(session);
    if (due >= session.scheduled)
        return;
    session.scheduled = due;
    m_queue.push_back({due, session.serial, place});
    std::push_heap(m_queue.begin(), m_queue.end(), Later());
}

void SessionWindows::unlink(std::uint32_t place)
{
    std::uint32_t *link = &m_first[m_sessions[place].key];
    while (*link != place + 1)
        link = &m_sessions[*link - 1].next;
    *link = m_sessions[place].next;
    m_sessions[place].serial = 0;
    m_free.push_back(place);
}

void SessionWindows::remove(std::uint32_t place, WindowRows &rows)
{
    unlink(place);
    rows.giveLater(m_sessions[place].group);
    rows.releaseLater(m_sessions[place].key);
}

/// Merges later sessions of the key into one that has grown towards them.
void SessionWindows::joinNeighbours(std::uint32_t place, const WindowEvents &events)
{
    Session &session = m_sessions[place];
    while (session.next != 0) {
        const std::uint32_t other = session.next - 1;
        const Session &next = m_sessions[other];
        if (next.start >= endOf(session)
            || (m_spec.maxSize != 0 && next.last - session.start >= m_spec.maxSize))
            return;
        update(events, m_accepted.size()); // what the other holds of this batch
        m_parts.aggregates.merge(next.group, session.group);
        session.last = std::max(session.last, next.last);
        m_parts.aggregates.give(next.group);
        m_parts.keys.release(next.key);
        unlink(other);
    }
}

/// Adds the events to their groups, up to the `end`th that was accepted.
void SessionWindows::update(const WindowEvents &events, std::size_t end)
{
    const std::size_t begin = std::exchange(m_updated, end);
    if (begin < end)
        m_parts.aggregates.update(
            {end - begin, m_accepted.data() + begin, m_groups.data() + begin, events.times});
}

Result<void>
SessionWindows::add(const WindowEvents &events, std::vector<std::uint16_t> &late, WindowRows &rows)
{
    m_ids.resize(events.count);
    m_parts.keys.resolve(events.keys, events.rows, events.count, m_ids.data());
    for (const std::uint32_t id : m_ids) // also those whose only event is late
        m_parts.keys.hold(id);
    m_first.resize(std::max(m_first.size(), m_parts.keys.highest()), 0);
    m_accepted.clear();
    m_groups.clear();
    m_updated = 0;
    for (std::size_t i = 0; i < events.count; ++i) {
        const std::size_t row = events.row(i);
        const Ticks time = events.times[row];
        const Ticks own = events.own[row];
        const Ticks closed = own == kNoTicks ? own : own - m_spec.allowedLateness;
        if (!isPlain() && !m_queue.empty() && m_queue.front().time <= events.merged[row]) {
            update(events, m_accepted.size());
            TRY(fire(events.merged[row], rows));
        }
        const std::uint32_t found = find(m_ids[i], time, closed);
        if (found == 0 && time + m_spec.gap <= closed) {
            late.push_back(static_cast<std::uint16_t>(row));
            continue;
        }
        const std::uint32_t place = found != 0 ? found - 1 : open(m_ids[i], time);
        m_accepted.push_back(static_cast<std::uint16_t>(row));
        m_groups.push_back(m_sessions[place].group);
        Session &session = m_sessions[place];
        session.changed = true;
        if (time >= session.start && time <= session.last && isPlain())
            continue;
        session.start = std::min(session.start, time);
        session.last = std::max(session.last, time);
        joinNeighbours(place, events);
        schedule(place);
        if (!isPlain()) {
            update(events, m_accepted.size());
            TRY(afterEvent(place, events.merged[row], rows));
        }
    }
    update(events, m_accepted.size());
    for (const std::uint32_t id : m_ids)
        m_parts.keys.release(id);
    return {};
}

/// A session that was sent already, or would have been, is corrected at once.
Result<void> SessionWindows::afterEvent(std::uint32_t place, Ticks merged, WindowRows &rows)
{
    Session &session = m_sessions[place];
    if (endOf(session) > merged) {
        session.fired = false; // it goes on
        schedule(place);
        return {};
    }
    session.fired = true;
    session.scheduled = kEndOfTime;
    schedule(place);
    emit(session, Emission::Late, rows);
    return rows.flush();
}

void SessionWindows::emit(Session &session, Emission emission, WindowRows &rows) const
{
    const Ticks end = endOf(session);
    rows.add({session.key, session.group, session.start, end, end - 1, emission});
    session.changed = false;
}

Result<void> SessionWindows::advance(Ticks watermark, WindowRows &rows)
{
    return fire(watermark, rows);
}

Result<void> SessionWindows::fire(Ticks watermark, WindowRows &rows)
{
    while (!m_queue.empty() && m_queue.front().time <= watermark) {
        const Due due = m_queue.front();
        std::pop_heap(m_queue.begin(), m_queue.end(), Later());
        m_queue.pop_back();
        Session &session = m_sessions[due.session];
        if (session.serial != due.serial || session.scheduled != due.time)
            continue;
        session.scheduled = kEndOfTime;
        if (dueOf(session) <= due.time)
            fireOne(due.session, watermark, rows);
        else
            schedule(due.session); // it went on; others may be due before it
    }
    return rows.flush();
}

void SessionWindows::fireOne(std::uint32_t place, Ticks watermark, WindowRows &rows)
{
    Session &session = m_sessions[place];
    const Ticks end = endOf(session);
    if (session.fired)
        return remove(place, rows);
    if (end > watermark) {
        if (session.changed)
            emit(session, Emission::Early, rows);
        const TickSpan passed = watermark - session.start;
        session.nextEarly = watermark - passed % m_spec.earlyEvery + m_spec.earlyEvery;
        return schedule(place);
    }
    emit(session, Emission::OnTime, rows);
    session.fired = true;
    if (m_spec.allowedLateness == 0 || dueOf(session) <= watermark)
        return remove(place, rows);
    schedule(place);
}

void SessionWindows::save(StateWriter &out) const
{
    // In the order they were opened, so that a run that goes on keeps their order.
    std::vector<const Session *> list;
    for (const Session &session : m_sessions) {
        if (session.serial != 0)
            list.push_back(&session);
    }
    std::sort(list.begin(), list.end(), [](const Session *a, const Session *b) {
        return a->serial < b->serial;
    });
    out.put(static_cast<std::uint64_t>(list.size()));
    for (const Session *session : list) {
        m_parts.keys.save(session->key, out);
        out.put(session->start);
        out.put(session->last);
        out.put(session->nextEarly);
        out.put(static_cast<std::uint8_t>(session->fired));
        out.put(static_cast<std::uint8_t>(session->changed));
        m_parts.aggregates.save(session->group, out);
    }
}

void SessionWindows::load(StateReader &in)
{
    for (std::size_t left = in.getCount(4 * sizeof(Ticks)); left > 0 && in.ok(); --left) {
        const std::uint32_t key = m_parts.keys.load(in);
        m_first.resize(std::max(m_first.size(), m_parts.keys.highest()), 0);
        const std::uint32_t place = open(key, in.get<Ticks>());
        Session &session = m_sessions[place];
        session.last = in.get<Ticks>();
        session.nextEarly = in.get<Ticks>();
        session.fired = in.get<std::uint8_t>() != 0;
        session.changed = in.get<std::uint8_t>() != 0;
        m_parts.aggregates.load(session.group, in);
        session.scheduled = kEndOfTime;
        schedule(place);
    }
}

std::size_t SessionWindows::bytes() const
{
    return m_sessions.capacity() * sizeof(Session) + m_queue.capacity() * sizeof(Due)
           + (m_first.capacity() + m_free.capacity()) * sizeof(std::uint32_t);
}

} // namespace sluice
