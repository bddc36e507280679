#include "core/base/units.h"
#include "core/event/schema_inference.h"
#include "core/runtime/progress_fit.h"
#include "core/runtime/run.h"
#include "core/runtime/stage_state.h"
#include "core/storage/database_registry.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace sluice {

namespace {

constexpr std::size_t kInferenceEvents = 1000;

Failure atNode(Error error, const std::string &id)
{
    if (error.node.empty())
        error.node = id;
    return fail(std::move(error));
}

} // namespace

Result<std::unique_ptr<Run>>
Run::create(const Pipeline &pipeline, const Catalog &catalog, RunOptions options)
{
    std::unique_ptr<Run> run(new Run(std::move(options)));
    auto built = run->build(pipeline, catalog);
    if (!built) {
        run->closeAll();
        return sluice::fail(std::move(built).error());
    }
    return run;
}

Result<void> Run::build(const Pipeline &pipeline, const Catalog &catalog)
{
    m_pipelineName = pipeline.name;
    m_options.values.forRun = true;
    TRY(firstError(validate(pipeline, catalog, m_options.values).diagnostics));
    TRY_ASSIGN(m_interval, parseDuration(pipeline.settings.checkpointInterval));
    if (m_options.checkpointInterval > 0)
        m_interval = m_options.checkpointInterval;
    if (m_options.stateBytes == 0) {
        TRY_ASSIGN(const auto bytes, parseByteSize(pipeline.settings.stateBytes));
        m_options.stateBytes = static_cast<std::uint64_t>(bytes);
    }
    if (m_options.stateKeys == 0)
        m_options.stateKeys = static_cast<std::uint64_t>(pipeline.settings.stateKeys);
    TRY_ASSIGN(
        m_workspace,
        Workspace::open(m_options.pipelinePath,
                        m_options.workspace,
                        *m_options.files,
                        m_options.takeOver ? ProcessLock::Held::EndIt : ProcessLock::Held::Fail));
    m_exactlyOnce = pipeline.settings.delivery == Delivery::ExactlyOnce;
    TRY(loadProgress());
    TRY(infer(pipeline, catalog));
    TRY_ASSIGN(m_plan, makePlan(pipeline, catalog, m_options.values, m_inferred));
    TRY(fitProgress());
    m_parameters = validate(pipeline, catalog, m_options.values, m_inferred).parameters;

    std::vector<std::size_t> ports;
    for (const PlanNode &node : m_plan.nodes)
        ports.push_back(node.outWires.size());
    m_board = std::make_unique<CounterBoard>(m_plan);
    m_taps = std::make_unique<TapBoard>(std::move(ports), *m_options.clock);
    m_floor.plan = &m_plan;
    m_floor.clock = m_options.clock;
    m_floor.taps = m_taps.get();
    m_floor.pauses = &m_pauses;
    m_floor.destinations.resize(m_plan.nodes.size());
    m_floor.aside.resize(m_plan.nodes.size());
    m_floor.context = [this](std::size_t node) { return makeContext(node); };
    TRY(createDestinations());
    TRY(createStages());
    TRY(createSources());
    wireGates();
    TRY(restoreStages());
    TRY(createWorkers());
    m_book = std::make_unique<FigureBook>(m_plan, *m_board, m_sources, m_stages, m_destinations);
    return {};
}

/// Where to go on from; nothing when this run begins anew.
Result<void> Run::loadProgress()
{
    m_lineage = randomId();
    if (m_options.fromStart)
        return m_workspace->clearProgress();
    std::vector<std::string> skipped;
    TRY_ASSIGN(auto progress, m_workspace->loadProgress(&skipped));
    for (const std::string &line : skipped) {
        if (m_options.log)
            m_options.log("a checkpoint is passed over: " + line);
    }
    if (!progress)
        return {};
    m_restored = std::move(*progress);
    m_inferred = m_restored.inferred;
    m_epoch = m_restored.epoch;
    if (!m_restored.lineage.empty())
        m_lineage = m_restored.lineage;
    m_continues = true;
    if (m_options.log)
        m_options.log("going on where the last run was stopped");
    return {};
}

/// A pipeline that was changed goes on where what was kept still fits; what would be lost is named,
/// and lost only when that was asked for.
Result<void> Run::fitProgress()
{
    const std::vector<std::string> lost = misfits(m_restored, m_plan);
    if (lost.empty())
        return {};
    if (!m_options.dropState)
        return sluice::fail(
                   ErrorCode::ProgressMismatch,
                   "the pipeline was changed since its last run, and this would be lost: {}",
                   fmt::join(lost, "; "))
            .hint("Change it back, go on without with --drop-state, or begin anew with "
                  "--from-start.");
    for (const std::string &line : lost) {
        if (m_options.log)
            m_options.log("dropped: " + line);
    }
    dropMisfits(m_restored, m_plan);
    return {};
}

