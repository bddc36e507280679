// union: columns by name, and the table that rows come from.
#include "core/kql/constant.h"
#include "core/kql/part_label.h"
#include "core/kql/query_binder.h"

#include <algorithm>

namespace sluice::kql {

/// One part of a union; with isfuzzy a table that is not there is left out.
bool QueryBinder::bindUnionPart(const OperatorSyntax &op,
                                std::size_t index,
                                bool fuzzy,
                                std::vector<QueryPtr> *parts)
{
    const ItemSyntax &item = op.items[index];
    if (op.pipes[index]) {
        const std::size_t problems = m_problems.size();
        m_unknownTable = false;
        if (QueryPtr part = bindPipe(*op.pipes[index])) {
            parts->push_back(std::move(part));
            return true;
        }
        if (!fuzzy || !m_unknownTable)
            return false;
        m_problems.resize(problems);
        return true;
    }
    Schema tables; // names only, for the pattern
    for (std::string &name : m_host.tableNames())
        tables.columns.push_back({std::move(name), ColumnType::String});
    for (const ScopeEntry *entry = m_scope.get(); entry != nullptr; entry = entry->outer.get()) {
        if (entry->table && !tables.find(entry->name))
            tables.columns.push_back({entry->name, ColumnType::String});
    }
    const auto found = matching(tables, item);
    if (found->empty())
        return refuse(item.at,
                      ErrorCode::UnknownName,
                      fmt::format("no table has a name like '{}'", item.pattern));
    for (const std::string &name : *found) {
        QueryPtr part = tableNamed(name, item.at);
        if (!part)
            return false;
        parts->push_back(std::move(part));
    }
    return true;
}

/// A part with the columns of the whole: missing ones are null or "".
QueryPtr QueryBinder::conform(const QueryPtr &part,
                              const SchemaPtr &schema,
                              const std::vector<std::string> &sources,
                              const std::string &sourceColumn,
                              const std::string &label,
                              const OperatorSyntax &op)
{
    Pipe pipe;
    pipe.query = *part;
    std::vector<Output> outputs;
    for (std::size_t i = 0; i < schema->columns.size(); ++i) {
        const SchemaColumn &column = schema->columns[i];
        const auto place = sources[i].empty() ? std::nullopt : part->schema().find(sources[i]);
        if (place && part->schema().columns[*place].type == column.type) {
            Output output = columnOutput(part->schema().columns[*place]);
            output.name = column.name;
            outputs.push_back(std::move(output));
            continue;
        }
        Binder binder({});
        const bool text = column.type == ColumnType::String;
        const bool named = text && column.name == sourceColumn && sources[i].empty();
        ColumnPtr value = text ? textConstant(ColumnType::String, named ? label : std::string())
                               : nullConstant(column.type);
        NodePtr node = binder.constant(std::move(value), op.at);
        outputs.push_back({column.name,
                           std::make_shared<const Expression>(
                               std::string(), std::move(node), binder.takeColumns())});
    }
    pipe.query.steps.push_back({Project{std::move(outputs)}, schema, op.at, op.name});
    pipe.query.render.reset();
    return std::make_shared<const Query>(std::move(pipe.query));
}

QueryPtr
QueryBinder::unionOf(std::vector<QueryPtr> parts, const OperatorSyntax &op, std::string_view prefix)
{
    const SettingSyntax *setting = op.setting("withsource");
    if (setting == nullptr)
        setting = op.setting("with_source");
    const std::string sourceColumn = op.name == "search"  ? "$table"
                                     : setting != nullptr ? setting->text
                                                          : std::string();
    const bool inner = op.setting("kind") != nullptr && op.setting("kind")->text == "inner";
    // Columns in the order of first appearance; a name with several types stands once for each.
    struct Found
    {
        std::string name;
        std::vector<ColumnType> types;
        std::size_t parts = 0;
    };
    std::vector<Found> found;
    for (const QueryPtr &part : parts) {
        for (const SchemaColumn &column : part->schema().columns) {
            auto known = std::find_if(found.begin(), found.end(), [&](const Found &one) {
                return one.name == column.name;
            });
            if (known == found.end())
                known = found.insert(found.end(), Found{column.name, {}, 0});
            ++known->parts;
            if (std::find(known->types.begin(), known->types.end(), column.type)
                == known->types.end())
                known->types.push_back(column.type);
        }
    }
    auto schema = std::make_shared<Schema>();
    std::vector<std::string> sources;
    if (!sourceColumn.empty()) {
        schema->columns.push_back({sourceColumn, ColumnType::String});
        sources.emplace_back();
    }
    for (const Found &column : found) {
        if ((inner && column.parts != parts.size()) || column.name == sourceColumn)
            continue;
        for (const ColumnType type : column.types) {
            std::string name = column.name;
            if (column.types.size() > 1)
                name += "_" + std::string(typeName(type));
            schema->columns.push_back({freeName(*schema, name), type});
            sources.push_back(column.name);
        }
    }
    UnionSource source;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        source.parts.push_back(
            conform(parts[i], schema, sources, sourceColumn, labelOf(*parts[i], i, prefix), op));
    }
    auto query = std::make_shared<Query>();
    query->source = std::move(source);
    query->sourceSchema = std::move(schema);
    query->at = op.at;
    return query;
}

bool QueryBinder::bindUnion(Pipe &pipe, const OperatorSyntax &op)
{
    const SettingSyntax *fuzzy = op.setting("isfuzzy");
    std::vector<QueryPtr> parts;
    if (pipe.query.sourceSchema)
        parts.push_back(std::make_shared<const Query>(pipe.query));
    for (std::size_t i = 0; i < op.items.size(); ++i) {
        if (!bindUnionPart(op, i, fuzzy != nullptr && fuzzy->text == "true", &parts))
            return false;
    }
    if (parts.empty())
        return refuse(op.at, ErrorCode::UnknownName, "none of the tables of this union exists");
    pipe.query = *unionOf(std::move(parts), op, "union_arg");
    return true;
}

} // namespace sluice::kql
