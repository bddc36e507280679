#include "core/runtime/counters.h"

#include <numeric>

namespace sluice {

CounterSlot::CounterSlot(const Plan &plan)
    : m_nodes(plan.nodes.size())
    , m_wires(plan.wires.size())
{
    for (std::size_t i = 0; i < plan.nodes.size(); ++i)
        m_nodes[i].ports = std::vector<Counter>(plan.nodes[i].outWires.size());
}

std::uint64_t NodeTotals::out() const
{
    return std::accumulate(ports.begin(), ports.end(), std::uint64_t{0});
}

NodeTotals CounterBoard::node(std::size_t index) const
{
    NodeTotals totals;
    totals.ports.resize(m_plan->nodes[index].outWires.size());
    for (const CounterSlot &slot : m_slots) {
        const NodeCounters &counters = slot.node(index);
        totals.in += counters.in.get();
        totals.bytesIn += counters.bytesIn.get();
        totals.bytesOut += counters.bytesOut.get();
        totals.passed += counters.passed.get();
        totals.filtered += counters.filtered.get();
        totals.absorbed += counters.absorbed.get();
        totals.late += counters.late.get();
        totals.deadLettered += counters.deadLettered.get();
        totals.errors += counters.errors.get();
        totals.conversions += counters.conversions.get();
        totals.busy += counters.busy.get();
        for (std::size_t port = 0; port < totals.ports.size(); ++port)
            totals.ports[port] += counters.ports[port].get();
    }
    return totals;
}

WireTotals CounterBoard::wire(std::size_t index) const
{
    WireTotals totals;
    for (const CounterSlot &slot : m_slots) {
        const WireCounters &counters = slot.wire(index);
        totals.events += counters.events.get();
        totals.bytes += counters.bytes.get();
        totals.takenEvents += counters.takenEvents.get();
        totals.takenBytes += counters.takenBytes.get();
    }
    return totals;
}

} // namespace sluice
