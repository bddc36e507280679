#include "ui/query/query_job.h"

#include <mutex>
#include <thread>

namespace sluice {

struct QueryJob::Shared
{
    std::mutex mutex;
    QueryJob *owner = nullptr; // GUARDED_BY(mutex); null when the answer is not wanted any more
};

QueryJob::~QueryJob()
{
    m_stop.request_stop();
    if (!m_shared)
        return;
    const std::lock_guard lock(m_shared->mutex);
    m_shared->owner = nullptr;
}

void QueryJob::start(Work work)
{
    cancel();
    m_stop = std::stop_source();
    m_shared = std::make_shared<Shared>();
    m_shared->owner = this;
    // Detached: a database may take its time to notice that it shall stop.
    std::thread([shared = m_shared, work = std::move(work), stop = m_stop.get_token()] {
        const std::function<void()> answer = work(stop);
        const std::lock_guard lock(shared->mutex);
        if (shared->owner == nullptr)
            return;
        QMetaObject::invokeMethod(
            shared->owner,
            [owner = shared->owner, shared, answer] {
                if (owner->m_shared != shared)
                    return;
                owner->m_shared.reset();
                Q_EMIT owner->runningChanged(false);
                answer();
            },
            Qt::QueuedConnection);
    }).detach();
    Q_EMIT runningChanged(true);
}

void QueryJob::cancel()
{
    m_stop.request_stop();
    if (!m_shared)
        return;
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->owner = nullptr;
    }
    m_shared.reset();
    Q_EMIT runningChanged(false);
}

} // namespace sluice
