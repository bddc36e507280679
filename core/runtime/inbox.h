#pragma once

#include "core/base/time.h"
#include "core/event/time_track.h"
#include "core/node/destination.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace sluice {

/// A batch on its way into a destination or a stage, and the wire it came by.
struct InboxBatch
{
    std::unique_ptr<Prepared> prepared;
    std::size_t wire = 0;
    std::uint64_t events = 0; // those that failed to prepare included
    std::uint64_t bytes = 0;
};

/// What one number of an emitter's sequence brings to one consumer: nothing, batches, event time,
/// or a mark.
struct InboxItem
{
    std::vector<InboxBatch> batches;
    /// For stages: event time of all records that the emitter took up under this number, also when
    /// no batch is left of them.
    std::shared_ptr<const TimeTrack> times;
    std::uint64_t barrier = 0; // epoch; 0: none
    bool end = false;          // the emitter has nothing more
    bool complete = false;     // with `end`: because every source behind it came to its end
};

/// Which gate an inbox hands out from when several have something.
enum class GateOrder {
    Turns, // one after the other: destinations
    Time,  // the one that lags in event time: stages, which are handed times and ends as well
};

/// The bounded edge in front of a destination or a stage.
///
///   worker A ──┐ numbers 0, 2, 5 …        ┌── gate of source 1: reorders by number
///   worker B ──┤ numbers 1, 3, 4 …  ──►  ─┤                       ──►  the consumer's thread
///   coordinator┘ barriers, ends           └── gate of stage 2
///
/// Invariants: a gate hands out its numbers without a gap, whoever pushed them; a barrier is
/// handed out once, when it is next in line at every gate that has not ended, and until then
/// nothing behind it passes. The byte budget is soft and shared out among the gates, so that a
/// gate that is behind is never shut because of one that is ahead: what is on its way always fits,
/// emitters look at isFull() before they make more.
///
/// In order of time the gate that has come least far goes first, and while it is empty the others
/// wait: a join does not have to keep the whole of the faster side. They wait neither for a gate
/// whose emitter has run dry, nor for ever (two paths from one source could wait for each other).
/// Thread: push(), setDry() any; take(), setReached() one.
class Inbox
{
public:
    Inbox(std::size_t gates, std::size_t byteBudget, GateOrder order = GateOrder::Turns);

    void push(std::size_t gate, std::uint64_t number, InboxItem item);

    enum class Kind { Item, Barrier, Finished, Quiet, Stopped };
    struct Taken
    {
        Kind kind = Kind::Quiet;
        InboxItem item;
        std::size_t gate = 0; // with Item
        std::uint64_t barrier = 0;
        bool complete = false; // with Finished: every source behind the gates came to its end
    };
    /// Waits for what is next. @return Quiet after `patience` (ticks) without anything
    Taken take(TickSpan patience);

    /// How far a gate has come in event time, for the order of gates.
    void setReached(std::size_t gate, Ticks watermark);
    /// The emitter has nothing at the moment: the other gates need not wait for it. The next push
    /// ends that.
    void setDry(std::size_t gate);
    /// The consumer keeps as much as it may: only the gate that lags is let in, however long the
    /// others have to wait for it.
    void setStrict(bool strict);

    bool isFull(std::size_t gate) const
    {
        return m_loads[gate].load(std::memory_order_relaxed) > m_share;
    }
    std::uint64_t queuedEvents() const { return m_events.load(std::memory_order_relaxed); }
    std::uint64_t queuedBytes() const { return m_bytes.load(std::memory_order_relaxed); }
    std::size_t budget() const { return m_budget; }

    /// Called whenever a gate falls below half of its share after it was full; any thread.
    void onDrained(std::function<void()> callback) { m_drained = std::move(callback); }
    /// Waits until a gate is not full any more. @return whether it is not, or the inbox stopped
    bool waitForRoom(std::size_t gate, TickSpan patience);
    /// Wakes take(), which says Stopped from now on.
    void stop();
    bool isStopped() const;

private:
    struct Gate
    {
        std::deque<std::optional<InboxItem>> items; // front: number `next`
        std::uint64_t next = 0;
        Ticks reached = kNoTicks;
        bool ended = false;
        bool complete = false;
        bool dry = false;
        bool wasFull = false;
        bool hasNext() const { return !items.empty() && items.front().has_value(); }
        bool atBarrier() const { return hasNext() && items.front()->barrier != 0; }
    };
    bool takeReady(Taken &out);
    void passOver(Gate &gate) const;
    std::optional<std::size_t> nextGate() const;
    bool mustWait(const Gate &gate) const;
    std::optional<Taken> takeBarrier();
    bool settle(const Taken &taken);

    std::size_t m_budget;
    std::size_t m_share; // of one gate
    GateOrder m_order;
    std::atomic<std::uint64_t> m_events = 0;
    std::atomic<std::uint64_t> m_bytes = 0;
    std::vector<std::atomic<std::uint64_t>> m_loads; // bytes, by gate
    std::function<void()> m_drained;

    mutable std::mutex m_mutex;
    std::condition_variable m_ready;
    std::condition_variable m_room;
    std::vector<Gate> m_gates; // GUARDED_BY(m_mutex)
    std::size_t m_turn = 0;    // GUARDED_BY(m_mutex): gate to look at first
    bool m_stopped = false;    // GUARDED_BY(m_mutex)
    bool m_held = false;       // GUARDED_BY(m_mutex): a gate has something and waits for another
    bool m_heldLong = false;   // GUARDED_BY(m_mutex): a whole patience long
    bool m_strict = false;     // GUARDED_BY(m_mutex)
};

} // namespace sluice
