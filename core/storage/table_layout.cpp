#include "core/storage/table_layout.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace sluice {

namespace {

constexpr std::array<std::pair<SqlType, std::string_view>, 11> kSqlTypes{{
    {SqlType::Boolean, "BOOLEAN"},
    {SqlType::Integer, "INTEGER"},
    {SqlType::BigInt, "BIGINT"},
    {SqlType::Double, "DOUBLE"},
    {SqlType::Decimal, "DECIMAL(38,18)"},
    {SqlType::Varchar, "VARCHAR"},
    {SqlType::Json, "JSON"},
    {SqlType::Timestamp, "TIMESTAMP"},
    {SqlType::TimestampTz, "TIMESTAMP WITH TIME ZONE"},
    {SqlType::Interval, "INTERVAL"},
    {SqlType::Uuid, "UUID"},
}};

bool sameName(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
        return std::tolower(x) == std::tolower(y);
    });
}

bool isControl(unsigned char c)
{
    return c < 0x20 || c == 0x7F;
}

std::string textOf(const Cell &cell)
{
    const auto *text = std::get_if<std::string>(&cell);
    return text == nullptr ? std::string() : *text;
}

std::string createStatement(const std::string &table, const Schema &schema)
{
    std::string columns;
    for (const SchemaColumn &column : visibleColumns(schema)) {
        columns += columns.empty() ? "" : ", ";
        columns += quoteIdentifier(column.name);
        columns += ' ';
        columns += sqlTypeName(sqlTypeFor(column.type));
    }
    return "CREATE TABLE main." + quoteIdentifier(table) + " (" + columns + ")";
}

Result<void> createOrGrow(Connection &connection,
                          const std::string &table,
                          const Schema &schema,
                          const TableDescription &existing)
{
    if (!existing.exists)
        return connection.exec(createStatement(table, schema));
    TRY_ASSIGN(const auto missing, fitTable(existing, table, schema));
    for (const SchemaColumn &column : missing) {
        TRY(connection.exec(fmt::format("ALTER TABLE main.{} ADD COLUMN {} {}",
                                        quoteIdentifier(table),
                                        quoteIdentifier(column.name),
                                        sqlTypeName(sqlTypeFor(column.type)))));
    }
    return {};
}

std::shared_ptr<const TableLayout> layoutOf(const TableDescription &existing, const Schema &schema)
{
    auto layout = std::make_shared<TableLayout>();
    layout->schema = schema;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        const SchemaColumn &column = schema.columns[i];
        if (column.system)
            continue;
        const auto *found = existing.find(column.name);
        const bool known = found != nullptr;
        layout->columns.push_back({known ? found->name : column.name,
                                   column.type,
                                   known ? *sqlTypeFromName(found->type) : sqlTypeFor(column.type),
                                   !known || found->nullable,
                                   i});
    }
    return layout;
}

} // namespace

std::string_view sqlTypeName(SqlType type)
{
    return kSqlTypes.at(static_cast<std::size_t>(type)).second;
}

std::optional<SqlType> sqlTypeFromName(std::string_view name)
{
    for (const auto &[type, word] : kSqlTypes) {
        if (word == name)
            return type;
    }
    return std::nullopt;
}

SqlType sqlTypeFor(ColumnType type)
{
    switch (type) {
    case ColumnType::Bool:
        return SqlType::Boolean;
    case ColumnType::Int:
        return SqlType::Integer;
    case ColumnType::Long:
        return SqlType::BigInt;
    case ColumnType::Real:
        return SqlType::Double;
    case ColumnType::Decimal:
        return SqlType::Decimal;
    case ColumnType::String:
        return SqlType::Varchar;
    case ColumnType::Datetime:
        return SqlType::Timestamp;
    case ColumnType::Timespan:
        return SqlType::Interval;
    case ColumnType::Guid:
        return SqlType::Uuid;
    case ColumnType::Dynamic:
        break;
    }
    return SqlType::Json;
}

bool holds(SqlType target, ColumnType type)
{
    if (target == sqlTypeFor(type))
        return true;
    switch (type) {
    case ColumnType::Int:
        return target == SqlType::BigInt || target == SqlType::Double;
    case ColumnType::Datetime:
        return target == SqlType::TimestampTz;
    case ColumnType::Dynamic:
        return target == SqlType::Varchar;
    default:
        return false;
    }
}

const TableDescription::Column *TableDescription::find(std::string_view name) const
{
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column &column) {
        return sameName(column.name, name);
    });
    return found == columns.end() ? nullptr : &*found;
}

std::optional<Error> checkTableName(std::string_view table)
{
    constexpr std::size_t kLongest = 200;
    if (table.empty())
        return fail(ErrorCode::MissingValue, "the table has no name").take();
    if (table.size() > kLongest)
        return fail(ErrorCode::InvalidValue,
                    "the table's name is longer than {} characters",
                    kLongest)
            .take();
    if (std::any_of(table.begin(), table.end(), isControl))
        return fail(ErrorCode::InvalidValue, "the table's name has a control character in it")
            .take();
    return std::nullopt;
}

