#include "ui/query/query_backend.h"

#include "core/storage/database_registry.h"
#include "core/storage/kql_query.h"
#include "ui/document/qt_text.h"

#include <chrono>

namespace sluice {

namespace {

class DatabaseBackend : public QueryBackend
{
public:
    explicit DatabaseBackend(std::shared_ptr<Database> database)
        : m_database(std::move(database))
    {}

    Result<QueryTable> run(const std::string &text, std::stop_token stop) override
    {
        const auto begin = std::chrono::steady_clock::now();
        KqlOptions options;
        options.stop = std::move(stop);
        TRY_ASSIGN(KqlResult answer, runKql(*m_database, text, options));
        QueryTable table;
        if (answer.schema != nullptr)
            table.schema = *answer.schema;
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

} // namespace

Result<std::shared_ptr<QueryBackend>> openQueryBackend(const std::string &path)
{
    TRY_ASSIGN(std::shared_ptr<Database> database,
               processDatabases().open(path, DatabaseRegistry::Missing::Fail));
    return std::shared_ptr<QueryBackend>(std::make_shared<DatabaseBackend>(std::move(database)));
}

} // namespace sluice
