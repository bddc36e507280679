#include "core/runtime/program_runner.h"

#include "core/pipeline/ports.h"
#include "core/runtime/failed_events.h"

#include <algorithm>
#include <set>

namespace sluice {

namespace {

std::size_t errorsPortOf(const PlanNode &node)
{
    const auto &ports = node.resolved.outputPorts;
    return portIndex(ports, kErrorsPort).value_or(ports.size());
}

} // namespace

void RunnerResult::clear()
{
    for (auto &[node, list] : batches)
        list.clear();
    letters.clear();
}

bool RunnerResult::empty() const
{
    return letters.empty() && std::all_of(batches.begin(), batches.end(), [](const auto &entry) {
               return entry.second.empty();
           });
}

/// What one process() call of an operator gives, counted as it comes.
class ProgramRunner::Output : public OperatorOutput
{
public:
    Output(ProgramRunner &runner, std::size_t node)
        : m_runner(runner)
        , m_node(node)
    {}

    void emit(std::size_t port, Batch batch) override
    {
        if (batch.selection.empty() || m_runner.m_failure)
            return;
        (isWired(port) ? counters().passed : counters().filtered).add(batch.selection.size());
        send(port, batch);
    }
    void emitRows(std::size_t port, Batch batch) override { send(port, batch); }
    void emitLate(std::size_t port, Batch batch) override
    {
        counters().late.add(batch.selection.size());
        send(port, batch);
    }
    void countPassed(std::size_t events) override { counters().passed.add(events); }
    void countFiltered(std::size_t events) override { counters().filtered.add(events); }
    void countAbsorbed(std::size_t events) override { counters().absorbed.add(events); }
    void countLate(std::size_t events) override { counters().late.add(events); }
    void countConversionErrors(std::size_t values) override { counters().conversions.add(values); }
    void reject(const Batch &batch, std::vector<RowError> errors) override
    {
        if (m_runner.m_failure)
            return;
        auto done = m_runner.reject(m_node, batch, std::move(errors), *m_runner.m_result);
        if (!done)
            m_runner.m_failure = std::move(done).error();
    }
    bool isWired(std::size_t port) const override
    {
        const auto &wires = m_runner.m_floor.plan->nodes[m_node].outWires;
        return port < wires.size() && !wires[port].empty();
    }

private:
    NodeCounters &counters() { return m_runner.m_slot.node(m_node); }
    void send(std::size_t port, const Batch &batch)
    {
        if (batch.selection.empty() || m_runner.m_failure || !isWired(port))
            return;
        if (auto sent = m_runner.sendOut(m_node, port, batch); !sent)
            m_runner.m_failure = std::move(sent).error();
    }