std::optional<Error> checkColumnNames(const Schema &schema)
{
    const std::vector<SchemaColumn> columns = visibleColumns(schema);
    if (columns.empty())
        return fail(ErrorCode::SchemaClash, "the events have no columns to make a table of")
            .hint("Declare columns at the source, or choose fields with 'Manage fields'.")
            .take();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string &name = columns[i].name;
        if (name.empty() || std::any_of(name.begin(), name.end(), isControl))
            return fail(
                       ErrorCode::SchemaClash, "column {} has no name that a table can have", i + 1)
                .hint("Rename it with 'Manage fields'.")
                .take();
        for (std::size_t j = 0; j < i; ++j) {
            if (sameName(name, columns[j].name))
                return fail(ErrorCode::SchemaClash,
                            "columns '{}' and '{}' have one name for a database, which does not "
                            "tell capitals from small letters",
                            columns[j].name,
                            name)
                    .hint("Rename one of them with 'Manage fields'.")
                    .take();
        }
    }
    return std::nullopt;
}

Result<TableDescription> describeTable(Connection &connection, const std::string &table)
{
    const std::string which = "schema_name = 'main' AND database_name = current_database() AND "
                              "lower(table_name) = lower("
                              + quoteText(table) + ")";
    TableDescription description;
    TRY_ASSIGN(const QueryResult columns,
               connection.query("SELECT column_name, data_type, is_nullable, column_default IS NOT "
                                "NULL FROM duckdb_columns() WHERE "
                                + which + " ORDER BY column_index"));
    for (const auto &row : columns.rows)
        description.columns.push_back(
            {textOf(row[0]), textOf(row[1]), row[2] == Cell{true}, row[3] == Cell{true}});
    description.exists = !description.columns.empty();
    if (!description.exists)
        return description;
    TRY_ASSIGN(const QueryResult tables,
               connection.query("SELECT table_name FROM duckdb_tables() WHERE " + which));
    description.isView = tables.rows.empty();
    TRY_ASSIGN(const QueryResult constraints,
               connection.query("SELECT constraint_text FROM duckdb_constraints() WHERE " + which
                                + " AND constraint_type <> 'NOT NULL'"));
    for (const auto &row : constraints.rows)
        description.constraints.push_back(textOf(row[0]));
    return description;
}

Result<std::vector<SchemaColumn>>
fitTable(const TableDescription &existing, const std::string &table, const Schema &schema)
{
    if (existing.isView)
        return fail(ErrorCode::SchemaClash, "'{}' is a view, not a table", table)
            .hint("Write to another table.");
    if (!existing.constraints.empty())
        return fail(ErrorCode::SchemaClash,
                    "table '{}' has the constraint {}: one event that breaks it would hold up all "
                    "others",
                    table,
                    existing.constraints.front())
            .hint("Write to another table, or remove the constraint.");
    std::vector<SchemaColumn> missing;
    const std::vector<SchemaColumn> columns = visibleColumns(schema);
    for (const SchemaColumn &column : columns) {
        const auto *found = existing.find(column.name);
        if (found == nullptr) {
            missing.push_back(column);
            continue;
        }
        const auto target = sqlTypeFromName(found->type);
        if (!target || !holds(*target, column.type))
            return fail(ErrorCode::SchemaClash,
                        "column '{}' of table '{}' is {}, but the events bring {} ({})",
                        found->name,
                        table,
                        found->type,
                        typeName(column.type),
                        sqlTypeName(sqlTypeFor(column.type)))
                .hint(fmt::format("Cast or rename '{}' with 'Manage fields', or write to another "
                                  "table.",
                                  column.name));
    }
    for (const auto &column : existing.columns) {
        const bool written =
            std::any_of(columns.begin(), columns.end(), [&](const SchemaColumn &incoming) {
                return sameName(incoming.name, column.name);
            });
        if (!written && !column.nullable && !column.hasDefault)
            return fail(ErrorCode::SchemaClash,
                        "column '{}' of table '{}' must not be null, and the events do not have it",
                        column.name,
                        table)
                .hint("Add it with 'Manage fields', or write to another table.");
    }
    return missing;
}

Result<std::shared_ptr<const TableLayout>>
ensureTable(Connection &connection, const std::string &table, const Schema &schema)
{
    if (auto error = checkTableName(table))
        return fail(std::move(*error));
    if (auto error = checkColumnNames(schema))
        return fail(std::move(*error));
    const std::scoped_lock lock(connection.database().schemaMutex());
    TRY_ASSIGN(const TableDescription before, describeTable(connection, table));
    TRY(connection.exec("BEGIN TRANSACTION"));
    auto outcome = createOrGrow(connection, table, schema, before);
    if (outcome)
        outcome = connection.exec("COMMIT");
    if (!outcome) {
        (void)connection.exec("ROLLBACK");
        return fail(std::move(outcome).error());
    }
    TRY(connection.database().syncNewNames());
    TRY_ASSIGN(const TableDescription after, describeTable(connection, table));
    return layoutOf(after, schema);
}

} // namespace sluice
