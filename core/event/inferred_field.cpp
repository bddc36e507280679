#include "core/event/inferred_field.h"

#include "core/event/json_value_type.h"

#include <simdjson.h>

#include <algorithm>

namespace sluice {

namespace {

constexpr int kMostDepth = 8;
constexpr std::size_t kMostFields = 500; // of one object: more are keys of a map, not fields

bool isPlainName(std::string_view name)
{
    const auto isPart = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || c == '_';
    };
    return !name.empty() && !(name.front() >= '0' && name.front() <= '9')
           && std::all_of(name.begin(), name.end(), isPart);
}

std::string pathInside(const std::string &path, std::string_view name)
{
    if (path.empty())
        return std::string(name);
    if (isPlainName(name))
        return path + "." + std::string(name);
    std::string text = path + "['";
    for (const char c : name) {
        if (c == '\'' || c == '\\')
            text += '\\';
        text += c;
    }
    return text + "']";
}

InferredField *fieldOf(std::vector<InferredField> &fields, std::string_view name, std::string path)
{
    for (InferredField &field : fields) {
        if (field.name == name)
            return &field;
    }
    if (fields.size() == kMostFields)
        return nullptr;
    InferredField made;
    made.name = name;
    made.path = std::move(path);
    return &fields.emplace_back(std::move(made));
}

void note(InferredField &field, const simdjson::dom::element &value)
{
    ++field.records;
    const auto type = jsonValueType(value);
    if (!type)
        return;
    if (std::find(field.types.begin(), field.types.end(), *type) != field.types.end())
        return;
    field.type = field.types.empty() ? *type : widenedType(field.type, *type);
    field.types.push_back(*type);
}

void look(InferredField &field, const simdjson::dom::element &value, int depth);

void lookInside(std::vector<InferredField> &fields,
                const std::string &path,
                const simdjson::dom::object &object,
                int depth)
{
    for (const auto &[key, value] : object) {
        if (InferredField *field = fieldOf(fields, key, pathInside(path, key)))
            look(*field, value, depth);
    }
}

void look(InferredField &field, const simdjson::dom::element &value, int depth)
{
    note(field, value);
    if (depth == kMostDepth)
        return;
    simdjson::dom::object object;
    simdjson::dom::array array;
    if (value.get_object().get(object) == simdjson::SUCCESS)
        lookInside(field.children, field.path, object, depth + 1);
    else if (value.get_array().get(array) == simdjson::SUCCESS) {
        for (const simdjson::dom::element element : array) {
            if (InferredField *inner = fieldOf(field.children, "[0]", field.path + "[0]"))
                look(*inner, element, depth + 1);
        }
    }
}

} // namespace

std::vector<InferredField> inferFields(const std::vector<std::string> &records)
{
    std::vector<InferredField> fields;
    simdjson::dom::parser parser;
    for (const std::string &record : records) {
        simdjson::dom::object object;
        if (parser.parse(record).get_object().get(object) == simdjson::SUCCESS)
            lookInside(fields, {}, object, 0);
    }
    return fields;
}

std::vector<const InferredField *> fieldsInside(const InferredField &field)
{
    std::vector<const InferredField *> all;
    for (const InferredField &child : field.children) {
        all.push_back(&child);
        const auto inner = fieldsInside(child);
        all.insert(all.end(), inner.begin(), inner.end());
    }
    return all;
}

} // namespace sluice
