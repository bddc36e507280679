#include "ui/bridge/schema_scout.h"

#include "core/event/schema_inference.h"
#include "ui/document/pipeline_document.h"

#include <mutex>
#include <thread>

namespace sluice {

namespace {
constexpr int kPauseMs = 700; // after the last key
constexpr std::size_t kEvents = 500;
} // namespace

struct SchemaScout::Shared
{
    std::mutex mutex;
    SchemaScout *owner = nullptr; // GUARDED_BY(mutex); null when nobody waits any more
};

SchemaScout::SchemaScout(PipelineDocument &document, QObject *parent)
    : QObject(parent)
    , m_document(document)
    , m_shared(std::make_shared<Shared>())
{
    m_shared->owner = this;
    m_timer.setSingleShot(true);
    m_timer.setInterval(kPauseMs);
    connect(&m_timer, &QTimer::timeout, this, &SchemaScout::look);
    connect(&document, &PipelineDocument::replaced, this, [this] {
        m_skipNext = true;
        m_wanted.clear();
        m_jobs.clear();
        m_stop.request_stop();
        m_stop = std::stop_source();
    });
    connect(&document, &PipelineDocument::pipelineChanged, this, &SchemaScout::onPipelineChanged);
}

SchemaScout::~SchemaScout()
{
    m_stop.request_stop();
    const std::lock_guard lock(m_shared->mutex);
    m_shared->owner = nullptr;
}

void SchemaScout::onPipelineChanged(const PipelineDiff &changes)
{
    if (std::exchange(m_skipNext, false))
        return;
    const std::size_t before = m_wanted.size();
    m_wanted.insert(changes.added.begin(), changes.added.end());
    m_wanted.insert(changes.changed.begin(), changes.changed.end());
    if (m_wanted.size() > before || !changes.changed.empty())
        m_timer.start();
}

void SchemaScout::look()
{
    for (const std::string &id : std::exchange(m_wanted, {})) {
        const ResolvedNode *node = m_document.validated().find(id);
        if (node == nullptr || !node->descriptor->sample || node->outputSchemas.empty()
            || (!node->outputSchemas.front().open && !m_document.sampledFields(id).empty()))
            continue;
        NodeContext context;
        context.nodeId = id;
        context.pipelineName = m_document.pipeline().name;
        context.parameters = m_document.validated().parameters;
        context.log = [](const std::string &) {};
        const std::uint64_t job = ++m_nextJob;
        m_jobs[id] = job;
        // Detached for the reason that ProbeJob gives: the window must not wait for the outside.
        std::thread([shared = m_shared,
                     id,
                     job,
                     descriptor = node->descriptor,
                     config = node->config,
                     context,
                     stop = m_stop.get_token()] {
            const auto records = descriptor->sample(config, context, kEvents, stop);
            if (!records || records->empty())
                return;
            const Schema schema = inferSchema(*records);
            const std::vector<InferredField> fields = inferFields(*records);
            const std::lock_guard lock(shared->mutex);
            if (SchemaScout *owner = shared->owner)
                QMetaObject::invokeMethod(
                    owner,
                    [owner, job, id, schema, fields] { owner->take(job, id, schema, fields); },
                    Qt::QueuedConnection);
        }).detach();
    }
}

void SchemaScout::take(std::uint64_t job,
                       const std::string &node,
                       const Schema &schema,
                       const std::vector<InferredField> &fields)
{
    const auto known = m_jobs.find(node);
    if (known == m_jobs.end() || known->second != job || !m_document.pipeline().findNode(node))
        return;
    m_document.setSampledFields(node, fields);
    auto schemas = m_document.inferredSchemas();
    schemas[node] = schema;
    m_document.setInferredSchemas(std::move(schemas));
    Q_EMIT found(node);
}

} // namespace sluice
