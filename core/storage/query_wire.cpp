#include "core/storage/query_wire.h"

#include "core/base/value_json.h"

#include <cstring>
#include <limits>

namespace sluice {

namespace {

constexpr int kProtocol = 1;

Failure unusable()
{
    return fail(ErrorCode::UnusableAnswer, "the other process speaks another language")
        .hint("Use the same version of Sluice for both.");
}

std::string textAt(const Value &map, std::string_view key)
{
    const Value *value = map.find(key);
    return value != nullptr && value->asString() != nullptr ? *value->asString() : std::string();
}

std::int64_t numberAt(const Value &map, std::string_view key)
{
    const Value *value = map.find(key);
    return value != nullptr && value->asInteger() != nullptr ? *value->asInteger() : 0;
}

bool flagAt(const Value &map, std::string_view key)
{
    const Value *value = map.find(key);
    return value != nullptr && value->asBool() != nullptr && *value->asBool();
}

template<typename T>
void append(std::string &out, const T *values, std::size_t count)
{
    const std::size_t before = out.size();
    out.resize(before + count * sizeof(T));
    if (count > 0)
        std::memcpy(out.data() + before, values, count * sizeof(T));
}

/// Takes values off the front of bytes that another process wrote.
class Reader
{
public:
    explicit Reader(std::string_view bytes)
        : m_bytes(bytes)
    {}

