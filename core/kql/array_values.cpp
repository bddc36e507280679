#include "core/kql/array_values.h"

#include "core/kql/json_text.h"
#include "core/kql/values.h"

namespace sluice::kql {

namespace {

std::string compact(std::string_view json)
{
    std::string out;
    jsonCompact(json, &out);
    return out;
}

} // namespace

bool isJsonArray(std::string_view json)
{
    return jsonKind(jsonTrim(json)) == JsonKind::Array;
}

std::vector<std::string_view> arrayElements(std::string_view json)
{
    std::vector<std::string_view> result;
    std::string_view element;
    for (JsonArray elements(jsonTrim(json)); elements.next(&element);)
        result.push_back(element);
    return result;
}

std::string_view keepArray(Call &call, const std::vector<std::string_view> &elements)
{
    TextBuilder builder(call.scratch);
    builder.append('[');
    for (std::size_t i = 0; i < elements.size() && !builder.isFull(); ++i) {
        if (i != 0)
            builder.append(',');
        builder.append(elements[i]);
    }
    builder.append(']');
    return call.keep(builder.text());
}

bool sameJsonValue(std::string_view a, std::string_view b)
{
    if (a == b)
        return true;
    const JsonKind kind = jsonKind(a);
    const JsonKind other = jsonKind(b);
    const auto isNumber = [](JsonKind k) { return k == JsonKind::Long || k == JsonKind::Real; };
    if (isNumber(kind) && isNumber(other))
        return parseReal(a) == parseReal(b);
    return kind == other && compact(a) == compact(b);
}

} // namespace sluice::kql
