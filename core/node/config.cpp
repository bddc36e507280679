#include "core/node/config.h"

#include "core/base/units.h"

#include <cmath>

namespace sluice {

const Value &Config::value(std::string_view field) const
{
    static const Value kNone;
    for (const auto &[name, value] : m_values) {
        if (name == field)
            return value;
    }
    return kNone;
}

std::string Config::text(std::string_view field) const
{
    const std::string *text = value(field).asString();
    return text == nullptr ? std::string() : *text;
}

bool Config::boolean(std::string_view field) const
{
    const bool *truth = value(field).asBool();
    return truth != nullptr && *truth;
}

std::int64_t Config::integer(std::string_view field) const
{
    const Value &number = value(field);
    if (const std::int64_t *integer = number.asInteger())
        return *integer;
    const double *real = number.asReal();
    return real == nullptr ? 0 : static_cast<std::int64_t>(std::llround(*real));
}

double Config::real(std::string_view field) const
{
    return value(field).asNumber().value_or(0);
}

TickSpan Config::duration(std::string_view field) const
{
    const std::string *text = value(field).asString();
    return text == nullptr ? 0 : parseDuration(*text).value_or(0);
}

std::int64_t Config::byteSize(std::string_view field) const
{
    if (const std::string *text = value(field).asString())
        return parseByteSize(*text).value_or(0);
    return integer(field);
}

std::vector<std::string> Config::texts(std::string_view field) const
{
    std::vector<std::string> texts;
    if (const ValueList *list = value(field).asList()) {
        for (const Value &item : *list) {
            if (const std::string *text = item.asString())
                texts.push_back(*text);
        }
    }
    return texts;
}

std::vector<SchemaColumn> Config::schemaColumns(std::string_view field) const
{
    std::vector<SchemaColumn> columns;
    const ValueList *list = value(field).asList();
    if (list == nullptr)
        return columns;
    for (const Value &item : *list) {
        const Value *name = item.find("name");
        const Value *type = item.find("type");
        if (name == nullptr || name->asString() == nullptr)
            continue;
        SchemaColumn column{*name->asString(), ColumnType::Dynamic};
        if (type != nullptr && type->asString() != nullptr)
            column.type = typeFromName(*type->asString()).value_or(ColumnType::Dynamic);
        columns.push_back(std::move(column));
    }
    return columns;
}

Config Config::group(std::string_view field) const
{
    const ValueMap *map = value(field).asMap();
    return map == nullptr ? Config() : Config(*map);
}

std::vector<Config> Config::rows(std::string_view field) const
{
    std::vector<Config> rows;
    if (const ValueList *list = value(field).asList()) {
        for (const Value &item : *list)
            rows.push_back(item.asMap() == nullptr ? Config() : Config(*item.asMap()));
    }
    return rows;
}

void Config::set(std::string_view field, Value value)
{
    for (auto &[name, old] : m_values) {
        if (name == field) {
            old = std::move(value);
            return;
        }
    }
    m_values.emplace_back(std::string(field), std::move(value));
}

} // namespace sluice
