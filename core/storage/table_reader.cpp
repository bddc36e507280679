#include "core/storage/table_reader.h"

#include "core/event/datetime.h"
#include "core/event/field_writer.h"
#include "core/event/json_text.h"
#include "core/storage/decimal_text.h"
#include "core/storage/value_text.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace sluice {

namespace {

/// How a value lies in the query's result.
enum class Form { Boolean, Integer, Real, Moment, Span, Decimal, Text, Json };

struct SourceColumn
{
    std::string name;
    std::string type; // DuckDB's word
};

bool startsWith(std::string_view text, std::string_view start)
{
    return text.substr(0, start.size()) == start;
}

bool isNested(std::string_view type)
{
    return type.find('[') != std::string_view::npos || startsWith(type, "STRUCT")
           || startsWith(type, "MAP") || startsWith(type, "UNION");
}

Form formOf(std::string_view type)
{
    if (isNested(type) || type == "JSON")
        return Form::Json;
    if (type == "BOOLEAN")
        return Form::Boolean;
    if (type == "TINYINT" || type == "SMALLINT" || type == "INTEGER" || type == "BIGINT"
        || type == "UTINYINT" || type == "USMALLINT" || type == "UINTEGER")
        return Form::Integer;
    if (type == "FLOAT" || type == "DOUBLE")
        return Form::Real;
    if (startsWith(type, "TIMESTAMP") || type == "DATE")
        return Form::Moment;
    if (type == "INTERVAL" || type == "TIME")
        return Form::Span;
    if (startsWith(type, "DECIMAL"))
        return Form::Decimal;
    return Form::Text;
}

ColumnType nearestType(std::string_view type)
{
    switch (formOf(type)) {
    case Form::Boolean:
        return ColumnType::Bool;
    case Form::Integer:
        return type == "BIGINT" || type == "UINTEGER" ? ColumnType::Long : ColumnType::Int;
    case Form::Real:
        return ColumnType::Real;
    case Form::Moment:
        return ColumnType::Datetime;
    case Form::Span:
        return ColumnType::Timespan;
    case Form::Decimal:
        return ColumnType::Decimal;
    case Form::Json:
        return ColumnType::Dynamic;
    case Form::Text:
        break;
    }
    if (type == "HUGEINT" || type == "UBIGINT" || type == "UHUGEINT")
        return ColumnType::Decimal;
    return type == "UUID" ? ColumnType::Guid : ColumnType::String;
}

/// An expression that gives the value in its form: BOOLEAN, BIGINT, DOUBLE or VARCHAR.
std::string expressionFor(const SourceColumn &column)
{
    const std::string name = quoteIdentifier(column.name);
    switch (formOf(column.type)) {
    case Form::Boolean:
    case Form::Decimal:
        return name;
    case Form::Integer:
        return fmt::format("CAST({} AS BIGINT)", name);
    case Form::Real:
        return fmt::format("CAST({} AS DOUBLE)", name);
    case Form::Moment: // a tick is 100 ns
        if (column.type == "TIMESTAMP_NS")
            return fmt::format("epoch_ns({}) // 100", name);
        return fmt::format("epoch_us({}) * 10", name);
    case Form::Span:
        return fmt::format("CAST(round(epoch({}) * 1e7) AS BIGINT)", name);
    case Form::Json:
        return column.type == "JSON" ? fmt::format("CAST({} AS VARCHAR)", name)
                                     : fmt::format("CAST(to_json({}) AS VARCHAR)", name);
    case Form::Text:
        break;
    }
    return fmt::format("CAST({} AS VARCHAR)", name);
}

Result<std::vector<SourceColumn>> describeSource(Connection &connection, const std::string &from)
{
    TRY_ASSIGN(const QueryResult result, connection.query("DESCRIBE SELECT * FROM " + from));
    std::vector<SourceColumn> columns;
    for (const std::vector<Cell> &row : result.rows) {
        const auto *name = std::get_if<std::string>(&row.at(0));
        const auto *type = std::get_if<std::string>(&row.at(1));
        if (name != nullptr && type != nullptr)
            columns.push_back({*name, *type});
    }
    return columns;
}

/// Puts texts into a column by its type. A text that does not fit is null.
class TextWriter
{
public:
    explicit TextWriter(Column &column)
        : m_column(column)
    {}

