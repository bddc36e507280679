#include "core/runtime/trial.h"

#include "core/base/random.h"
#include "core/pipeline/edits.h"
#include "core/pipeline/ports.h"
#include "core/runtime/trial_parts.h"

#include <algorithm>
#include <filesystem>

namespace sluice {

namespace {

constexpr TickSpan kLook = 50 * kTicksPerMillisecond;
constexpr TickSpan kLongest = 15 * kTicksPerSecond;

/// A folder for what the run leaves behind; gone with this object.
class ScratchFolder
{
public:
    static Result<std::unique_ptr<ScratchFolder>> create(FileSystem &files)
    {
        std::error_code error;
        const auto base = std::filesystem::temp_directory_path(error);
        if (error)
            return fail(ErrorCode::WorkspaceUnwritable, "there is no folder for temporary files");
        const std::string path = (base / ("sluice-trial-" + randomId())).string();
        TRY(files.createDirectories(path));
        return std::unique_ptr<ScratchFolder>(new ScratchFolder(path));
    }
    ~ScratchFolder()
    {
        std::error_code ignored; // what cannot be removed stays with the temporary files
        std::filesystem::remove_all(m_path, ignored);
    }
    ScratchFolder(const ScratchFolder &) = delete;
    ScratchFolder &operator=(const ScratchFolder &) = delete;
    const std::string &path() const { return m_path; }

private:
    explicit ScratchFolder(std::string path)
        : m_path(std::move(path))
    {}

    std::string m_path;
};

class Trial
{
public:
    Trial(const Pipeline &pipeline,
          const Catalog &catalog,
          TrialOptions options,
          const std::stop_token &stop)
        : m_pipeline(pipeline)
        , m_catalog(catalog)
        , m_options(std::move(options))
        , m_stop(stop)
        , m_samples(std::make_shared<TrialSamples>())
        , m_keeper(std::make_shared<TrialKeeper>(m_options.shown))
    {}

    Result<TrialResult> run();

private:
    void cut();
    Result<void> look();
    void addKeepers();
    void keep(const WireEnd &end, bool input);
    Result<void> execute();

