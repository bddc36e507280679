#include "core/storage/query_answer.h"

#include "core/event/datetime.h"
#include "core/storage/kql_query.h"
#include "core/storage/query_text.h"
#include "core/storage/sql_query.h"

#include <algorithm>

namespace sluice {

namespace {

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos)
        return {};
    const std::size_t end = text.find_last_not_of(" \t\r\n;");
    return end == std::string_view::npos || end < begin ? std::string_view()
                                                        : text.substr(begin, end - begin + 1);
}

std::vector<std::string_view> wordsOf(std::string_view text)
{
    std::vector<std::string_view> words;
    while (!(text = trimmed(text)).empty()) {
        const std::size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

/// Puts rows into batches, cell by cell.
class AnswerBuilder
{
public:
    explicit AnswerBuilder(Schema schema)
        : m_schema(std::make_shared<Schema>(schema))
    {
        m_answer.schema = std::move(schema);
    }

    /// The next row; its cells are null until they are set.
    void addRow()
    {
        if (m_answer.batches.empty() || m_answer.batches.back().rows == kBatchRows)
            addBatch();
        Batch &batch = m_answer.batches.back();
        batch.selection = Selection(++batch.rows);
        for (Column *column : m_columns)
            extend(*column);
    }
    void setText(std::size_t column, std::string_view text)
    {
        Column &values = *m_columns[column];
        values.valid.back() = 1;
        values.texts.back() = values.arena.copy(text);
    }
    Column &column(std::size_t column) { return *m_columns[column]; }

    QueryAnswer take() { return std::move(m_answer); }

private:
    void addBatch()
    {
        Batch &batch = m_answer.batches.emplace_back();
        batch.schema = m_schema;
        m_columns.clear();
        for (const SchemaColumn &column : m_schema->columns) {
            auto values = std::make_shared<Column>();
            values->reset(column.type, 0);
            m_columns.push_back(values.get());
            batch.columns.push_back(std::move(values));
        }
    }
    static void extend(Column &column)
    {
        column.valid.push_back(0);
        switch (column.storage()) {
        case Storage::Byte:
            column.bytes.push_back(0);
            break;
        case Storage::Integer:
            column.integers.push_back(0);
            break;
        case Storage::Float:
            column.floats.push_back(0);
            break;
        case Storage::Text:
            column.texts.emplace_back();
            break;
        }
    }

    std::shared_ptr<const Schema> m_schema; // shared with the batches
    std::vector<Column *> m_columns;
    QueryAnswer m_answer;
};

/// The T of `.show table T schema`; one with odd letters may stand as ['odd name'].
std::string_view tableName(std::string_view text)
{
    const auto words = wordsOf(text);
    const char *begin = words[2].data();
    std::string_view name = trimmed({begin, static_cast<std::size_t>(words.back().data() - begin)});
    if (name.size() > 4 && (name.starts_with("['") || name.starts_with("[\"")))
        name = name.substr(2, name.size() - 4);
    return name;
}

/// `.show tables`, `.show table T schema`: the only commands; they are no KQL.
Result<QueryAnswer> answerCommand(Database &database, std::string_view text)
{
    const auto words = wordsOf(text);
    if (words.size() == 2 && words[0] == ".show" && words[1] == "tables") {
        TRY_ASSIGN(const auto names, kqlTableNames(database));
        AnswerBuilder builder({{{"TableName", ColumnType::String}}});
        for (const std::string &name : names) {
            builder.addRow();
            builder.setText(0, name);
        }
        return builder.take();
    }
    if (words.size() >= 4 && words[0] == ".show" && words[1] == "table"
        && words.back() == "schema") {
        const std::string_view name = tableName(text);
        TRY_ASSIGN(const auto schema, kqlTableSchema(database, name));
        if (!schema)
            return fail(ErrorCode::UnknownName, "there is no table '{}'", name)
                .hint("'.show tables' lists them.");
        AnswerBuilder builder(
            {{{"ColumnName", ColumnType::String}, {"ColumnType", ColumnType::String}}});
        for (const SchemaColumn &column : schema->columns) {
            builder.addRow();
            builder.setText(0, column.name);
            builder.setText(1, typeName(column.type));
        }
        return builder.take();
    }
    return fail(ErrorCode::NotSupported, "the command '{}' is not supported", text)
        .hint("Commands are '.show tables' and '.show table NAME schema'.");
}

/// What all cells of a column are; text when they differ.
ColumnType typeOf(const QueryResult &result, std::size_t column)
{
    std::optional<ColumnType> type;
    for (const auto &row : result.rows) {
        const Cell &cell = row[column];
        if (std::holds_alternative<std::monostate>(cell))
            continue;
        const ColumnType one = std::holds_alternative<bool>(cell)           ? ColumnType::Bool
                               : std::holds_alternative<std::int64_t>(cell) ? ColumnType::Long
                               : std::holds_alternative<double>(cell)       ? ColumnType::Real
                                                                            : ColumnType::String;
        if (type && *type != one)
            return ColumnType::String;
        type = one;
    }
    return type.value_or(ColumnType::String);
}

QueryAnswer fromResult(const QueryResult &result)
{
    Schema schema;
    for (std::size_t i = 0; i < result.columns.size(); ++i)
        schema.columns.push_back({result.columns[i].name, typeOf(result, i)});
    AnswerBuilder builder(schema);
    for (const auto &row : result.rows) {
        builder.addRow();
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (std::holds_alternative<std::monostate>(row[i]))
                continue;
            Column &column = builder.column(i);
            column.valid.back() = 1;
            if (column.type == ColumnType::Bool)
                column.bytes.back() = std::get<bool>(row[i]) ? 1 : 0;
            else if (column.type == ColumnType::Long)
                column.integers.back() = std::get<std::int64_t>(row[i]);
            else if (column.type == ColumnType::Real)
                column.floats.back() = std::get<double>(row[i]);
            else
                builder.setText(i, valueText(row[i]));
        }
    }
    QueryAnswer answer = builder.take();
    answer.truncated = result.truncated;
    answer.fromSql = true;
    return answer;
}

} // namespace

std::size_t QueryAnswer::rows() const
{
    std::size_t count = 0;
    for (const Batch &batch : batches)
        count += batch.rows;
    return count;
}

Result<QueryAnswer>
answerQuery(Database &database, const QueryRequest &request, const std::stop_token &stop)
{
    if (request.language == QueryLanguage::Sql) {
        SqlOptions options;
        options.rowLimit = request.rowLimit;
        options.timeLimit = request.timeLimit;
        options.stop = stop;
        TRY_ASSIGN(const QueryResult result, runSql(database, request.text, options));
        return fromResult(result);
    }
    if (const std::string_view text = trimmed(request.text); text.starts_with('.'))
        return answerCommand(database, text);
    KqlOptions options;
    options.rowLimit = request.rowLimit;
    options.timeLimit = request.timeLimit;
    options.stop = stop;
    TRY_ASSIGN(KqlResult result, runKql(database, request.text, options));
    QueryAnswer answer;
    answer.schema = *result.schema;
    answer.batches = std::move(result.batches);
    answer.truncated = result.truncated;
    if (result.render)
        answer.render = AnswerRender{result.render->kind, result.render->properties};
    return answer;
}

void appendAnswerJson(const QueryAnswer &answer,
                      const Column &column,
                      std::size_t row,
                      std::string *out)
{
    if (answer.fromSql && column.valid[row] == 0)
        *out += "null";
    else
        appendValueJson(column, row, out);
}

} // namespace sluice
