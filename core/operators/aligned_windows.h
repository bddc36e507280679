#pragma once

#include "core/operators/window_logic.h"
#include "core/operators/window_spec.h"

#include <map>
#include <utility>
#include <vector>

namespace sluice {

/// Tumbling, hopping and snapshot windows: their borders lie on a grid. Time is cut into panes of
/// gcd(size, hop); an event touches the partial aggregate of its key in one pane, and a window
/// merges the panes it is made of when it closes.
///
/// All times inside are moved so that windows are [start, end): where a window includes its end,
/// one tick back. A snapshot is then a window of one tick.
///
/// An event that is late for some of its windows and in time for others must not change those, and
/// whether they have been sent out yet may not matter. It therefore goes to a pane of its own,
/// which begins to count with the first window that is still open for it.
/// Source: Traub et al., "Scotty: Efficient Window Aggregation for out-of-order Stream
/// Processing", ICDE 2018 (slices)
class AlignedWindows : public WindowLogic
{
public:
    AlignedWindows(const WindowSpec &spec, const WindowParts &parts);

    Result<void>
    add(const WindowEvents &events, std::vector<std::uint16_t> &late, WindowRows &rows) override;
    Result<void> advance(Ticks watermark, WindowRows &rows) override;
    void save(StateWriter &out) const override;
    void load(StateReader &in) override;
    std::size_t openWindows() const override { return m_entries; }
    std::size_t bytes() const override;

private:
    struct Entry
    {
        std::uint32_t key = 0;
        std::uint32_t group = 0;
        std::uint64_t touched = 0; // number of the firing before its latest event
    };
    /// The keys of a pane, found by their dense number; almost never a collision.
    struct Pane
    {
        Ticks begin = 0;
        Ticks firstEnd = 0; // of the windows it counts for
        Ticks lastEnd = 0;
        Ticks closedFrom = kNoTicks;      // smallest watermark for which firstEnd is the first
        std::vector<Entry> entries;       // in the order of their first event
        std::vector<std::uint32_t> table; // places in `entries` plus one; a power of two

        std::uint32_t *find(std::uint32_t key);
        void grow();
    };
    /// By the pane's begin, then by the first window it counts for.
    using PaneMap = std::map<std::pair<Ticks, Ticks>, Pane>;
    struct Run
    {
        Pane *pane = nullptr;
        std::size_t begin = 0; // into m_accepted
        std::size_t end = 0;
    };
    /// What early rows a window has sent.
    struct EarlyMark
    {
        Ticks boundary = 0;
        std::uint64_t firing = 0;
    };

    bool isPlain() const { return !m_spec.hasEmission(); }
    Ticks inside(Ticks time) const;
    Ticks floorTo(Ticks time, TickSpan step) const;
    Ticks firstEndOf(Ticks paneBegin) const;
    Pane *paneFor(Ticks time, Ticks closed);
    void dropPane(PaneMap::iterator at, WindowRows &rows);
    void dropPanes(Ticks limit, WindowRows &rows);
    std::uint32_t groupOf(Pane &pane, std::uint32_t key);
    void sortRows(const WindowEvents &events, std::vector<std::uint16_t> &late);
    void update(const WindowEvents &events, std::size_t begin, std::size_t end);
    Result<void> addOneByOne(const WindowEvents &events, WindowRows &rows);
    Result<void> fire(Ticks watermark, WindowRows &rows);
    void fireEarly(Ticks watermark, WindowRows &rows);
    void emitWindow(Ticks end, Emission emission, std::uint64_t since, WindowRows &rows);
    void emitMerged(Ticks end, Emission emission, std::uint64_t since, WindowRows &rows);
    void emitKey(Ticks end, std::uint32_t key, WindowRows &rows);
    void emitRow(Ticks end,
                 std::uint32_t key,
                 std::uint32_t group,
                 Emission emission,
                 WindowRows &rows) const;
    void panesOf(Ticks end);
    Ticks nextEnd(Ticks after) const;
    void closeUpTo(Ticks watermark);
    void planNext();

    WindowSpec m_spec;
    WindowParts m_parts;
    TickSpan m_size;
    TickSpan m_hop;
    TickSpan m_width; // of a pane
    Ticks m_offset;
    bool m_shifted; // windows include their end
    PaneMap m_panes;
    std::vector<PaneMap::node_type> m_spare; // panes to use again, with their memory
    std::map<Ticks, EarlyMark> m_early;      // by the end of the window
    Ticks m_closed = kNoTicks;               // windows up to this end are closed
    Ticks m_next = kNoTicks;                 // nothing is due before the watermark is there
    std::uint64_t m_firing = 1;
    std::size_t m_entries = 0;
    Pane *m_latest = nullptr; // of the event before

    // Scratch of one call.
    std::vector<std::uint16_t> m_accepted;
    std::vector<Run> m_runs;
    std::vector<std::uint32_t> m_ids;
    std::vector<std::uint32_t> m_groups;
    std::vector<Pane *> m_found;          // panes of the window at hand
    std::vector<std::uint32_t> m_merged;  // by key: its merged group plus one
    std::vector<std::uint64_t> m_touched; // by key
    std::vector<std::uint32_t> m_keys;    // of the window at hand, in order
};

} // namespace sluice
