#include "ui/query/query_backend.h"

#include "core/kql/query.h"
#include "core/storage/database_registry.h"
#include "core/storage/kql_query.h"
#include "core/storage/query_server.h"
#include "core/storage/query_text.h"
#include "ui/document/qt_text.h"

#include <chrono>
#include <map>
#include <mutex>

namespace sluice {

namespace {

QueryTable tableOf(QueryAnswer answer, std::chrono::steady_clock::time_point begin)
{
    QueryTable table;
    table.schema = std::move(answer.schema);
    table.setBatches(std::move(answer.batches));
    table.truncated = answer.truncated;
    if (answer.render) {
        table.render = toQString(answer.render->kind);
        for (const auto &[name, value] : answer.render->properties)
            table.renderProperties.emplace_back(toQString(name), toQString(value));
    }
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - begin;
    table.milliseconds = taken.count();
    return table;
}

QueryRequest requestFor(const std::string &text, std::size_t rowLimit)
{
    QueryRequest request;
    request.text = text;
    request.rowLimit = rowLimit;
    return request;
}

class DatabaseBackend : public QueryBackend
{
public:
    explicit DatabaseBackend(std::shared_ptr<Database> database)
        : m_database(std::move(database))
    {}

    Result<QueryTable>
    run(const std::string &text, std::size_t rowLimit, std::stop_token stop) override
    {
        const auto begin = std::chrono::steady_clock::now();
        TRY_ASSIGN(QueryAnswer answer, answerQuery(*m_database, requestFor(text, rowLimit), stop));
        return tableOf(std::move(answer), begin);
    }

    std::vector<kql::Problem> check(const std::string &text) override
    {
        return checkKql(*m_database, text).problems;
    }

    Result<std::vector<std::string>> tables() override { return kqlTableNames(*m_database); }

    Result<Schema> columns(const std::string &table) override
    {
        TRY_ASSIGN(const kql::SchemaPtr schema, kqlTableSchema(*m_database, table));
        return schema != nullptr ? *schema : Schema();
    }

private:
    std::shared_ptr<Database> m_database; // shared with the run that writes to it
};

/// A database that another process has open, asked through that process.
class OwnerBackend : public QueryBackend
{
public:
    explicit OwnerBackend(std::string path)
        : m_path(std::move(path))
    {}

    Result<QueryTable>
    run(const std::string &text, std::size_t rowLimit, std::stop_token stop) override
    {
        const auto begin = std::chrono::steady_clock::now();
        TRY_ASSIGN(QueryAnswer answer,
                   askDatabase(processDatabases(), m_path, requestFor(text, rowLimit), stop));
        return tableOf(std::move(answer), begin);
    }

    std::vector<kql::Problem> check(const std::string &text) override
    {
        Host host(*this);
        auto bound = kql::compileQuery(text, host);
        // The columns of some queries are only known when a part of them has run.
        return host.askedForRows ? std::vector<kql::Problem>() : std::move(bound.problems);
    }

    Result<std::vector<std::string>> tables() override
    {
        TRY_ASSIGN(const auto cells, texts(".show tables", 1));
        std::vector<std::string> names;
        for (const auto &row : cells)
            names.push_back(row[0]);
        return names;
    }

    Result<Schema> columns(const std::string &table) override
    {
        TRY_ASSIGN(const auto cells, texts(".show table " + table + " schema", 2));
        Schema schema;
        for (const auto &row : cells)
            schema.columns.push_back({row[0], typeFromName(row[1]).value_or(ColumnType::String)});
        return schema;
    }

private:
    /// The tables as a check asks for them.
    class Host : public kql::QueryHost
    {
    public:
        explicit Host(OwnerBackend &backend)
            : m_backend(backend)
        {}
        kql::SchemaPtr table(std::string_view name) override
        {
            return m_backend.knownColumns(std::string(name));
        }
        std::vector<std::string> tableNames() override
        {
            return m_backend.tables().value_or(std::vector<std::string>());
        }
        Result<std::vector<Batch>> rowsOf(const kql::QueryPtr &) override
        {
            askedForRows = true;
            return fail(ErrorCode::NotSupported, "this part runs elsewhere");
        }
        bool askedForRows = false;

    private:
        OwnerBackend &m_backend;
    };

    kql::SchemaPtr knownColumns(const std::string &table)
    {
        const std::scoped_lock lock(m_mutex);
        const auto known = m_known.find(table);
        if (known != m_known.end())
            return known->second;
        auto schema = columns(table);
        if (!schema)
            return nullptr;
        return m_known[table] = std::make_shared<const Schema>(*std::move(schema));
    }

    Result<std::vector<std::vector<std::string>>> texts(const std::string &text, std::size_t wanted)
    {
        TRY_ASSIGN(const QueryAnswer answer,
                   askDatabase(processDatabases(), m_path, requestFor(text, 100'000)));
        std::vector<std::vector<std::string>> rows;
        if (answer.schema.columns.size() != wanted)
            return rows;
        for (const Batch &batch : answer.batches) {
            for (std::size_t row = 0; row < batch.rows; ++row) {
                std::vector<std::string> &cells = rows.emplace_back();
                for (const ColumnPtr &column : batch.columns)
                    cells.push_back(valueText(*column, row));
            }
        }
        return rows;
    }

    std::string m_path;
    std::mutex m_mutex;
    std::map<std::string, kql::SchemaPtr> m_known; // GUARDED_BY(m_mutex)
};

} // namespace

Result<std::shared_ptr<QueryBackend>> openQueryBackend(const std::string &path)
{
    auto database = processDatabases().open(path, DatabaseRegistry::Missing::Fail);
    if (database)
        return std::shared_ptr<QueryBackend>(
            std::make_shared<DatabaseBackend>(*std::move(database)));
    if (database.error().code != ErrorCode::DatabaseLocked)
        return fail(database.error());
    auto owner = std::make_shared<OwnerBackend>(path);
    if (const auto answers = owner->tables(); !answers)
        return fail(answers.error());
    return std::shared_ptr<QueryBackend>(std::move(owner));
}

} // namespace sluice
