#include "core/storage/kql_query.h"

#include "core/storage/kql_planner.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace sluice {

namespace {

Ticks wallTicks()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() / 100;
}

/// The tables of a database, as the binder asks for them.
class DatabaseHost : public kql::QueryHost
{
public:
    DatabaseHost(KqlPlanner &planner, const KqlOptions &options)
        : m_planner(planner)
        , m_options(options)
    {}

    kql::SchemaPtr table(std::string_view name) override
    {
        const auto found = m_planner.tables().find(name);
        return found && *found ? (*found)->schema : nullptr;
    }
    std::vector<std::string> tableNames() override
    {
        return m_planner.tables().names().value_or(std::vector<std::string>());
    }
    Result<std::vector<Batch>> rowsOf(const kql::QueryPtr &query) override
    {
        m_asked.push_back(query); // the planner knows parts by their address
        TRY_ASSIGN(const KqlRelation relation, m_planner.plan(*query));
        TRY_ASSIGN(KqlRows rows, m_planner.run(relation, m_options.rowLimit));
        return std::move(rows.batches);
    }
    const ParameterValues *parameters() override { return m_options.parameters; }

private:
    KqlPlanner &m_planner;
    const KqlOptions &m_options;
    std::vector<kql::QueryPtr> m_asked;
};

/// Stops what runs on a connection when its time is over or someone asks for it. DuckDB forgets an
/// interrupt that comes between two statements, so it is said again until the query has ended.
class Watch
{
public:
    Watch(Connection &connection, const KqlOptions &options)
        : m_connection(connection)
        , m_timeLimit(options.timeLimit)
        , m_callback(options.stop, Cancel{this})
    {
        if (options.stop.stop_possible() || m_timeLimit.count() > 0)
            m_thread = std::jthread([this](const std::stop_token &ended) { run(ended); });
    }

    /// Stopped for either reason.
    std::stop_token token() const { return m_cancel.get_token(); }
    bool expired()
    {
        const std::scoped_lock lock(m_mutex);
        return m_expired;
    }

private:
    struct Cancel
    {
        Watch *watch;
        void operator()() const { watch->cancel(); }
    };

    void cancel()
    {
        {
            const std::scoped_lock lock(m_mutex); // or the waiting thread could miss it
            m_cancel.request_stop();
        }
        m_changed.notify_all();
    }

    void run(const std::stop_token &ended)
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

    Connection &m_connection;
    std::chrono::milliseconds m_timeLimit;
    std::stop_source m_cancel;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    bool m_expired = false; // GUARDED_BY(m_mutex)
    std::stop_callback<Cancel> m_callback;
    std::jthread m_thread; // last: ends before the rest goes
};

Result<KqlResult> answer(Connection &connection, std::string_view text, const KqlOptions &options)
{
    TRY(ensureKqlFunctions(connection));
    // Nothing that runs here writes; should it try to, DuckDB refuses.
    TRY(connection.exec("BEGIN TRANSACTION READ ONLY"));
    KqlPlanner planner(connection, options);
    DatabaseHost host(planner, options);
    const kql::QueryBindResult bound = kql::compileQuery(text, host);
    if (!bound.query)
        return fail(kql::toError(bound.problems.front()));
    TRY_ASSIGN(const KqlRelation relation, planner.plan(*bound.query));
    TRY_ASSIGN(KqlRows rows, planner.run(relation, options.rowLimit + 1));
    KqlResult result;
    result.schema = bound.query->schemaPtr();
    result.render = bound.query->render;
    for (Batch &batch : rows.batches) {
        const std::size_t left = options.rowLimit - result.rows;
        if (batch.rows > left) {
            result.truncated = true;
            batch.rows = left;
            batch.selection = Selection(left);
        }
        batch.schema = result.schema;
        result.rows += batch.rows;
        if (batch.rows != 0)
            result.batches.push_back(std::move(batch));
    }
    return result;
}

} // namespace

Result<KqlResult> runKql(Database &database, std::string_view text, const KqlOptions &options)
{
    KqlOptions fixed = options;
    if (fixed.now == 0)
        fixed.now = wallTicks();
    TRY_ASSIGN(Connection connection, database.connect());
    Watch watch(connection, fixed);
    fixed.stop = watch.token();
    auto result = answer(connection, text, fixed);
    if (!result && watch.expired())
        return fail(ErrorCode::Cancelled,
                    "the query took longer than {} ms and was stopped",
                    fixed.timeLimit.count());
    return result;
}

kql::QueryBindResult checkKql(Database &database, std::string_view text)
{
    const auto problem = [](const Error &error) {
        kql::QueryBindResult result;
        result.problems.push_back({error.code, error.message, error.hint, {}, {}});
        return result;
    };
    auto connection = database.connect();
    if (!connection)
        return problem(connection.error());
    if (const auto ready = ensureKqlFunctions(*connection); !ready)
        return problem(ready.error());
    KqlOptions options;
    options.now = wallTicks();
    KqlPlanner planner(*connection, options);
    DatabaseHost host(planner, options);
    return kql::compileQuery(text, host);
}

Result<kql::SchemaPtr> kqlTableSchema(Database &database, std::string_view table)
{
    TRY_ASSIGN(Connection connection, database.connect());
    KqlTables tables(connection);
    TRY_ASSIGN(const auto found, tables.find(table));
    return found ? found->schema : nullptr;
}

Result<std::vector<std::string>> kqlTableNames(Database &database)
{
    TRY_ASSIGN(Connection connection, database.connect());
    return KqlTables(connection).names();
}

} // namespace sluice
