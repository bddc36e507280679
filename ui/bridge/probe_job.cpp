#include "ui/bridge/probe_job.h"

#include <mutex>

namespace sluice {

struct ProbeJob::Shared
{
    std::mutex mutex;
    ProbeJob *owner = nullptr; // GUARDED_BY(mutex); null when the answer is not wanted any more
};

ProbeJob::~ProbeJob()
{
    cancel();
}

void ProbeJob::start(const NodeDescriptor &descriptor,
                     const Config &config,
                     const NodeContext &context)
{
    cancel();
    m_running = true;
    m_stop = std::stop_source();
    m_shared = std::make_shared<Shared>();
    m_shared->owner = this;
    // Detached: a library may sit in a name lookup that nothing interrupts, and the window must not
    // wait for it. The thread owns all it touches; descriptors live as long as the process.
    std::thread([shared = m_shared, &descriptor, config, context, stop = m_stop.get_token()] {
        const ProbeReport report = descriptor.probe(config, context, stop);
        const std::lock_guard lock(shared->mutex);
        if (shared->owner == nullptr)
            return;
        QMetaObject::invokeMethod(
            shared->owner,
            [owner = shared->owner, shared, report] {
                if (owner->m_shared != shared)
                    return;
                owner->m_shared.reset();
                owner->m_running = false;
                Q_EMIT owner->finished(report);
            },
            Qt::QueuedConnection);
    }).detach();
}

void ProbeJob::cancel()
{
    m_running = false;
    m_stop.request_stop();
    if (!m_shared)
        return;
    const auto shared = std::move(m_shared);
    const std::lock_guard lock(shared->mutex);
    shared->owner = nullptr;
}

} // namespace sluice
