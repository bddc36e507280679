// Paths into dynamic values.
#include "core/kql/binder.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"

namespace sluice::kql {

namespace {

bool isNullText(std::string_view json)
{
    return json.empty() || json == "null";
}

std::string_view memberOf(std::string_view json, std::string_view key)
{
    const std::string_view value = jsonMember(json, key);
    return isNullText(value) ? std::string_view() : value;
}

std::string_view elementOf(std::string_view json, std::int64_t index)
{
    const std::string_view value = jsonElement(json, index);
    return isNullText(value) ? std::string_view() : value;
}

} // namespace

NodePtr Binder::pathStep(const NodePtr &base, const NodePtr &key, const Position &at)
{
    if (base->type != ColumnType::Dynamic)
        return refuse(
            at,
            ErrorCode::WrongType,
            fmt::format("a path leads into a dynamic value, and this is {}", typeName(base->type)),
            base->type == ColumnType::String ? "Read its JSON with parse_json(…) first." : "");
    return call("path", at, {base, key});
}

std::vector<Function> dynamicAccessFunctions()
{
    return {
        {.name = "path",
         .help = "The key must be a string, a place in an array a whole number.",
         .example = "site.floor",
         .overloads = {{"value: dynamic, key: string -> dynamic", rows<memberOf>},
                       {"value: dynamic, index: long -> dynamic", rows<elementOf>}},
         .isOperator = true},
    };
}

} // namespace sluice::kql
