#pragma once

#include "core/storage/database.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace sluice {

/// Stops what runs on a connection when its time is over or someone asks for it. DuckDB forgets an
/// interrupt that comes between two statements, so it is said again until the query has ended.
class QueryWatch
{
public:
    /// @param timeLimit  0: none
    QueryWatch(Connection &connection,
               std::chrono::milliseconds timeLimit,
               const std::stop_token &stop);

    /// Stopped for either reason.
    std::stop_token token() const { return m_cancel.get_token(); }
    bool expired();
    /// What a query that was stopped by the time limit ends with.
    Failure expiredFailure() const;

private:
    struct Cancel
    {
        QueryWatch *watch;
        void operator()() const { watch->cancel(); }
    };

    void cancel();
    void run(const std::stop_token &ended);

    Connection &m_connection;
    std::chrono::milliseconds m_timeLimit;
    std::stop_source m_cancel;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    bool m_expired = false; // GUARDED_BY(m_mutex)
    std::stop_callback<Cancel> m_callback;
    std::jthread m_thread; // last: ends before the rest goes
};

} // namespace sluice