/// Looks at the first events of sources that declare no columns.
Result<void> Run::infer(const Pipeline &pipeline, const Catalog &catalog)
{
    const ValidatedPipeline validated = validate(pipeline, catalog, m_options.values, m_inferred);
    for (const ResolvedNode &node : validated.nodes) {
        if (node.descriptor->role != NodeRole::Source || !node.descriptor->sample
            || node.outputSchemas.empty() || !node.outputSchemas.front().open
            || m_inferred.contains(node.node->id))
            continue;
        NodeContext context;
        context.nodeId = node.node->id;
        context.pipelineName = m_pipelineName;
        context.workspace = m_workspace->folder();
        context.clock = m_options.clock;
        context.files = m_options.files;
        context.parameters = validated.parameters;
        context.log = [](const std::string &) {};
        auto records =
            node.descriptor->sample(node.config, context, kInferenceEvents, std::stop_token());
        if (!records)
            return atNode(std::move(records).error(), node.node->id);
        m_inferred[node.node->id] = inferSchema(*records);
    }
    return {};
}

NodeContext Run::makeContext(std::size_t node)
{
    const PlanNode &planned = m_plan.nodes[node];
    NodeContext context;
    context.nodeId = planned.id();
    context.pipelineName = m_pipelineName;
    context.runId = m_runId;
    context.workspace = m_workspace->folder();
    context.clock = m_options.clock;
    context.files = m_options.files;
    context.databases = &processDatabases();
    context.parameters = m_parameters;
    context.continues = m_continues;
    context.exactlyOnce = m_exactlyOnce;
    context.batchRows = m_options.batchRows;
    context.inputSchemas = planned.resolved.inputSchemas;
    context.wake = [this] { m_bell.ring(); };
    context.log = [this, id = planned.id()](const std::string &line) {
        if (m_options.log)
            m_options.log(fmt::format("{}: {}", id, line));
    };
    return context;
}

Result<void> Run::createStages()
{
    for (std::size_t i = 0; i < m_plan.nodes.size(); ++i) {
        const PlanNode &node = m_plan.nodes[i];
        if (!node.stage)
            continue;
        auto task = std::make_unique<StageTask>();
        task->node = i;
        task->timed = node.timed;
        task->passesTimes = node.timesNeeded;
        task->stateLimit = m_options.stateBytes;
        task->keyLimit = m_options.stateKeys;
        const NodeDescriptor &descriptor = *node.resolved.descriptor;
        task->prepares = static_cast<bool>(descriptor.createPreparer);
        auto created = descriptor.createStateful(node.resolved.config, makeContext(i));
        if (!created)
            return atNode(std::move(created).error(), node.id());
        task->operation = std::move(*created);
        m_stages.push_back(std::move(task));
    }
    return {};
}

/// Gives stages what they kept when the last run was stopped.
Result<void> Run::restoreStages()
{
    for (const auto &task : m_stages) {
        const std::string &id = m_plan.nodes[task->node].id();
        const auto state = m_restored.states.find(id);
        if (state == m_restored.states.end())
            continue;
        if (auto restored = restoreStage(m_plan, *task, state->second); !restored)
            return atNode(std::move(restored).error(), id);
    }
    return {};
}

Result<void> Run::createSources()
{
    for (std::size_t i = 0; i < m_plan.nodes.size(); ++i) {
        const PlanNode &node = m_plan.nodes[i];
        if (node.role() != NodeRole::Source)
            continue;
        auto task = std::make_unique<SourceTask>();
        task->node = i;
        task->schema = std::make_shared<Schema>(node.resolved.outputSchemas.front());
        task->decode = m_plan.decodePlan(i);
        task->endsForGood = !m_options.untilCaughtUp;
        if (task->decode.times)
            task->watch.start(task->decode.times->rule.idleAfter, m_options.clock->monotonic());
        for (const std::string_view name : {"max_line_bytes", "max_record_bytes"}) {
            if (node.resolved.config.has(name))
                task->recordLimit = static_cast<std::size_t>(node.resolved.config.byteSize(name));
        }
        auto created = node.resolved.descriptor->createSource(node.resolved.config, makeContext(i));
        if (!created)
            return atNode(std::move(created).error(), node.id());
        task->source = std::move(*created);
        task->partitioned = dynamic_cast<PartitionedSource *>(task->source.get());
        task->arrival = task->decode.times
                        && task->decode.times->rule.isArrival(
                            task->partitioned != nullptr && task->partitioned->recordsHaveTime());
        m_sources.push_back(std::move(task));
        SourceStart start;
        start.untilCaughtUp = m_options.untilCaughtUp;
        const auto &positions = m_restored.positions;
        if (const auto it = positions.find(node.id()); it != positions.end())
            start.position = it->second;
        auto opened = m_sources.back()->source->open(start);
        if (!opened)
            return atNode(std::move(opened).error(), node.id());
    }
    return {};
}

