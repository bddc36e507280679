// Functions of property bags (JSON objects).
#include "core/kql/binder.h"
#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/values.h"

#include <algorithm>

namespace sluice::kql {

namespace {

bool isBag(std::string_view json)
{
    return jsonKind(jsonTrim(json)) == JsonKind::Object;
}

void appendRawMember(std::string_view key, std::string_view value, std::string *json)
{
    if (json->back() != '{')
        *json += ',';
    *json += '"';
    *json += key;
    *json += "\":";
    *json += value;
}

void keepRow(Call &call, std::size_t row, std::string_view text)
{
    const std::string_view kept = call.keep(text);
    if (!std::exchange(call.scratch.tooLong, false))
        putValue(call.result, row, kept);
}

bool isAbsent(const Vector &value, std::size_t row)
{
    if (!value.valid(row))
        return true;
    if (value.column->storage() != Storage::Text)
        return false;
    const std::string_view text = value.text(row);
    return text.empty() || (value.column->type == ColumnType::Dynamic && jsonTrim(text) == "null");
}

enum class Absent { Packed, LeftOut };

template<Absent kAbsent>
void pack(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        std::string &json = call.scratch.text;
        json = "{";
        for (std::size_t i = 0; i + 1 < call.arguments.size(); i += 2) {
            if (kAbsent == Absent::LeftOut && isAbsent(call.arguments[i + 1], row))
                continue;
            if (json.size() > 1)
                json += ',';
            jsonQuote(call.arguments[i].text(row), &json);
            json += ':';
            appendJson(call.arguments[i + 1], row, &json);
        }
        json += '}';
        keepRow(call, row, json);
    });
}

NodePtr bindPack(Binder &binder,
                 const Function &function,
                 const Position &at,
                 std::vector<NodePtr> arguments)
{
    if (arguments.size() % 2 != 0)
        return binder.refuse(at,
                             ErrorCode::WrongArguments,
                             fmt::format("{}() needs pairs of key and value", function.name),
                             fmt::format("As in: {}.", function.example));
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
        arguments[i] = binder.convert(arguments[i], ColumnType::String);
        if (!arguments[i])
            return nullptr;
    }
    return binder.callOverload(function, at, std::move(arguments));
}

NodePtr bindPackAll(Binder &binder,
                    const Function &function,
                    const Position &at,
                    std::vector<NodePtr> arguments)
{
    const Schema *schema = binder.context().schema;
    bool leaveOut = false;
    if (arguments.size() == 1 && arguments[0]->isConstant()
        && arguments[0]->type == ColumnType::Bool) {
        leaveOut = arguments[0]->constant->bytes[0] != 0;
        arguments.clear();
    }
    if (!arguments.empty())
        return binder.refuse(at,
                             ErrorCode::WrongArguments,
                             fmt::format("{}() takes true or false at most", function.name),
                             "With true it leaves out what is null or empty.");
    if (schema == nullptr || schema->open)
        return binder.refuse(at,
                             ErrorCode::NotSupported,
                             fmt::format("{}() needs to know all columns", function.name),
                             "Name them: bag_pack('a', a, 'b', b).");
    for (const SchemaColumn &column : schema->columns) {
        arguments.push_back(binder.constant(textConstant(ColumnType::String, column.name), at));
        arguments.push_back(binder.column(column.name, at));
    }
    if (arguments.empty())
        return binder.constant(textConstant(ColumnType::Dynamic, "{}"), at);
    return leaveOut ? binder.callOverload(function, at, std::move(arguments))
                    : binder.call("bag_pack", at, std::move(arguments));
}

std::string_view keysOf(Call &call, std::string_view bag)
{
    if (!isBag(bag))
        return {};
    std::string &json = call.scratch.text;
    json = "[";
    std::string_view key;
    std::string_view value;
    for (JsonObject members(jsonTrim(bag)); members.next(&key, &value);) {
        if (json.size() > 1)
            json += ',';
        json.append("\"").append(key).append("\"");
    }
    json += ']';
    return call.keep(json);
}

/// The first value of a key wins.
void merge(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        std::vector<std::string_view> keys;
        std::string &json = call.scratch.text;
        json = "{";
        bool any = false;
        for (const Vector &argument : call.arguments) {
            any = any || isBag(argument.text(row));
            std::string_view key;
            std::string_view value;
            for (JsonObject members(jsonTrim(argument.text(row))); members.next(&key, &value);) {
                if (std::find(keys.begin(), keys.end(), key) != keys.end())
                    continue;
                keys.push_back(key);
                appendRawMember(key, value, &json);
            }
        }
        json += '}';
        if (any)
            keepRow(call, row, json);
    });
}

/// Steps of "$.a.b", "$['a']" or a plain key.
std::vector<std::string> stepsOf(std::string_view path)
{
    if (!path.starts_with("$"))
        return {std::string(path)};
    path.remove_prefix(1);
    std::vector<std::string> steps;
    while (!path.empty()) {
        const bool dot = path.front() == '.';
        path.remove_prefix(1);
        const std::size_t end =
            std::min(dot ? path.find_first_of(".[") : path.find(']'), path.size());
        std::string_view step = path.substr(0, end);
        path.remove_prefix(dot ? end : std::min(end + 1, path.size()));
        if (!dot && step.size() >= 2 && (step.front() == '\'' || step.front() == '"'))
            step = step.substr(1, step.size() - 2);
        steps.emplace_back(step);
    }
    return steps;
}

std::optional<bool> hasKey(std::string_view bag, std::string_view path)
{
    if (!isBag(bag))
        return std::nullopt;
    std::string_view value = bag;
    for (const std::string &step : stepsOf(path)) {
        const auto index = isBag(value) ? std::nullopt : parseLong(step);
        value = index ? jsonElement(value, *index) : jsonMember(value, step);
        if (value.empty())
            return false;
    }
    return true;
}

