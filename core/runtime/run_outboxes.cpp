#include "core/runtime/dead_letter_destination.h"
#include "core/runtime/run.h"
#include "core/storage/database_registry.h"

#include <set>

// How a run gets its destinations, and how what an earlier one left on its way to them gets there.

namespace sluice {

namespace {

constexpr const char *kDeadLetters = "$dead_letters";

Failure atNode(Error error, const std::string &id)
{
    if (error.node.empty())
        error.node = id;
    return fail(std::move(error));
}

} // namespace

Result<void> Run::createDestinations()
{
    TRY(settleForeignOutboxes());
    for (std::size_t i = 0; i < m_plan.nodes.size(); ++i) {
        if (m_plan.nodes[i].role() != NodeRole::Destination)
            continue;
        if (auto created = createDestination(i); !created)
            return atNode(std::move(created).error(), m_plan.nodes[i].id());
    }
    TRY(createDeadLetters());
    return removeStrayOutboxes();
}

Result<void> Run::createDestination(std::size_t index)
{
    const PlanNode &node = m_plan.nodes[index];
    auto task = std::make_unique<DestinationTask>();
    task->node = index;
    TRY_ASSIGN(
        task->destination,
        node.resolved.descriptor->createDestination(node.resolved.config, makeContext(index)));
    m_floor.destinations[index] = task->destination.get();
    m_destinations.push_back(std::move(task)); // to be closed, whatever comes
    TRY(m_destinations.back()->destination->open());
    if (!m_exactlyOnce || !node.resolved.descriptor->exactlyOnce)
        return {};
    TRY(makeOutbox(*m_destinations.back(), node.id()));
    m_floor.aside[index] = m_destinations.back()->aside;
    return {};
}

Result<void> Run::createDeadLetters()
{
    auto task = std::make_unique<DestinationTask>();
    task->destination = makeDeadLetterDestination(
        std::make_unique<DeadLetterStore>(m_workspace->folder(), processDatabases()));
    m_destinations.push_back(std::move(task));
    return m_exactlyOnce ? makeOutbox(*m_destinations.back(), kDeadLetters) : Result<void>();
}

/// Gives an open destination its outbox, and brings to the target what is on its way.
Result<void> Run::makeOutbox(DestinationTask &task, const std::string &node)
{
    auto *target = dynamic_cast<ExactlyOnceDestination *>(task.destination.get());
    OutboxContext context;
    context.key = {m_lineage, node};
    context.folder = m_workspace->folder();
    context.files = m_options.files;
    context.target = target;
    context.chunkBytes = m_options.outboxChunkBytes;
    context.clock = m_options.clock;
    context.latency = &task.latency;
    context.onApplied = [this] { kick(); };
    context.onFailure = [this, node](Error error) {
        if (error.node.empty() && node != kDeadLetters)
            error.node = node;
        fail(std::move(error));
    };
    auto outbox = std::make_unique<Outbox>(std::move(context));
    const auto saved = m_restored.outboxes.find(node);
    TRY(outbox->recover(saved == m_restored.outboxes.end() ? nullptr : &saved->second, m_epoch));
    task.aside = target;
    task.settled = m_epoch.load();
    task.outbox = std::move(outbox);
    return {};
}

/// What is on its way to nodes that have no outbox in this run: the delivery was changed, or the
/// node is gone.
Result<void> Run::settleForeignOutboxes()
{
    for (const auto &[node, saved] : m_restored.outboxes) {
        const bool waits =
            std::any_of(saved.pending.begin(), saved.pending.end(), [](const OutboxHandle &handle) {
                return !handle.name.empty();
            });
        const std::size_t index = m_plan.indexOf(node);
        const bool here = node == kDeadLetters
                          || (index < m_plan.nodes.size()
                              && m_plan.nodes[index].resolved.descriptor->exactlyOnce);
        if (!waits || (m_exactlyOnce && here))
            continue;
        if (!here)
            return sluice::fail(ErrorCode::ProgressMismatch,
                                "output of the node '{}' is on its way to its destination, and the "
                                "pipeline has no such node any more",
                                node)
                .hint("Put the node back and run once, or begin anew with --from-start.");
        if (auto settled = settleOutbox(node, saved); !settled)
            return node == kDeadLetters ? settled : atNode(std::move(settled).error(), node);
    }
    return {};
}

/// By an instance of the destination that serves for nothing else.
Result<void> Run::settleOutbox(const std::string &node, const OutboxProgress &saved)
{
    DestinationTask task;
    if (node == kDeadLetters) {
        task.destination = makeDeadLetterDestination(
            std::make_unique<DeadLetterStore>(m_workspace->folder(), processDatabases()));
    } else {
        const std::size_t index = m_plan.indexOf(node);
        const PlanNode &planned = m_plan.nodes[index];
        NodeContext context = makeContext(index);
        context.exactlyOnce = true;
        TRY_ASSIGN(
            task.destination,
            planned.resolved.descriptor->createDestination(planned.resolved.config, context));
        TRY(task.destination->open());
    }
    auto made = makeOutbox(task, node);
    task.outbox.reset();
    auto closed = task.destination->close(false);
    TRY(std::move(made));
    TRY(std::move(closed));
    if (m_options.log)
        m_options.log(fmt::format("{}: brought what was on its way to its destination", node));
    return {};
}

/// Outboxes that no checkpoint names never came to their commit point: their input is read again.
Result<void> Run::removeStrayOutboxes()
{
    std::set<std::string> named;
    for (const auto &[node, saved] : m_restored.outboxes) {
        for (const OutboxHandle &handle : saved.pending)
            named.insert(handle.name);
    }
    return m_workspace->removeOutboxes(named);
}

} // namespace sluice
