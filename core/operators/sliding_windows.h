#pragma once

#include "core/operators/rolling_group.h"
#include "core/operators/window_logic.h"
#include "core/operators/window_spec.h"

#include <vector>

namespace sluice {

/// Sliding windows: a row whenever the content of (t - size, t] changes for a key, by events that
/// enter it or leave it; none when nothing is left in it. The row of t is final, and goes out, when
/// the watermark has passed t.
class SlidingWindows : public WindowLogic
{
public:
    SlidingWindows(const WindowSpec &spec, const WindowParts &parts);

    Result<void>
    add(const WindowEvents &events, std::vector<std::uint16_t> &late, WindowRows &rows) override;
    Result<void> advance(Ticks watermark, WindowRows &rows) override;
    void save(StateWriter &out) const override;
    void load(StateReader &in) override;
    std::size_t openWindows() const override { return m_events; }
    std::size_t bytes() const override;

private:
    struct Waiting
    {
        Ticks time = 0;
        std::uint32_t group = 0;
    };
    struct KeyState
    {
        RollingGroup inside;
        std::vector<Waiting> waiting; // by time, the earliest at `next`
        std::size_t next = 0;

        bool isUsed() const { return !inside.empty() || next < waiting.size(); }
    };
    struct Change
    {
        Ticks time = 0;
        std::uint32_t key = 0;
    };

    void wait(std::uint32_t key, Ticks time, std::uint32_t group);
    void addChange(Ticks time, std::uint32_t key);
    KeyState &stateOf(std::uint32_t key);
    auto later() const;
    void apply(const Change &change, WindowRows &rows);

    WindowSpec m_spec;
    WindowParts m_parts;
    std::vector<KeyState> m_keys;  // by the key's number
    std::vector<Change> m_changes; // a heap, earliest on top
    std::size_t m_events = 0;

    // Scratch of one call.
    std::vector<std::uint16_t> m_accepted;
    std::vector<std::uint32_t> m_ids;
    std::vector<std::uint32_t> m_groups;
};

} // namespace sluice