    bool write(std::size_t row, std::string_view text)
    {
        bool fits = true;
        switch (m_column.type) {
        case ColumnType::Bool:
            fits = writeBool(row, text);
            break;
        case ColumnType::Int:
        case ColumnType::Long:
            fits = writeInteger(row, text);
            break;
        case ColumnType::Real:
            fits = writeReal(row, text);
            break;
        case ColumnType::Datetime:
            fits = writeTicks(row, parseDatetime(text));
            break;
        case ColumnType::Timespan:
            fits = writeTicks(row, parseTimespan(text));
            break;
        case ColumnType::Decimal:
            fits = parseDecimal(text).has_value();
            break;
        case ColumnType::Guid:
            fits = parseGuid(text).has_value();
            break;
        case ColumnType::String:
        case ColumnType::Dynamic:
            break;
        }
        if (fits && m_column.storage() == Storage::Text)
            writeText(row, text);
        m_column.valid[row] = fits ? 1 : 0;
        return fits;
    }

private:
    bool writeBool(std::size_t row, std::string_view text)
    {
        const bool yes = text == "true" || text == "True" || text == "TRUE" || text == "1";
        const bool no = text == "false" || text == "False" || text == "FALSE" || text == "0";
        m_column.bytes[row] = yes ? 1 : 0;
        return yes || no;
    }
    bool writeInteger(std::size_t row, std::string_view text)
    {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        using Limits = std::numeric_limits<std::int32_t>;
        if (error != std::errc() || end != text.data() + text.size()
            || (m_column.type == ColumnType::Int
                && (value < Limits::min() || value > Limits::max())))
            return false;
        m_column.integers[row] = value;
        return true;
    }
    bool writeReal(std::size_t row, std::string_view text)
    {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        m_column.floats[row] = value;
        return error == std::errc() && end == text.data() + text.size();
    }
    bool writeTicks(std::size_t row, std::optional<std::int64_t> ticks)
    {
        m_column.integers[row] = ticks.value_or(0);
        return ticks.has_value();
    }
    void writeText(std::size_t row, std::string_view text)
    {
        if (m_column.type == ColumnType::Dynamic && !isJson(text)) {
            ByteBuffer quoted;
            appendJsonString(quoted, text);
            m_column.texts[row] = m_column.arena.copy(quoted.view());
            return;
        }
        char *place = m_column.arena.allocate(text.size());
        std::copy(text.begin(), text.end(), place);
        if (m_column.type == ColumnType::Guid) {
            for (std::size_t i = 0; i < text.size(); ++i)
                place[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
        }
        m_column.texts[row] = {place, text.size()};
    }

    Column &m_column;
};

std::string textOf(double value)
{
    return fmt::format("{}", value);
}

/// Writes one vector of a result into a column, behind what is there.
class VectorReader
{
public:
    VectorReader(Form form, TextForm texts, Column &column)
        : m_form(form)
        , m_texts(texts)
        , m_column(column)
        , m_text(column)
        , m_field{"", column.type, true, false}
        , m_json(m_field, column)
    {}

    std::uint64_t read(duckdb_vector vector, std::size_t first, std::size_t rows)
    {
        void *data = duckdb_vector_get_data(vector);
        std::uint64_t *validity = duckdb_vector_get_validity(vector);
        std::uint64_t misfits = 0;
        const DecimalVector decimals(vector);
        std::array<char, kDecimalTextBytes> text{};
        for (std::size_t i = 0; i < rows; ++i) {
            if (validity != nullptr && !duckdb_validity_row_is_valid(validity, i))
                continue;
            const bool fits = m_form == Form::Decimal
                                  ? writeDecimal(decimals.text(i, text.data()), first + i)
                                  : readOne(data, i, first + i);
            misfits += fits ? 0 : 1;
        }
        return misfits;
    }

private:
    bool readOne(void *data, std::size_t from, std::size_t to)
    {
        switch (m_form) {
        case Form::Boolean:
            return writeBool(static_cast<bool *>(data)[from], to);
        case Form::Integer:
        case Form::Moment:
        case Form::Span:
            return writeInteger(static_cast<std::int64_t *>(data)[from], to);
        case Form::Real:
            return writeReal(static_cast<double *>(data)[from], to);
        case Form::Decimal:
        case Form::Json:
        case Form::Text:
            break;
        }
        duckdb_string_t &held = static_cast<duckdb_string_t *>(data)[from];
        return writeText({duckdb_string_t_data(&held), duckdb_string_t_length(held)}, to);
    }

