#include "core/operators/kql_references.h"

#include "core/kql/table_program.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

constexpr std::string_view kName = "name";
/// What a query computes once has so many rows at most.
constexpr std::int64_t kMostRows = 1'000'000;

/// A batch for each so many rows, as a query takes them.
std::vector<Batch> batchesOf(const TableColumns &table, const kql::SchemaPtr &schema)
{
    Batch all;
    all.schema = schema;
    all.columns = table.columns;
    all.rows = table.rows;
    all.selection = Selection(table.rows);
    if (table.rows <= kBatchRows)
        return {std::move(all)};
    const std::vector<Batch> whole{std::move(all)};
    return kql::copyRows(whole, kql::allRows(whole));
}

std::string placeOf(std::size_t row, std::string_view member)
{
    return fmt::format("{}[{}].{}", kKqlReferences, row, member);
}

} // namespace

FieldSpec kqlReferencesField()
{
    FieldSpec rows =
        rowsField(kKqlReferences)
            .label("Reference tables")
            .help("Tables in files that the query may name: on the right side of join and "
                  "lookup, and in 'in (…)'.")
            .example(R"([{"name": "devices", "path": "devices.csv"}])")
            .inAdvanced()
            .member(textField(kName).label("Name").must().example("devices"));
    for (FieldSpec &member : referenceMembers(kMostRows))
        rows.members.push_back(std::move(member));
    return rows;
}

std::vector<SchemaProblem> checkKqlReferences(const Config &config,
                                              const std::vector<std::string> &inputs)
{
    std::vector<SchemaProblem> problems;
    std::vector<std::string> taken = inputs;
    if (taken.empty())
        taken.emplace_back("source");
    std::size_t number = 0;
    for (const Config &row : config.rows(kKqlReferences)) {
        if (auto error = checkReference(ReferenceSpec::fromConfig(row)))
            problems.push_back({std::string(kKqlReferences), std::move(*error)});
        const std::string name = row.text(kName);
        if (std::find(taken.begin(), taken.end(), name) != taken.end())
            problems.push_back({std::string(kKqlReferences),
                                {ErrorCode::DuplicateId,
                                 fmt::format("the name '{}' is taken", name),
                                 "Give each input and each reference table a name of its own.",
                                 {},
                                 {}},
                                {},
                                {},
                                placeOf(number, kName)});
        taken.push_back(name);
        ++number;
    }
    return problems;
}

std::vector<kql::StreamReference> kqlReferenceSchemas(const Config &config,
                                                      const NodeContext &context,
                                                      std::vector<SchemaProblem> *problems)
{
    std::vector<kql::StreamReference> tables;
    for (const Config &row : config.rows(kKqlReferences)) {
        auto schema = referenceSchema(ReferenceSpec::fromConfig(row), *context.files);
        if (!schema) {
            if (problems != nullptr)
                problems->push_back({std::string(kKqlReferences), std::move(schema).error()});
            continue;
        }
        tables.push_back({row.text(kName), std::make_shared<const Schema>(std::move(*schema)), {}});
    }
    return tables;
}

Result<KqlReferences> KqlReferences::open(const Config &config, const NodeContext &context)
{
    DatabaseRegistry &databases =
        context.databases == nullptr ? processDatabases() : *context.databases;
    KqlReferences references;
    references.m_log = context.log;
    for (const Config &row : config.rows(kKqlReferences)) {
        const ReferenceSpec spec = ReferenceSpec::fromConfig(row);
        TRY_ASSIGN(Schema schema, referenceSchema(spec, *context.files));
        Table table;
        table.name = row.text(kName);
        table.schema = std::make_shared<const Schema>(schema);
        TRY_ASSIGN(table.store,
                   ReferenceStore::open(
                       fmt::format("{}/{}/{}", context.workspace, context.nodeId, table.name),
                       spec,
                       {std::move(schema), {}, std::nullopt},
                       *context.files,
                       databases));
        references.m_tables.push_back(std::move(table));
    }
    return references;
}

bool KqlReferences::changed()
{
    bool changed = false;
    for (const Table &table : m_tables) {
        for (const std::string &line : table.store->takeNews()) {
            if (m_log)
                m_log(line);
        }
        changed = changed || table.store->current() != table.seen;
    }
    return changed;
}

std::vector<kql::StreamReference> KqlReferences::rows()
{
    std::vector<kql::StreamReference> all;
    for (Table &table : m_tables) {
        table.seen = table.store->current();
        all.push_back({table.name, table.schema, batchesOf(table.seen->rows(), table.schema)});
    }
    return all;
}

} // namespace sluice