void removeInto(std::string_view bag,
                const std::vector<std::vector<std::string>> &paths,
                std::size_t depth,
                std::string *json)
{
    *json += '{';
    std::string_view key;
    std::string_view value;
    for (JsonObject members(jsonTrim(bag)); members.next(&key, &value);) {
        std::vector<std::vector<std::string>> below;
        bool removed = false;
        for (const auto &path : paths) {
            if (path.size() <= depth || !jsonRawEquals(key, path[depth]))
                continue;
            removed = removed || path.size() == depth + 1;
            below.push_back(path);
        }
        if (removed)
            continue;
        if (below.empty() || !isBag(value)) {
            appendRawMember(key, value, json);
            continue;
        }
        appendRawMember(key, {}, json);
        removeInto(value, below, depth + 1, json);
    }
    *json += '}';
}

std::string_view removeKeys(Call &call, std::string_view bag, std::string_view keys)
{
    if (!isBag(bag))
        return {};
    std::vector<std::vector<std::string>> paths;
    std::string_view element;
    for (JsonArray elements(jsonTrim(keys)); elements.next(&element);) {
        std::string key;
        if (jsonKind(element) == JsonKind::String)
            jsonUnescape(element.substr(1, element.size() - 2), &key);
        else
            key = element;
        paths.push_back(stepsOf(key));
    }
    std::string &json = call.scratch.text;
    json.clear();
    removeInto(bag, paths, 0, &json);
    return call.keep(json);
}

/// Sets the value at a path; bags on the way that are not there are made.
void setInto(std::string_view bag,
             const std::vector<std::string> &steps,
             std::size_t depth,
             std::string_view value,
             std::string *json)
{
    *json += '{';
    bool done = false;
    std::string_view key;
    std::string_view old;
    const auto write = [&](std::string_view before) {
        if (depth + 1 == steps.size())
            *json += value;
        else
            setInto(before, steps, depth + 1, value, json);
    };
    for (JsonObject members(jsonTrim(bag)); members.next(&key, &old);) {
        const bool here = !done && jsonRawEquals(key, steps[depth]);
        appendRawMember(key, here ? std::string_view() : old, json);
        if (here)
            write(old);
        done = done || here;
    }
    if (!done) {
        if (json->back() != '{')
            *json += ',';
        jsonQuote(steps[depth], json);
        *json += ':';
        write({});
    }
    *json += '}';
}

void setKey(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        const std::string_view bag = call.arguments[0].text(row);
        const std::vector<std::string> steps = stepsOf(call.arguments[1].text(row));
        if (!isBag(bag) || steps.empty() || steps.size() > static_cast<std::size_t>(kMaxKqlDepth))
            return;
        std::string &value = call.scratch.other;
        value.clear();
        appendJson(call.arguments[2], row, &value);
        std::string &json = call.scratch.text;
        json.clear();
        setInto(bag, steps, 0, value, &json);
        keepRow(call, row, json);
    });
}

std::string_view toJsonText(Call &call, std::string_view json)
{
    if (json.empty())
        return "null";
    call.scratch.text.clear();
    jsonCompact(json, &call.scratch.text);
    return call.keep(call.scratch.text);
}

void typedToJsonText(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        std::string &json = call.scratch.text;
        json.clear();
        appendJson(call.arguments[0], row, &json);
        keepRow(call, row, json);
    });
}

Function packFunction(std::string_view name)
{
    return {.name = name,
            .help = "A property bag of keys and values.",
            .example = "bag_pack('id', id, 'temp', temp)",
            .overloads = {{"pairs: any... -> dynamic", pack<Absent::Packed>}},
            .bind = bindPack,
            .aliasOf = name == "bag_pack" ? "" : "bag_pack"};
}

} // namespace

std::vector<Function> bagFunctions()
{
    return {
        packFunction("bag_pack"),
        packFunction("pack"),
        packFunction("pack_dictionary"),
        {.name = "pack_all",
         .help = "A property bag of all columns; with true without those that are null or empty.",
         .example = "pack_all(true)",
         .overloads = {{"[ignore_null_empty: bool] -> dynamic"},
                       {"columns: any... -> dynamic", pack<Absent::LeftOut>}},
         .bind = bindPackAll},
        {.name = "bag_keys",
         .help = "The keys of a property bag.",
         .example = "bag_keys(attributes)",
         .overloads = {{"bag: dynamic -> dynamic", rows<keysOf>}}},
        {.name = "bag_merge",
         .help = "Bags in one; the first value of a key stays.",
         .example = "bag_merge(a, b)",
         .overloads = {{"first: dynamic, second: dynamic, more: dynamic... -> dynamic", merge}}},
        {.name = "bag_has_key",
         .help = "True when the bag has the key.",
         .example = "bag_has_key(attributes, 'host')",
         .overloads = {{"bag: dynamic, key: string -> bool", rows<hasKey>}}},
        {.name = "bag_remove_keys",
         .help = "The bag without these keys.",
         .example = "bag_remove_keys(attributes, dynamic(['host']))",
         .overloads = {{"bag: dynamic, keys: dynamic -> dynamic", rows<removeKeys>}}},
        {.name = "bag_set_key",
         .help = "The bag with a key set.",
         .example = "bag_set_key(attributes, 'host', name)",
         .overloads = {{"bag: dynamic, key: string, value: any -> dynamic", setKey}}},
        {.name = "dynamic_to_json",
         .help = "A value as JSON text.",
         .example = "dynamic_to_json(attributes)",
         .overloads = {{"value: dynamic -> string", rows<toJsonText>},
                       {"value: any -> string", typedToJsonText}}},
    };
}

} // namespace sluice::kql
