#include "ui/bridge/trial_job.h"

#include "ui/document/pipeline_document.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

namespace sluice {

namespace {

constexpr int kPauseMs = 350; // after the last key

/// Names of the secrets that a value refers to.
void collectSecrets(const Value &value, std::set<std::string> &names)
{
    if (const Reference *reference = value.asReference();
        reference != nullptr && reference->kind == ReferenceKind::Secret)
        names.insert(reference->name);
    if (const ValueList *list = value.asList()) {
        for (const Value &item : *list)
            collectSecrets(item, names);
    }
    if (const ValueMap *map = value.asMap()) {
        for (const auto &[name, item] : *map)
            collectSecrets(item, names);
    }
}

/// The secrets as they are now: the thread that runs the trial may outlive whoever keeps them.
ValueSources settled(ValueSources sources, const Pipeline &pipeline)
{
    std::set<std::string> names;
    for (const NodePtr &node : pipeline.nodes) {
        for (const auto &[field, value] : node->config)
            collectSecrets(value, names);
    }
    std::map<std::string, std::string> known;
    for (const std::string &name : names) {
        if (auto value = sources.secret ? sources.secret(name) : std::nullopt)
            known[name] = *std::move(value);
    }
    sources.secret = [known](const std::string &name) -> std::optional<std::string> {
        const auto found = known.find(name);
        return found == known.end() ? std::nullopt : std::optional(found->second);
    };
    return sources;
}

} // namespace

struct TrialJob::Shared
{
    std::mutex mutex;
    TrialJob *owner = nullptr; // GUARDED_BY(mutex); null when nobody waits any more
};

TrialJob::TrialJob(PipelineDocument &document, MakeValues makeValues, QObject *parent)
    : QObject(parent)
    , m_document(document)
    , m_makeValues(std::move(makeValues))
    , m_shared(std::make_shared<Shared>())
{
    m_shared->owner = this;
    m_timer.setSingleShot(true);
    m_timer.setInterval(kPauseMs);
    connect(&m_timer, &QTimer::timeout, this, &TrialJob::start);
    connect(&document, &PipelineDocument::replaced, this, [this] {
        m_asked = false;
        m_samples.clear();
        m_timer.stop();
        m_stop.request_stop();
        ++m_job;
        m_running = false;
        Q_EMIT cleared();
    });
    connect(&document, &PipelineDocument::pipelineChanged, this, &TrialJob::onChanged);
}

TrialJob::~TrialJob()
{
    m_stop.request_stop();
    const std::lock_guard lock(m_shared->mutex);
    m_shared->owner = nullptr;
}

void TrialJob::setNode(const std::string &node)
{
    if (node == m_node)
        return;
    m_node = node;
    Q_EMIT cleared();
    schedule();
}

void TrialJob::setWatched(bool watched)
{
    if (watched == m_watched)
        return;
    m_watched = watched;
    if (watched && m_due)
        schedule();
}

void TrialJob::ask()
{
    m_asked = true;
    m_timer.stop();
    start();
}

void TrialJob::askAnew()
{
    m_samples.clear();
    ask();
}

std::string TrialJob::caller() const
{
    for (const std::string &id : nodesBefore(m_document.pipeline(), m_node)) {
        const NodePtr node = m_document.pipeline().findNode(id);
        const NodeDescriptor *kind = node ? m_document.catalog().find(node->kind) : nullptr;
        if (kind != nullptr && kind->callsOutside)
            return node->title.empty() ? kind->title : node->title;
    }
    return {};
}

void TrialJob::onChanged(const PipelineDiff &changes)
{
    if (changes.restarting() == 0)
        return; // it was only moved, or called otherwise
    if (!m_node.empty() && !m_document.pipeline().findNode(m_node))
        return setNode({});
    schedule();
}

void TrialJob::schedule()
{
    m_due = true;
    if (m_asked && m_watched && !m_node.empty() && caller().empty())
        m_timer.start();
}

/// The first thing that keeps the nodes of the trial from running.
std::optional<Error> TrialJob::problemBefore() const
{
    const std::vector<std::string> nodes = nodesBefore(m_document.pipeline(), m_node);
    for (const Diagnostic &problem : m_document.diagnostics()) {
        // That nothing takes its events is no matter here.
        if (problem.severity == Severity::Error && problem.code != ErrorCode::PortUnwired
            && std::find(nodes.begin(), nodes.end(), problem.node) != nodes.end())
            return Error{problem.code, problem.message, problem.hint, problem.node, problem.field};
    }
    return std::nullopt;
}

void TrialJob::start()
{
    if (m_node.empty() || !m_watched)
        return;
    if (m_running) { // one at a time: what runs is stopped, its answer is dropped
        m_stop.request_stop();
        m_again = true;
        return;
    }
    m_due = false;
    if (const auto problem = problemBefore()) {
        Q_EMIT finished({m_node, {}, problem, 0});
        return;
    }
    TrialOptions options;
    options.node = m_node;
    options.values = settled(m_makeValues(), m_document.pipeline());
    m_configs.clear();
    for (const std::string &id : nodesBefore(m_document.pipeline(), m_node)) {
        const NodePtr node = m_document.pipeline().findNode(id);
        if (!node)
            continue;
        m_configs[id] = node->config;
        const auto known = m_samples.find(id);
        if (known != m_samples.end() && known->second.config == node->config)
            options.samples[id] = known->second.records;
    }
    m_stop = std::stop_source();
    m_running = true;
    m_again = false;
    Q_EMIT started();
    // Detached for the reason that ProbeJob gives: the window must not wait for the outside.
    std::thread([shared = m_shared,
                 job = ++m_job,
                 pipeline = m_document.pipeline(),
                 catalog = &m_document.catalog(),
                 options = std::move(options),
                 stop = m_stop.get_token()]() mutable {
        using Steady = std::chrono::steady_clock;
        TrialOutcome outcome;
        outcome.node = options.node;
        const auto begin = Steady::now();
        auto result = runTrial(pipeline, *catalog, std::move(options), stop);
        outcome.seconds = std::chrono::duration<double>(Steady::now() - begin).count();
        if (result)
            outcome.result = *std::move(result);
        else
            outcome.error = std::move(result).error();
        const std::lock_guard lock(shared->mutex);
        if (TrialJob *owner = shared->owner)
            QMetaObject::invokeMethod(
                owner, [owner, job, outcome] { owner->take(job, outcome); }, Qt::QueuedConnection);
    }).detach();
}

void TrialJob::take(std::uint64_t job, TrialOutcome outcome)
{
    if (job != m_job)
        return;
    m_running = false;
    for (auto &[id, records] : outcome.result.samples)
        m_samples[id] = {m_configs[id], records};
    if (m_again || outcome.node != m_node)
        return start();
    Q_EMIT finished(outcome);
}

} // namespace sluice
