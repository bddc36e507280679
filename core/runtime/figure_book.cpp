#include "core/runtime/figure_book.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

constexpr TickSpan kShort = kTicksPerSecond;
constexpr TickSpan kLong = 10 * kTicksPerSecond;

double perSecond(std::uint64_t now, std::uint64_t then, TickSpan span)
{
    return span <= 0 || now < then
               ? 0
               : static_cast<double>(now - then) * kTicksPerSecond / static_cast<double>(span);
}

NodeState stateOf(RunState run)
{
    switch (run) {
    case RunState::Stopped:
        return NodeState::Stopped;
    case RunState::Starting:
        return NodeState::Starting;
    case RunState::Running:
    case RunState::Draining:
        return NodeState::Running;
    case RunState::Paused:
        return NodeState::Paused;
    case RunState::Finished:
        return NodeState::Finished;
    case RunState::Failed:
        return NodeState::Stopped;
    }
    return NodeState::Stopped;
}

LatencyFigures latencyOf(const LatencyHistogram &histogram)
{
    const LatencyCounts counts = histogram.snapshot();
    return {counts.percentile(50), counts.percentile(95), counts.percentile(99), counts.max()};
}

} // namespace

FigureBook::FigureBook(const Plan &plan,
                       const CounterBoard &board,
                       const std::vector<std::unique_ptr<SourceTask>> &sources,
                       const std::vector<std::unique_ptr<StageTask>> &stages,
                       const std::vector<std::unique_ptr<DestinationTask>> &destinations)
    : m_plan(plan)
    , m_board(board)
    , m_sources(sources)
    , m_stages(stages)
    , m_destinations(destinations)
{}

void FigureBook::sample(Ticks now)
{
    Sample sample;
    sample.at = now;
    for (std::size_t i = 0; i < m_plan.nodes.size(); ++i)
        sample.nodes.push_back(m_board.node(i));
    for (std::size_t i = 0; i < m_plan.wires.size(); ++i)
        sample.wires.push_back(m_board.wire(i));
    m_samples.push_back(std::move(sample));
    while (m_samples.size() > 2 && m_samples[1].at <= now - kLong)
        m_samples.pop_front();
}

/// The youngest sample that is at least `span` older than the latest, else the oldest.
const FigureBook::Sample *FigureBook::before(TickSpan span) const
{
    for (std::size_t i = m_samples.size(); i-- > 0;) {
        if (m_samples[i].at <= m_samples.back().at - span)
            return &m_samples[i];
    }
    return m_samples.empty() ? nullptr : &m_samples.front();
}

void FigureBook::fill(RunSnapshot &snapshot, RunState state, bool strict) const
{
    snapshot.conserved = true;
    for (std::size_t i = 0; i < m_plan.nodes.size(); ++i) {
        NodeFigures figures = nodeFigures(i, state, strict);
        snapshot.conserved = snapshot.conserved && figures.conserved();
        snapshot.nodes[m_plan.nodes[i].id()] = std::move(figures);
    }
    for (std::size_t i = 0; i < m_plan.wires.size(); ++i)
        snapshot.wires[m_plan.wires[i].key] = wireFigures(i);
}

NodeFigures FigureBook::nodeFigures(std::size_t index, RunState state, bool strict) const
{
    const NodeTotals totals = m_board.node(index);
    const PlanNode &node = m_plan.nodes[index];
    NodeFigures figures;
    figures.eventsIn = totals.in;
    figures.eventsOut = totals.out();
    figures.bytesIn = totals.bytesIn;
    figures.bytesOut = totals.bytesOut;
    figures.passed = totals.passed;
    figures.filtered = totals.filtered;
    figures.absorbed = totals.absorbed;
    figures.late = totals.late;
    figures.deadLettered = totals.deadLettered;
    figures.errors = totals.errors;
    figures.conversionErrors = totals.conversions;
    for (std::size_t port = 0; port < totals.ports.size(); ++port)
        figures.portEvents[node.resolved.outputPorts[port].id] = totals.ports[port];
    figures.state = stateOf(state);
    if (node.role() == NodeRole::Destination) {
        figures.eventsOut = totals.passed;
        addDestination(figures, index, strict);
    } else if (node.role() == NodeRole::Source) {
        addSource(figures, index, strict);
    } else if (node.stage) {
        addStage(figures, index, strict);
    }
    if (!strict) {
        // Counters are read while they move: what is not accounted for yet is on its way.
        const std::uint64_t settled = figures.passed + figures.filtered + figures.absorbed
                                      + figures.late + figures.deadLettered;
        figures.inFlight = figures.eventsIn > settled ? figures.eventsIn - settled : 0;
        figures.eventsIn = std::max(figures.eventsIn, settled);
    }
    addRates(figures, index, totals);
    return figures;
}

void FigureBook::addDestination(NodeFigures &figures, std::size_t index, bool strict) const
{
    for (const auto &task : m_destinations) {
        if (task->node != index)
            continue;
        figures.backlogEvents = task->inbox->queuedEvents();
        figures.backlogBytes = task->inbox->queuedBytes();
        figures.message = task->trouble();
        if (task->outbox) {
            figures.outboxEpochs = task->outbox->pendingEpochs();
            figures.outboxBytes = task->outbox->pendingBytes();
            figures.appliedEpoch = task->outbox->appliedEpoch();
        }
        figures.latency = latencyOf(task->latency);
        if (!figures.message.empty() && figures.state == NodeState::Running)
            figures.state = NodeState::Waiting;
        if (strict)
            figures.inFlight = figures.backlogEvents + task->inHand;
    }
}

