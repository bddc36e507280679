#pragma once

#include "core/operators/window_logic.h"
#include "core/operators/window_spec.h"

#include <vector>

namespace sluice {

/// Session windows: an event joins the session of its key whose last event is less than the gap
/// away, and two sessions become one when an event comes between them. A session lasts from its
/// first event to its last one plus the gap, but not longer than the maximum: what comes later
/// begins a new one.
class SessionWindows : public WindowLogic
{
public:
    SessionWindows(const WindowSpec &spec, const WindowParts &parts);

    Result<void>
    add(const WindowEvents &events, std::vector<std::uint16_t> &late, WindowRows &rows) override;
    Result<void> advance(Ticks watermark, WindowRows &rows) override;
    void save(StateWriter &out) const override;
    void load(StateReader &in) override;
    std::size_t openWindows() const override { return m_sessions.size() - m_free.size(); }
    std::size_t bytes() const override;

private:
    struct Session
    {
        Ticks start = 0;
        Ticks last = 0;
        Ticks scheduled = 0; // of its earliest entry in m_queue
        Ticks nextEarly = 0;
        std::uint64_t serial = 0; // 0: not in use
        std::uint32_t key = 0;
        std::uint32_t group = 0;
        std::uint32_t next = 0; // later session of the key, its place plus one
        bool fired = false;
        bool changed = false; // since the row before
    };
    /// Something may be due; a session whose time has moved on is queued again.
    struct Due
    {
        Ticks time = 0;
        std::uint64_t serial = 0;
        std::uint32_t session = 0;
    };

    bool isPlain() const { return !m_spec.hasEmission(); }
    Ticks endOf(const Session &session) const;
    Ticks dueOf(const Session &session) const;
    bool joins(const Session &session, Ticks time) const;
    std::uint32_t find(std::uint32_t key, Ticks time, Ticks closed) const;
    std::uint32_t open(std::uint32_t key, Ticks time);
    void remove(std::uint32_t place, WindowRows &rows);
    void unlink(std::uint32_t place);
    void schedule(std::uint32_t place);
    void joinNeighbours(std::uint32_t place, const WindowEvents &events);
    void update(const WindowEvents &events, std::size_t end);
    Result<void> afterEvent(std::uint32_t place, Ticks merged, WindowRows &rows);
    Result<void> fire(Ticks watermark, WindowRows &rows);
    void fireOne(std::uint32_t place, Ticks watermark, WindowRows &rows);
    void emit(Session &session, Emission emission, WindowRows &rows) const;

    WindowSpec m_spec;
    WindowParts m_parts;
    std::vector<Session> m_sessions;
    std::vector<std::uint32_t> m_free;
    std::vector<std::uint32_t> m_first; // by key: the place of its earliest session plus one
    std::vector<Due> m_queue;           // a heap, earliest on top
    std::uint64_t m_serial = 0;

    // Scratch of one call.
    std::vector<std::uint32_t> m_ids;
    std::vector<std::uint32_t> m_groups;
    std::vector<std::uint16_t> m_accepted;
    std::size_t m_updated = 0;
};

} // namespace sluice
