#pragma once

#include "core/runtime/plan.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace sluice {

/// A number that one thread raises and any thread reads: no lock, no locked instruction.
class Counter
{
public:
    void add(std::uint64_t by)
    {
        m_value.store(m_value.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
    std::uint64_t get() const { return m_value.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> m_value = 0;
};

/// What one thread counted at one node; events unless the name says otherwise.
struct NodeCounters
{
    Counter in;
    Counter bytesIn;
    Counter bytesOut;
    Counter passed;
    Counter filtered;
    Counter absorbed;
    Counter late;
    Counter deadLettered;
    Counter errors;
    Counter conversions;
    Counter busy;               // ticks
    std::vector<Counter> ports; // events out, by output port
};

struct WireCounters
{
    Counter events;
    Counter bytes;
    Counter takenEvents; // by the destination at its end
    Counter takenBytes;
};

/// The counters of one thread, laid out apart from the others'.
class CounterSlot
{
public:
    explicit CounterSlot(const Plan &plan);
    NodeCounters &node(std::size_t index) { return m_nodes[index]; }
    WireCounters &wire(std::size_t index) { return m_wires[index]; }
    const NodeCounters &node(std::size_t index) const { return m_nodes[index]; }
    const WireCounters &wire(std::size_t index) const { return m_wires[index]; }

private:
    std::vector<NodeCounters> m_nodes;
    std::vector<WireCounters> m_wires;
};

/// Sums over all threads, read while they count.
struct NodeTotals
{
    std::uint64_t in = 0;
    std::uint64_t bytesIn = 0;
    std::uint64_t bytesOut = 0;
    std::uint64_t passed = 0;
    std::uint64_t filtered = 0;
    std::uint64_t absorbed = 0;
    std::uint64_t late = 0;
    std::uint64_t deadLettered = 0;
    std::uint64_t errors = 0;
    std::uint64_t conversions = 0;
    std::uint64_t busy = 0;
    std::vector<std::uint64_t> ports;
    std::uint64_t out() const;
};

struct WireTotals
{
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    std::uint64_t takenEvents = 0;
    std::uint64_t takenBytes = 0;
};

/// All slots of a run. Slots are made before the threads start.
class CounterBoard
{
public:
    explicit CounterBoard(const Plan &plan)
        : m_plan(&plan)
    {}
    CounterSlot &addSlot() { return m_slots.emplace_back(*m_plan); }
    NodeTotals node(std::size_t index) const;
    WireTotals wire(std::size_t index) const;

private:
    const Plan *m_plan;
    std::deque<CounterSlot> m_slots; // a deque: slots never move
};

} // namespace sluice
