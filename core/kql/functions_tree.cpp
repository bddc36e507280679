// treepath, bag_zip, bag_pack_columns.
#include "core/kql/array_values.h"
#include "core/kql/binder.h"
#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"

#include <algorithm>

namespace sluice::kql {

namespace {

constexpr std::size_t kMaxPaths = 10'000;

/// Collects ['a']['b'] for every key on the way to a leaf; all elements of an array share [0].
class Paths
{
public:
    void add(std::string_view json, const std::string &path)
    {
        json = jsonTrim(json);
        const JsonKind kind = jsonKind(json);
        if (kind == JsonKind::Object) {
            std::string_view key;
            std::string_view value;
            for (JsonObject members(json); members.next(&key, &value);) {
                const std::string below = path + "['" + std::string(key) + "']";
                put(below);
                add(value, below);
            }
        } else if (kind == JsonKind::Array) {
            const std::string below = path + "[0]";
            std::string_view element;
            for (JsonArray elements(json); elements.next(&element);) {
                put(below);
                add(element, below);
            }
        }
    }

    /// A JSON array of strings; the keys in the paths are escaped as JSON already.
    void write(std::string *json) const
    {
        *json = "[";
        for (const std::string &path : m_paths)
            json->append(json->size() > 1 ? ",\"" : "\"").append(path).append("\"");
        *json += ']';
    }

private:
    void put(const std::string &path)
    {
        if (m_paths.size() < kMaxPaths
            && std::find(m_paths.begin(), m_paths.end(), path) == m_paths.end())
            m_paths.push_back(path);
    }

    std::vector<std::string> m_paths;
};

std::string_view treePaths(Call &call, std::string_view json)
{
    const JsonKind kind = jsonKind(jsonTrim(json));
    if (kind != JsonKind::Object && kind != JsonKind::Array)
        return {};
    Paths paths;
    paths.add(json, {});
    paths.write(&call.scratch.text);
    return call.keep(call.scratch.text);
}

/// Keys that are no strings are left out with their values; a key without a value gets null.
std::string_view zipBag(Call &call, std::string_view keys, std::string_view values)
{
    if (!isJsonArray(keys))
        return {};
    std::string &json = call.scratch.text;
    json = "{";
    std::vector<std::string_view> seen;
    const auto elements = arrayElements(isJsonArray(values) ? values : std::string_view());
    std::size_t place = 0;
    std::string_view key;
    for (JsonArray list(jsonTrim(keys)); list.next(&key); ++place) {
        if (jsonKind(key) != JsonKind::String
            || std::find(seen.begin(), seen.end(), key) != seen.end())
            continue;
        seen.push_back(key);
        if (json.size() > 1)
            json += ',';
        json.append(key).append(":");
        json += place < elements.size() ? elements[place] : std::string_view("null");
    }
    json += '}';
    return call.keep(json);
}

NodePtr bindPackColumns(Binder &binder,
                        const Function &function,
                        const Position &at,
                        std::vector<NodePtr> arguments)
{
    std::vector<NodePtr> pairs;
    for (NodePtr &argument : arguments) {
        if (argument->kind != NodeKind::Column)
            return binder.refuse(argument->at,
                                 ErrorCode::WrongArguments,
                                 fmt::format("{}() takes names of columns only", function.name),
                                 "For other values write bag_pack('name', value).");
        const std::string name = binder.columnName(*argument);
        pairs.push_back(binder.constant(textConstant(ColumnType::String, name), argument->at));
        pairs.push_back(std::move(argument));
    }
    return binder.call("bag_pack", at, std::move(pairs));
}

} // namespace

std::vector<Function> treeFunctions()
{
    return {
        {.name = "treepath",
         .help = "The paths of all parts of a dynamic value.",
         .example = "treepath(attributes)",
         .overloads = {{"value: dynamic -> dynamic", rows<treePaths>}}},
        {.name = "bag_zip",
         .help = "A property bag of an array of keys and one of values.",
         .example = "bag_zip(names, values)",
         .overloads = {{"keys: dynamic, values: dynamic -> dynamic", rows<zipBag>}}},
        {.name = "bag_pack_columns",
         .help = "A property bag of columns, under their names.",
         .example = "bag_pack_columns(id, temp)",
         .overloads = {{"column: any, more: any... -> dynamic"}},
         .bind = bindPackColumns},
    };
}

} // namespace sluice::kql