    const Pipeline &m_pipeline;
    const Catalog &m_catalog;
    TrialOptions m_options;
    const std::stop_token &m_stop;
    std::shared_ptr<TrialSamples> m_samples; // shared with the kinds of the trial
    std::shared_ptr<TrialKeeper> m_keeper;   // shared with its destinations
    Pipeline m_cut;                          // the node and what stands before it
    struct Keeper
    {
        std::string id;
        WireEnd end;
        bool input = false;
    };
    std::vector<Keeper> m_keepers;
    TrialResult m_result;
};

/// The part of the pipeline that matters, without the node where it is a destination.
void Trial::cut()
{
    m_cut = m_pipeline;
    m_cut.settings = {};
    m_cut.alerts = {};
    m_cut.tests = {};
    const std::vector<std::string> kept = nodesBefore(m_pipeline, m_options.node);
    const auto isOut = [&](const std::string &id) {
        const NodePtr node = m_pipeline.findNode(id);
        const NodeDescriptor *kind = node ? m_catalog.find(node->kind) : nullptr;
        return std::find(kept.begin(), kept.end(), id) == kept.end()
               || (kind != nullptr && kind->role == NodeRole::Destination);
    };
    std::erase_if(m_cut.nodes, [&](const NodePtr &node) { return isOut(node->id); });
    std::erase_if(m_cut.wires, [&](const WirePtr &wire) {
        return isOut(wire->from.node) || isOut(wire->to.node);
    });
}

/// Samples of the sources that there are none of yet.
Result<void> Trial::look()
{
    ValueSources values = m_options.values;
    values.forRun = true;
    const ValidatedPipeline validated = validate(m_cut, m_catalog, values);
    for (const ResolvedNode &node : validated.nodes) {
        if (node.descriptor->role != NodeRole::Source)
            continue;
        const std::string &id = node.node->id;
        if (const auto given = m_options.samples.find(id); given != m_options.samples.end()) {
            (*m_samples)[id] = given->second;
            continue;
        }
        if (!node.descriptor->sample)
            return fail(ErrorCode::NotSupported, "'{}' cannot be looked at without a run", id)
                .node(id);
        NodeContext context;
        context.nodeId = id;
        context.pipelineName = m_pipeline.name;
        context.clock = m_options.clock;
        context.files = m_options.files;
        context.parameters = validated.parameters;
        context.log = [](const std::string &) {};
        auto records = node.descriptor->sample(node.config, context, m_options.events, m_stop);
        if (!records) {
            Error error = std::move(records).error();
            error.node = id;
            return fail(std::move(error));
        }
        (*m_samples)[id] = *std::move(records);
    }
    return {};
}

void Trial::keep(const WireEnd &end, bool input)
{
    Node node;
    node.id = freeId(m_cut, fmt::format("kept_{}", m_keepers.size()));
    node.kind = TrialCatalog::kKeeperKind;
    m_keepers.push_back({node.id, end, input});
    Wire wire{end, {node.id, {}}};
    m_cut.nodes.push_back(std::make_shared<const Node>(std::move(node)));
    m_cut.wires.push_back(std::make_shared<const Wire>(std::move(wire)));
}

/// One at each wire into the node, at each of its ports, and at every `errors` before it: what
/// failed there must not become a dead letter.
void Trial::addKeepers()
{
    for (const WirePtr &wire : m_pipeline.wires) {
        if (wire->to.node == m_options.node && m_cut.findNode(wire->from.node))
            keep(wire->from, true);
    }
    const std::vector<NodePtr> nodes = m_cut.nodes;
    for (const NodePtr &node : nodes) {
        const NodeDescriptor *kind = m_catalog.find(node->kind);
        if (kind == nullptr)
            continue;
        for (const PortSpec &port : outputPortsOf(*kind, node->config)) {
            if (node->id == m_options.node || port.id == kErrorsPort)
                keep({node->id, port.id}, false);
        }
    }
}

Result<void> Trial::execute()
{
    TRY_ASSIGN(const auto folder, ScratchFolder::create(*m_options.files));
    const TrialCatalog kinds(m_catalog, m_samples, m_keeper);
    Engine engine(kinds.catalog());
    RunOptions options;
    options.pipelinePath = "trial.sluice.json";
    options.workspace = folder->path();
    options.values = m_options.values;
    options.workers = 1;
    options.clock = m_options.clock;
    options.files = m_options.files;
    TRY(engine.start(m_cut, std::move(options)));
    for (TickSpan waited = 0; !engine.wait(kLook); waited += kLook) {
        if (m_stop.stop_requested())
            return fail(ErrorCode::Cancelled, "Cancelled");
        if (waited > kLongest)
            return fail(ErrorCode::RunFailed, "the sample did not come through in time");
    }
    if (const auto failure = engine.failure())
        return fail(*failure);
    m_result.inferred = engine.inferredSchemas();
    return {};
}

Result<TrialResult> Trial::run()
{
    if (!m_pipeline.findNode(m_options.node))
        return fail(ErrorCode::UnknownNode, "there is no node '{}'", m_options.node);
    cut();
    TRY(look());
    if (m_stop.stop_requested())
        return fail(ErrorCode::Cancelled, "Cancelled");
    addKeepers();
    TRY(execute());
    for (const Keeper &keeper : m_keepers) {
        if (!keeper.input && keeper.end.node != m_options.node)
            continue;
        (keeper.input ? m_result.inputs : m_result.outputs)
            .push_back({keeper.end, m_keeper->content(keeper.id)});
    }
    m_result.samples = *m_samples;
    return std::move(m_result);
}

} // namespace

std::vector<std::string> nodesBefore(const Pipeline &pipeline, const std::string &node)
{
    std::vector<std::string> found{node};
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (const WirePtr &wire : pipeline.wires) {
            if (wire->to.node == found[i]
                && std::find(found.begin(), found.end(), wire->from.node) == found.end())
                found.push_back(wire->from.node);
        }
    }
    return found;
}

Result<TrialResult> runTrial(const Pipeline &pipeline,
                             const Catalog &catalog,
                             TrialOptions options,
                             const std::stop_token &stop)
{
    return Trial(pipeline, catalog, std::move(options), stop).run();
}

} // namespace sluice