    ProgramRunner &m_runner;
    std::size_t m_node;
};

ProgramRunner::ProgramRunner(const RunFloor &floor, std::size_t emitter, CounterSlot &slot)
    : m_floor(floor)
    , m_emitter(emitter)
    , m_slot(slot)
{}

ProgramRunner::~ProgramRunner() = default;

Result<std::unique_ptr<ProgramRunner>>
ProgramRunner::create(const RunFloor &floor, std::size_t emitter, CounterSlot &slot)
{
    std::unique_ptr<ProgramRunner> runner(new ProgramRunner(floor, emitter, slot));
    std::vector<std::size_t> open{emitter};
    std::set<std::size_t> seen;
    while (!open.empty()) {
        const std::size_t index = open.back();
        open.pop_back();
        for (const auto &port : floor.plan->nodes[index].outWires) {
            for (const std::size_t wire : port) {
                const std::size_t next = floor.plan->wires[wire].toNode;
                if (!seen.insert(next).second)
                    continue;
                if (auto made = runner->makeNode(next); !made) {
                    Error error = std::move(made).error();
                    error.node = floor.plan->nodes[next].id();
                    return fail(std::move(error));
                }
                if (!floor.plan->nodes[next].isConsumer())
                    open.push_back(next);
            }
        }
    }
    return runner;
}

/// This runner's own instance of what a node does before its inbox, or of the whole operator.
Result<void> ProgramRunner::makeNode(std::size_t index)
{
    const PlanNode &node = m_floor.plan->nodes[index];
    const NodeDescriptor &descriptor = *node.resolved.descriptor;
    if (!node.isConsumer()) {
        TRY_ASSIGN(m_operators[index],
                   descriptor.createOperator(node.resolved.config, m_floor.context(index)));
    } else if (node.stage && descriptor.createPreparer) {
        TRY_ASSIGN(m_preparers[index],
                   descriptor.createPreparer(node.resolved.config, m_floor.context(index)));
    }
    return {};
}

Result<void> ProgramRunner::emit(std::size_t port, Batch batch, RunnerResult &result)
{
    m_result = &result;
    m_failure.reset();
    TRY(sendOut(m_emitter, port, batch));
    if (m_failure)
        return fail(std::move(*m_failure));
    return {};
}

Result<void> ProgramRunner::collect(RunnerResult &result,
                                    const std::function<Result<void>(OperatorOutput &)> &work)
{
    m_result = &result;
    m_failure.reset();
    Output output(*this, m_emitter);
    TRY(work(output));
    if (m_failure)
        return fail(std::move(*m_failure));
    return {};
}

Result<void> ProgramRunner::sendOut(std::size_t node, std::size_t port, const Batch &batch)
{
    const std::size_t events = batch.selection.size();
    NodeCounters &counters = m_slot.node(node);
    counters.ports[port].add(events);
    if (m_floor.taps->isOpen(node, port))
        m_floor.taps->add(node, port, batch);
    for (const std::size_t wire : m_floor.plan->nodes[node].outWires[port])
        TRY(deliver(wire, batch));
    return {};
}

/// A batch with its columns where the input they come in by has them: of several wires the
/// columns are merged by name.
Batch ProgramRunner::fitted(const PlanWire &wire, const Batch &batch) const
{
    Batch result = batch;
    result.schema = m_floor.plan->nodes[wire.toNode].inputs[wire.toPort];
    result.columns.clear();
    for (const std::size_t place : wire.places)
        result.columns.push_back(place < batch.columns.size() ? batch.columns[place] : nullptr);
    return result;
}

Result<void> ProgramRunner::deliver(std::size_t wire, const Batch &batch)
{
    const PlanWire &planned = m_floor.plan->wires[wire];
    if (planned.places.empty())
        return deliverFitted(wire, batch);
    return deliverFitted(wire, fitted(planned, batch));
}

Result<void> ProgramRunner::deliverFitted(std::size_t wire, const Batch &batch)
{
    const PlanWire &planned = m_floor.plan->wires[wire];
    const std::size_t events = batch.selection.size();
    const std::uint64_t bytes = batch.byteSize();
    WireCounters &wireCounters = m_slot.wire(wire);
    wireCounters.events.add(events);
    wireCounters.bytes.add(bytes);
    m_slot.node(planned.fromNode).bytesOut.add(bytes);
    NodeCounters &counters = m_slot.node(planned.toNode);
    counters.in.add(events);
    counters.bytesIn.add(bytes);
    if (m_floor.plan->nodes[planned.toNode].stage)
        return prepareForStage(wire, batch, bytes);
    if (m_floor.plan->nodes[planned.toNode].role() == NodeRole::Destination)
        return prepare(wire, batch, bytes);
    const Ticks begin = m_floor.clock->monotonic();
    Output output(*this, planned.toNode);
    TRY(m_operators.at(planned.toNode)->process(planned.toPort, batch, output));
    counters.busy.add(static_cast<std::uint64_t>(m_floor.clock->monotonic() - begin));
    return {};
}

Result<void>
ProgramRunner::prepareForStage(std::size_t wire, const Batch &batch, std::uint64_t bytes)
{
    const PlanWire &planned = m_floor.plan->wires[wire];
    InboxBatch item;
    item.wire = wire;
    item.events = batch.selection.size();
    item.bytes = bytes;
    if (const auto preparer = m_preparers.find(planned.toNode); preparer != m_preparers.end()) {
        const Ticks begin = m_floor.clock->monotonic();
        TRY_ASSIGN(item.prepared, preparer->second->prepare(planned.toPort, batch));
        m_slot.node(planned.toNode)
            .busy.add(static_cast<std::uint64_t>(m_floor.clock->monotonic() - begin));
    } else {
        item.prepared = std::make_unique<Prepared>();
    }
    item.prepared->batch = batch;
    m_result->batches[planned.toNode].push_back(std::move(item));
    return {};
}

Result<void> ProgramRunner::prepare(std::size_t wire, const Batch &batch, std::uint64_t bytes)
{
    const std::size_t node = m_floor.plan->wires[wire].toNode;
    TRY_ASSIGN(auto prepared, m_floor.destinations[node]->prepare(batch));
    if (m_floor.aside[node] != nullptr)
        TRY(m_floor.aside[node]->putAside(*prepared));
    InboxBatch item;
    item.wire = wire;
    item.events = batch.selection.size();
    item.bytes = std::max<std::uint64_t>(bytes, prepared->bytes.size());
    if (!prepared->errors.empty()) {
        auto errors = std::move(prepared->errors);
        prepared->errors.clear();
        item.events -= errors.size();
        m_slot.wire(wire).takenEvents.add(errors.size());
        TRY(reject(node, batch, std::move(errors), *m_result));
    }
    if (!prepared->batch.schema)
        prepared->batch.ingestedAt = batch.ingestedAt;
    item.prepared = std::move(prepared);
    m_result->batches[node].push_back(std::move(item));
    return {};
}

std::shared_ptr<const Schema> ProgramRunner::errorSchema(std::size_t node, const Batch &batch)
{
    auto &known = m_errorSchemas[node];
    if (!known) {
        const PlanNode &planned = m_floor.plan->nodes[node];
        const std::size_t port = errorsPortOf(planned);
        known = std::make_shared<Schema>(port < planned.resolved.outputSchemas.size()
                                             ? planned.resolved.outputSchemas[port]
                                             : errorsSchema(*batch.schema));
    }
    return known;
}

Result<void> ProgramRunner::reject(std::size_t node,
                                   const Batch &batch,
                                   std::vector<RowError> errors,
                                   RunnerResult &result)
{
    m_result = &result;
    const PlanNode &planned = m_floor.plan->nodes[node];
    NodeCounters &counters = m_slot.node(node);
    counters.errors.add(errors.size());
    const std::size_t port = errorsPortOf(planned);
    if (port < planned.outWires.size() && !planned.outWires[port].empty()) {
        counters.passed.add(errors.size());
        return sendOut(
            node, port, errorBatch(batch, errors, errorSchema(node, batch), planned.id()));
    }
    counters.deadLettered.add(errors.size());
    for (const RowError &error : errors) {
        result.letters.push_back(makeDeadLetter(planned.id(), batch, error, m_floor.clock->now()));
        if (result.letters.back().source.empty())
            result.letters.back().source = m_floor.plan->nodes[m_emitter].id();
    }
    return {};
}

} // namespace sluice
