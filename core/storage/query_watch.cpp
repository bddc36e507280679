#include "core/storage/query_watch.h"

namespace sluice {

QueryWatch::QueryWatch(Connection &connection,
                       std::chrono::milliseconds timeLimit,
                       const std::stop_token &stop)
    : m_connection(connection)
    , m_timeLimit(timeLimit)
    , m_callback(stop, Cancel{this})
{
    if (stop.stop_possible() || m_timeLimit.count() > 0)
        m_thread = std::jthread([this](const std::stop_token &ended) { run(ended); });
}

bool QueryWatch::expired()
{
    const std::scoped_lock lock(m_mutex);
    return m_expired;
}

Failure QueryWatch::expiredFailure() const
{
    return fail(ErrorCode::Cancelled,
                "the query took longer than {} ms and was stopped",
                m_timeLimit.count());
}

void QueryWatch::cancel()
{
    {
        const std::scoped_lock lock(m_mutex); // or the waiting thread could miss it
        m_cancel.request_stop();
    }
    m_changed.notify_all();
}

void QueryWatch::run(const std::stop_token &ended)
{
    std::unique_lock lock(m_mutex);
    const auto cancelled = [this] { return m_cancel.stop_requested(); };
    if (m_timeLimit.count() > 0) {
        m_expired =
            !m_changed.wait_for(lock, ended, m_timeLimit, cancelled) && !ended.stop_requested();
        if (m_expired)
            m_cancel.request_stop();
    } else {
        m_changed.wait(lock, ended, cancelled);
    }
    while (!ended.stop_requested()) {
        m_connection.interrupt();
        m_changed.wait_for(lock, ended, std::chrono::milliseconds(10), [] { return false; });
    }
}

} // namespace sluice