std::vector<ConsumerTask *> Run::consumers() const
{
    std::vector<ConsumerTask *> all;
    for (const auto &task : m_stages)
        all.push_back(task.get());
    for (const auto &task : m_destinations)
        all.push_back(task.get());
    return all;
}

/// Empty where the source has one partition only.
std::string Run::partitionName(std::uint32_t source, std::int32_t partition) const
{
    for (const auto &task : m_sources) {
        if (task->node == source && task->partitioned != nullptr)
            return task->partitioned->partitionName(partition);
    }
    return {};
}

/// Gives each emitter a gate at every consumer it reaches, and makes the inboxes.
void Run::wireGates()
{
    std::map<std::size_t, std::vector<std::size_t>> gates; // by consumer: what they come from
    std::vector<std::pair<std::vector<GateRef> *, std::size_t>> emitters;
    for (const auto &task : m_sources)
        emitters.emplace_back(&task->gates, task->node);
    for (ConsumerTask *task : consumers()) {
        if (task->node != kDeadLetterNode)
            emitters.emplace_back(&task->gates, task->node);
    }
    const auto addGate = [&](std::vector<GateRef> &refs, std::size_t emitter, std::size_t node) {
        const bool timed =
            node != kDeadLetterNode && (m_plan.nodes[node].timed || m_plan.nodes[node].timesNeeded);
        refs.push_back({nullptr, gates[node].size(), node, timed});
        gates[node].push_back(emitter);
    };
    for (auto &[refs, node] : emitters) {
        for (const std::size_t consumer : m_plan.consumersBehind(node))
            addGate(*refs, node, consumer);
        addGate(*refs, node, kDeadLetterNode);
    }
    for (const auto &task : m_stages) {
        task->gateNodes = gates[task->node];
        task->merger = TimeMerger(task->gateNodes.size(), [this](auto source, auto partition) {
            return partitionName(source, partition);
        });
        task->inbox =
            std::make_unique<Inbox>(task->gateNodes.size(), m_options.edgeBytes, GateOrder::Time);
    }
    for (const auto &task : m_destinations)
        task->inbox = std::make_unique<Inbox>(gates[task->node].size(), m_options.edgeBytes);
    for (const auto &task : m_stages) {
        for (const auto &behind : m_stages) {
            if (std::find(behind->gateNodes.begin(), behind->gateNodes.end(), task->node)
                != behind->gateNodes.end())
                task->behind.push_back(behind.get());
        }
    }
    for (ConsumerTask *task : consumers()) {
        task->inbox->onDrained([this] { m_bell.ring(); });
        task->slot = &m_board->addSlot();
        for (auto &[refs, node] : emitters) {
            for (GateRef &ref : *refs) {
                if (ref.node == task->node)
                    ref.inbox = task->inbox.get();
            }
        }
    }
}

Result<void> Run::createWorkers()
{
    for (ConsumerTask *task : consumers()) {
        if (task->node != kDeadLetterNode) {
            TRY_ASSIGN(task->runner, ProgramRunner::create(m_floor, task->node, *task->slot));
        }
    }
    std::vector<SourceTask *> sources;
    for (const auto &task : m_sources)
        sources.push_back(task.get());
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    const int count = std::max(1, m_options.workers > 0 ? m_options.workers : cores);
    for (int i = 0; i < count; ++i) {
        TRY_ASSIGN(auto worker, Worker::create(m_floor, sources, m_board->addSlot()));
        m_workers.push_back(std::move(worker));
    }
    return {};
}

/// Lets go of nodes of a run that never started.
void Run::closeAll()
{
    for (const auto &task : m_sources)
        task->source->close();
    for (const auto &task : m_destinations) {
        if (auto closed = task->destination->close(false); !closed && m_options.log)
            m_options.log(describe(closed.error()));
    }
    m_state = RunState::Failed;
}

} // namespace sluice