void FigureBook::addStage(NodeFigures &figures, std::size_t index, bool strict) const
{
    for (const auto &task : m_stages) {
        if (task->node != index)
            continue;
        figures.backlogEvents = task->inbox->queuedEvents();
        figures.backlogBytes = task->inbox->queuedBytes();
        figures.stateKeys = task->keys;
        figures.stateWindows = task->windows;
        figures.stateBytes = task->stateBytes;
        figures.watermark = task->watermark;
        figures.stateLimit = task->stateLimit;
        figures.stateKeyLimit = task->keyLimit;
        if (task->atLimit && figures.state == NodeState::Running) {
            figures.state = NodeState::Waiting;
            figures.message = "keeps as much as it may: waits for the input that is behind";
            if (const std::size_t held = task->held; held != 0)
                figures.message += fmt::format("; {} {} ahead of it {}",
                                               held,
                                               held == 1 ? "partition" : "partitions",
                                               held == 1 ? "waits" : "wait");
        }
        if (strict)
            figures.inFlight = figures.backlogEvents + task->inHand;
    }
}

const Inbox *FigureBook::inboxOf(std::size_t node) const
{
    for (const auto &task : m_stages) {
        if (task->node == node)
            return task->inbox.get();
    }
    for (const auto &task : m_destinations) {
        if (task->node == node)
            return task->inbox.get();
    }
    return nullptr;
}

void FigureBook::addSource(NodeFigures &figures, std::size_t index, bool strict) const
{
    for (const auto &task : m_sources) {
        if (task->node != index)
            continue;
        figures.source = task->source->figures();
        figures.message = figures.source.state;
        if (figures.state == NodeState::Running && figures.source.troubled)
            figures.state = NodeState::Waiting;
        if (figures.state == NodeState::Running && task->ended)
            figures.state = NodeState::Finished;
        const std::size_t held = task->waiting;
        if (held != 0 && figures.message.empty())
            figures.message = fmt::format("{} {} until those behind have caught up: a node keeps "
                                          "as much as it may",
                                          held,
                                          held == 1 ? "partition waits" : "partitions wait");
        if (strict)
            figures.inFlight = task->polled - task->done;
        for (const PartitionFigures &partition : figures.source.partitions) {
            if (partition.lag > 0 && !partition.lagIsBytes)
                figures.backlogEvents += static_cast<std::uint64_t>(partition.lag);
            if (partition.lag > 0 && partition.lagIsBytes)
                figures.backlogBytes += static_cast<std::uint64_t>(partition.lag);
        }
    }
}

void FigureBook::addRates(NodeFigures &figures, std::size_t index, const NodeTotals &now) const
{
    if (m_samples.empty())
        return;
    (void)now;
    const bool destination = m_plan.nodes[index].role() == NodeRole::Destination;
    const auto out = [&](const NodeTotals &totals) {
        return destination ? totals.passed : totals.out();
    };
    const Sample &latest = m_samples.back();
    const NodeTotals &last = latest.nodes[index];
    const Sample *second = before(kShort);
    const TickSpan span = latest.at - second->at;
    const NodeTotals &then = second->nodes[index];
    figures.rateIn = perSecond(last.in, then.in, span);
    figures.rateOut = perSecond(out(last), out(then), span);
    figures.byteRateIn = perSecond(last.bytesIn, then.bytesIn, span);
    figures.byteRateOut = perSecond(last.bytesOut, then.bytesOut, span);
    figures.busy = perSecond(last.busy, then.busy, span) / kTicksPerSecond;
    const Sample &oldest = m_samples.front();
    const TickSpan longSpan = latest.at - oldest.at;
    figures.rateIn10 = perSecond(last.in, oldest.nodes[index].in, longSpan);
    figures.rateOut10 = perSecond(out(last), out(oldest.nodes[index]), longSpan);
}

WireFigures FigureBook::wireFigures(std::size_t index) const
{
    const WireTotals totals = m_board.wire(index);
    WireFigures figures;
    figures.events = totals.events;
    figures.bytes = totals.bytes;
    const PlanWire &wire = m_plan.wires[index];
    if (const Inbox *inbox = inboxOf(wire.toNode)) {
        figures.queuedEvents =
            totals.events > totals.takenEvents ? totals.events - totals.takenEvents : 0;
        figures.queuedBytes =
            totals.bytes > totals.takenBytes ? totals.bytes - totals.takenBytes : 0;
        figures.pressure = std::min(
            1.0, static_cast<double>(inbox->queuedBytes()) / static_cast<double>(inbox->budget()));
    }
    if (!m_samples.empty()) {
        const Sample &latest = m_samples.back();
        const Sample *then = before(kShort);
        const TickSpan span = latest.at - then->at;
        figures.rate = perSecond(latest.wires[index].events, then->wires[index].events, span);
        figures.byteRate = perSecond(latest.wires[index].bytes, then->wires[index].bytes, span);
    }
    return figures;
}

} // namespace sluice
