#include "core/base/value.h"

#include "core/base/value_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

std::string_view referenceKey(ReferenceKind kind)
{
    switch (kind) {
    case ReferenceKind::Parameter:
        return "param";
    case ReferenceKind::Environment:
        return "env";
    case ReferenceKind::Secret:
        break;
    }
    return "secret";
}

/// Shortest text that reads back to the same number; stays a real: "20.0".
std::string realText(double value)
{
    if (!std::isfinite(value))
        return "null";
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".e") == std::string::npos)
        text += ".0";
    return text;
}

struct JsonWriter
{
    std::string &out;

    void operator()(std::monostate) const { out += "null"; }
    void operator()(bool value) const { out += value ? "true" : "false"; }
    void operator()(std::int64_t value) const { out += std::to_string(value); }
    void operator()(double value) const { out += realText(value); }
    void operator()(const std::string &value) const { out += jsonString(value); }
    void operator()(const ValueList &list) const
    {
        out += '[';
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i > 0)
                out += ", ";
            out += list[i].toJson();
        }
        out += ']';
    }
    void operator()(const ValueMap &map) const
    {
        out += '{';
        for (std::size_t i = 0; i < map.size(); ++i) {
            if (i > 0)
                out += ", ";
            out += jsonString(map[i].first);
            out += ": ";
            out += map[i].second.toJson();
        }
        out += '}';
    }
    void operator()(const Reference &reference) const
    {
        out +=
            fmt::format("{{\"{}\": {}}}", referenceKey(reference.kind), jsonString(reference.name));
    }
};

} // namespace

std::optional<double> Value::asNumber() const
{
    if (const std::int64_t *integer = asInteger())
        return static_cast<double>(*integer);
    if (const double *real = asReal())
        return *real;
    return std::nullopt;
}

const Value *Value::find(std::string_view key) const
{
    const ValueMap *map = asMap();
    if (map == nullptr)
        return nullptr;
    const auto it = std::find_if(
        map->begin(), map->end(), [&](const auto &entry) { return entry.first == key; });
    return it == map->end() ? nullptr : &it->second;
}

void Value::set(std::string_view key, Value value)
{
    if (asMap() == nullptr)
        m_data = ValueMap{};
    for (auto &[name, old] : *asMap()) {
        if (name == key) {
            old = std::move(value);
            return;
        }
    }
    asMap()->emplace_back(std::string(key), std::move(value));
}

void Value::erase(std::string_view key)
{
    if (ValueMap *map = asMap())
        std::erase_if(*map, [&](const auto &entry) { return entry.first == key; });
}

std::string Value::toJson() const
{
    std::string text;
    std::visit(JsonWriter{text}, m_data);
    return text;
}

} // namespace sluice
