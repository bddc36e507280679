#include "core/storage/kql_query.h"

#include "core/storage/kql_planner.h"
#include "core/storage/query_watch.h"

#include <algorithm>
#include <chrono>

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
    QueryWatch watch(connection, fixed.timeLimit, fixed.stop);
    fixed.stop = watch.token();
    auto result = answer(connection, text, fixed);
    if (!result && watch.expired())
        return watch.expiredFailure();
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