    bool writeBool(bool value, std::size_t row)
    {
        if (m_column.type != ColumnType::Bool)
            return m_text.write(row, value ? "true" : "false");
        m_column.bytes[row] = value ? 1 : 0;
        m_column.valid[row] = 1;
        return true;
    }
    bool writeInteger(std::int64_t value, std::size_t row)
    {
        const ColumnType type = m_column.type;
        const bool moment = m_form == Form::Moment;
        const bool span = m_form == Form::Span;
        if ((moment && type == ColumnType::Datetime) || (span && type == ColumnType::Timespan)
            || (m_form == Form::Integer && type == ColumnType::Long)) {
            m_column.integers[row] = value;
            m_column.valid[row] = moment && !isValidTicks(value) ? 0 : 1;
            return m_column.valid[row] != 0;
        }
        if (m_form == Form::Integer && type == ColumnType::Real) {
            m_column.floats[row] = static_cast<double>(value);
            m_column.valid[row] = 1;
            return true;
        }
        char text[kValueTextBytes]; // NOLINT(modernize-avoid-c-arrays): for the format functions
        std::size_t size = 0;
        if (moment)
            size = isValidTicks(value) ? formatDatetime(value, text) : 0;
        else if (span)
            size = formatTimespan(value, text);
        else
            size =
                static_cast<std::size_t>(std::to_chars(text, text + sizeof text, value).ptr - text);
        return m_text.write(row, {text, size});
    }
    bool writeReal(double value, std::size_t row)
    {
        if (m_column.type == ColumnType::Real) {
            m_column.floats[row] = value;
            m_column.valid[row] = 1;
            return true;
        }
        const bool whole = std::floor(value) == value && std::fabs(value) < 0x1p63;
        return m_text.write(
            row, whole ? std::to_string(static_cast<std::int64_t>(value)) : textOf(value));
    }
    bool writeDecimal(std::string_view text, std::size_t row)
    {
        if (m_column.type != ColumnType::Decimal)
            return m_text.write(row, text);
        m_column.texts[row] = m_column.arena.copy(text);
        m_column.valid[row] = 1;
        return true;
    }
    bool writeText(std::string_view text, std::size_t row)
    {
        const bool json = m_form == Form::Json || m_texts == TextForm::Json;
        if (!json)
            return m_text.write(row, text);
        if (text.empty())
            return true;
        // The writer's texts view into what it is given.
        return m_json.write(row, m_column.arena.copy(text));
    }

    Form m_form;
    TextForm m_texts;
    Column &m_column;
    TextWriter m_text;
    DecodeField m_field;
    FieldWriter m_json;
};

/// A result that is given back.
struct Answer
{
    Answer() = default;
    ~Answer() { duckdb_destroy_result(&result); }
    Answer(const Answer &) = delete;
    Answer &operator=(const Answer &) = delete;
    duckdb_result result{};
};

} // namespace

Result<Schema> describeRows(Connection &connection, const std::string &from)
{
    TRY_ASSIGN(const auto columns, describeSource(connection, from));
    Schema schema;
    for (const SourceColumn &column : columns)
        schema.columns.push_back({column.name, nearestType(column.type)});
    return schema;
}

Result<std::vector<std::string>> columnNames(Connection &connection, const std::string &from)
{
    TRY_ASSIGN(const auto columns, describeSource(connection, from));
    std::vector<std::string> names;
    for (const SourceColumn &column : columns)
        names.push_back(column.name);
    return names;
}

Result<TableColumns> readRows(Connection &connection,
                              const std::string &from,
                              const Schema &wanted,
                              TextForm form,
                              std::size_t maxRows)
{
    TRY_ASSIGN(const auto sources, describeSource(connection, from));
    std::string list;
    std::vector<Form> forms;
    for (const SchemaColumn &column : wanted.columns) {
        const auto source = std::find_if(
            sources.begin(), sources.end(), [&](const auto &s) { return s.name == column.name; });
        const bool there = source != sources.end();
        list += (list.empty() ? "" : ", ")
                + (there ? expressionFor(*source) : std::string("CAST(NULL AS VARCHAR)"));
        forms.push_back(there ? formOf(source->type) : Form::Text);
    }
    TRY_ASSIGN(const QueryResult counted, connection.query("SELECT count(*) FROM " + from));
    const auto *count = std::get_if<std::int64_t>(&counted.rows.at(0).at(0));
    const auto rows = static_cast<std::size_t>(count == nullptr ? 0 : *count);
    if (rows > maxRows)
        return fail(ErrorCode::StateLimit, "the table has {} rows, {} at most", rows, maxRows)
            .hint("Raise the limit if the memory is there, or choose a smaller table.");

    TableColumns table;
    table.schema = wanted;
    std::vector<std::shared_ptr<Column>> columns;
    for (const SchemaColumn &column : wanted.columns) {
        columns.push_back(std::make_shared<Column>()); // not from the pool: they are big
        columns.back()->reset(column.type, rows);
    }
    if (!columns.empty() && rows != 0) {
        Answer answer;
        const std::string sql = fmt::format("SELECT {} FROM {}", list, from);
        if (duckdb_query(connection.handle(), sql.c_str(), &answer.result) != DuckDBSuccess)
            return databaseFailure("read the table", duckdb_result_error(&answer.result));
        std::vector<std::unique_ptr<VectorReader>> readers;
        for (std::size_t i = 0; i < columns.size(); ++i)
            readers.push_back(std::make_unique<VectorReader>(forms[i], form, *columns[i]));
        while (table.rows < rows) {
            duckdb_data_chunk chunk = duckdb_fetch_chunk(answer.result);
            if (chunk == nullptr)
                break;
            const std::size_t size =
                std::min<std::size_t>(duckdb_data_chunk_get_size(chunk), rows - table.rows);
            for (std::size_t i = 0; i < columns.size(); ++i)
                table.misfits +=
                    readers[i]->read(duckdb_data_chunk_get_vector(chunk, i), table.rows, size);
            table.rows += size;
            duckdb_destroy_data_chunk(&chunk);
        }
    }
    table.columns.assign(columns.begin(), columns.end());
    return table;
}

} // namespace sluice
