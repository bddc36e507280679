#pragma once

#include "core/base/time.h"
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

/// A batch on its way into a destination, and the wire it came by.
struct InboxBatch
{
    std::unique_ptr<Prepared> prepared;
    std::size_t wire = 0;
    std::uint64_t events = 0; // those that failed to prepare included
    std::uint64_t bytes = 0;
};

/// What one number of an emitter's sequence brings to one destination: nothing, batches, or a mark.
struct InboxItem
{
    std::vector<InboxBatch> batches;
    std::uint64_t barrier = 0; // epoch; 0: none
    bool end = false;          // the emitter has nothing more
};

/// The bounded edge in front of a destination.
///
///   worker A ──┐ numbers 0, 2, 5 …        ┌── gate of source 1: reorders by number
///   worker B ──┤ numbers 1, 3, 4 …  ──►  ─┤                       ──►  destination's thread
///   coordinator┘ barriers, ends           └── gate of source 2
///
/// Invariants: a gate hands out its numbers without a gap, whoever pushed them; a barrier is
/// handed out once, when it is next in line at every gate that has not ended, and until then
/// nothing behind it passes. The byte budget is soft: what is on its way always fits, the workers
/// look at isFull() before they take more from a source.
/// Thread: push() any; take() one.
class Inbox
{
public:
    Inbox(std::size_t gates, std::size_t byteBudget);

    void push(std::size_t gate, std::uint64_t number, InboxItem item);

    enum class Kind { Item, Barrier, Finished, Quiet, Stopped };
    struct Taken
    {
        Kind kind = Kind::Quiet;
        InboxItem item;
        std::uint64_t barrier = 0;
    };
    /// Waits for what is next. @return Quiet after `patience` (ticks) without anything
    Taken take(TickSpan patience);

    bool isFull() const { return m_bytes.load(std::memory_order_relaxed) > m_budget; }
    std::uint64_t queuedEvents() const { return m_events.load(std::memory_order_relaxed); }
    std::uint64_t queuedBytes() const { return m_bytes.load(std::memory_order_relaxed); }
    std::size_t budget() const { return m_budget; }

    /// Called whenever the edge falls below half of its budget after it was full; any thread.
    void onDrained(std::function<void()> callback) { m_drained = std::move(callback); }
    /// Wakes take(), which says Stopped from now on.
    void stop();

private:
    struct Gate
    {
        std::deque<std::optional<InboxItem>> items; // front: number `next`
        std::uint64_t next = 0;
        bool ended = false;
        bool hasNext() const { return !items.empty() && items.front().has_value(); }
    };
    bool takeReady(Taken &out);
    std::optional<Taken> takeBarrier();

    std::size_t m_budget;
    std::atomic<std::uint64_t> m_events = 0;
    std::atomic<std::uint64_t> m_bytes = 0;
    std::function<void()> m_drained;

    std::mutex m_mutex;
    std::condition_variable m_ready;
    std::vector<Gate> m_gates; // GUARDED_BY(m_mutex)
    std::size_t m_turn = 0;    // GUARDED_BY(m_mutex): gate to look at first
    bool m_stopped = false;    // GUARDED_BY(m_mutex)
    bool m_wasFull = false;    // GUARDED_BY(m_mutex)
};

} // namespace sluice