    template<typename T>
    bool read(T *values, std::size_t count)
    {
        if (count > m_bytes.size() / sizeof(T))
            return false;
        if (count > 0)
            std::memcpy(values, m_bytes.data(), count * sizeof(T));
        m_bytes.remove_prefix(count * sizeof(T));
        return true;
    }
    bool readText(std::size_t size, std::string_view *text)
    {
        if (size > m_bytes.size())
            return false;
        *text = m_bytes.substr(0, size);
        m_bytes.remove_prefix(size);
        return true;
    }
    bool atEnd() const { return m_bytes.empty(); }

private:
    std::string_view m_bytes;
};

void appendColumn(std::string &out, const Column &column, std::size_t first, std::size_t rows)
{
    append(out, column.valid.data() + first, rows);
    switch (column.storage()) {
    case Storage::Byte:
        append(out, column.bytes.data() + first, rows);
        return;
    case Storage::Integer:
        append(out, column.integers.data() + first, rows);
        return;
    case Storage::Float:
        append(out, column.floats.data() + first, rows);
        return;
    case Storage::Text:
        break;
    }
    const auto sizeOf = [&](std::size_t row) {
        return column.valid[row] == 0 ? 0 : column.texts[row].size();
    };
    for (std::size_t row = first; row < first + rows; ++row) {
        const auto size = static_cast<std::uint32_t>(sizeOf(row));
        append(out, &size, 1);
    }
    for (std::size_t row = first; row < first + rows; ++row)
        out.append(column.texts[row].data(), sizeOf(row));
}

bool readColumn(Reader &reader, Column &column, std::size_t rows)
{
    column.reset(column.type, rows);
    if (!reader.read(column.valid.data(), rows))
        return false;
    switch (column.storage()) {
    case Storage::Byte:
        return reader.read(column.bytes.data(), rows);
    case Storage::Integer:
        return reader.read(column.integers.data(), rows);
    case Storage::Float:
        return reader.read(column.floats.data(), rows);
    case Storage::Text:
        break;
    }
    std::vector<std::uint32_t> sizes(rows);
    if (!reader.read(sizes.data(), rows))
        return false;
    for (std::size_t row = 0; row < rows; ++row) {
        std::string_view text;
        if (!reader.readText(sizes[row], &text))
            return false;
        column.texts[row] = column.valid[row] == 0 ? std::string_view() : column.arena.copy(text);
    }
    return true;
}

} // namespace

std::string questionText(const QueryRequest &request)
{
    Value map;
    map.set("sluice", kProtocol);
    map.set("language", request.language == QueryLanguage::Sql ? "sql" : "kql");
    map.set("query", request.text);
    map.set("rows",
            static_cast<std::int64_t>(
                std::min<std::size_t>(request.rowLimit, std::numeric_limits<std::int64_t>::max())));
    map.set("milliseconds", static_cast<std::int64_t>(request.timeLimit.count()));
    return map.toJson();
}

Result<QueryRequest> questionFrom(std::string_view text)
{
    const auto map = valueFromJson(text);
    if (!map || numberAt(*map, "sluice") != kProtocol)
        return unusable();
    QueryRequest request;
    request.text = textAt(*map, "query");
    request.language = textAt(*map, "language") == "sql" ? QueryLanguage::Sql : QueryLanguage::Kql;
    const std::int64_t rows = numberAt(*map, "rows");
    const std::int64_t milliseconds = numberAt(*map, "milliseconds");
    if (request.text.empty() || rows < 0 || milliseconds < 0)
        return unusable();
    request.rowLimit = static_cast<std::size_t>(rows);
    request.timeLimit = std::chrono::milliseconds(milliseconds);
    return request;
}

std::string failureText(const Error &error)
{
    Value map;
    map.set("code", static_cast<int>(error.code));
    map.set("message", error.message);
    map.set("hint", error.hint);
    return map.toJson();
}

Error failureFrom(std::string_view text)
{
    const auto map = valueFromJson(text);
    if (!map)
        return unusable().take();
    return {static_cast<ErrorCode>(numberAt(*map, "code")),
            textAt(*map, "message"),
            textAt(*map, "hint"),
            {},
            {}};
}

std::string headText(const QueryAnswer &answer)
{
    ValueList columns;
    for (const SchemaColumn &column : answer.schema.columns) {
        Value one;
        one.set("name", column.name);
        one.set("type", typeName(column.type));
        columns.push_back(std::move(one));
    }
    Value map;
    map.set("columns", std::move(columns));
    map.set("truncated", answer.truncated);
    map.set("sql", answer.fromSql);
    if (answer.render) {
        map.set("render", answer.render->kind);
        ValueList properties;
        for (const auto &[name, value] : answer.render->properties)
            properties.emplace_back(ValueList{name, value});
        map.set("properties", std::move(properties));
    }
    return map.toJson();
}

Result<QueryAnswer> headFrom(std::string_view text)
{
    const auto map = valueFromJson(text);
    const Value *columns = map ? map->find("columns") : nullptr;
    if (columns == nullptr || columns->asList() == nullptr)
        return unusable();
    QueryAnswer answer;
    for (const Value &column : *columns->asList()) {
        const auto type = typeFromName(textAt(column, "type"));
        if (!type)
            return unusable();
        answer.schema.columns.push_back({textAt(column, "name"), *type});
    }
    answer.truncated = flagAt(*map, "truncated");
    answer.fromSql = flagAt(*map, "sql");
    if (map->find("render") == nullptr)
        return answer;
    answer.render = AnswerRender{textAt(*map, "render"), {}};
    const Value *properties = map->find("properties");
    if (properties == nullptr || properties->asList() == nullptr)
        return answer;
    for (const Value &property : *properties->asList()) {
        const ValueList *pair = property.asList();
        if (pair == nullptr || pair->size() != 2 || (*pair)[0].asString() == nullptr
            || (*pair)[1].asString() == nullptr)
            return unusable();
        answer.render->properties.emplace_back(*(*pair)[0].asString(), *(*pair)[1].asString());
    }
    return answer;
}

std::string batchBytes(const Batch &batch, std::size_t first, std::size_t rows)
{
    std::string out;
    const auto count = static_cast<std::uint32_t>(rows);
    append(out, &count, 1);
    for (const ColumnPtr &column : batch.columns)
        appendColumn(out, *column, first, rows);
    return out;
}

Result<Batch> batchFrom(std::string_view bytes, const std::shared_ptr<const Schema> &schema)
{
    Reader reader(bytes);
    std::uint32_t rows = 0;
    if (!reader.read(&rows, 1) || rows > kBatchRows)
        return unusable();
    Batch batch;
    batch.schema = schema;
    batch.rows = rows;
    batch.selection = Selection(rows);
    for (const SchemaColumn &column : schema->columns) {
        auto values = std::make_shared<Column>();
        values->type = column.type;
        if (!readColumn(reader, *values, rows))
            return unusable();
        batch.columns.push_back(std::move(values));
    }
    if (!reader.atEnd())
        return unusable();
    return batch;
}

} // namespace sluice
