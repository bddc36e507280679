// tostring, gettype, parse_json and the way from typed values into dynamic ones.
#include "core/event/datetime.h"
#include "core/kql/binder.h"
#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/values.h"

#include <array>
#include <charconv>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

template<auto kFormat, typename T>
std::string_view formatted(Call &call, T value)
{
    std::array<char, kValueTextBytes> text{};
    return call.keep({text.data(), kFormat(value, text.data())});
}

/// Like formatted(), but a null value gives "", since there is no null string.
template<auto kFormat, typename T>
void toText(Call &call)
{
    const Vector &value = call.arguments[0];
    forEachRow(call, [&](std::size_t row) {
        putValue(call.result,
                 row,
                 value.valid(row) ? formatted<kFormat, T>(call, argumentAt<T>(value, row))
                                  : std::string_view());
    });
}

std::size_t formatBool(bool value, char *out)
{
    return std::string_view(value ? "True" : "False").copy(out, 5);
}

std::size_t formatLong(Long value, char *out)
{
    return static_cast<std::size_t>(std::to_chars(out, out + kValueTextBytes, value).ptr - out);
}

std::string_view sameText(std::string_view text)
{
    return text;
}

/// A string loses its quotes; arrays and bags become compact JSON; null is "".
std::string_view textOfDynamic(Call &call, std::string_view json)
{
    json = jsonTrim(json);
    switch (jsonKind(json)) {
    case JsonKind::Missing:
    case JsonKind::Null:
        return {};
    case JsonKind::String: {
        const std::string_view raw = json.substr(1, json.size() - 2);
        if (raw.find('\\') == std::string_view::npos)
            return raw;
        call.scratch.text.clear();
        jsonUnescape(raw, &call.scratch.text);
        return call.keep(call.scratch.text);
    }
    case JsonKind::Array:
    case JsonKind::Object:
        if (json.find_first_of(" \t\r\n") == std::string_view::npos)
            return json;
        call.scratch.text.clear();
        jsonCompact(json, &call.scratch.text);
        return call.keep(call.scratch.text);
    default:
        return json;
    }
}

/// Text that is no JSON is itself, as a dynamic string; an empty one is null.
std::string_view parseJson(Call &call, std::string_view text)
{
    const std::string_view json = jsonTrim(text);
    if (text.empty())
        return {};
    if (jsonIsValid(json))
        return json == "null" ? std::string_view() : json;
    call.scratch.text.clear();
    jsonQuote(text, &call.scratch.text);
    return call.keep(call.scratch.text);
}

void toDynamic(Call &call)
{
    const Vector &value = call.arguments[0];
    forEachRow(call, [&](std::size_t row) {
        std::string &json = call.scratch.text;
        json.clear();
        appendJson(value, row, &json);
        if (json != "null")
            putValue(call.result, row, call.keep(json));
    });
}

std::string_view typeOfDynamic(std::string_view json)
{
    switch (jsonKind(jsonTrim(json))) {
    case JsonKind::Bool:
        return "bool";
    case JsonKind::Long:
        return "long";
    case JsonKind::Real:
        return "double";
    case JsonKind::String:
        return "string";
    case JsonKind::Array:
        return "array";
    case JsonKind::Object:
        return "dictionary";
    default:
        return "null";
    }
}

NodePtr bindGetType(Binder &binder,
                    const Function &function,
                    const Position &at,
                    std::vector<NodePtr> arguments)
{
    if (arguments.size() == 1 && arguments[0]->type != ColumnType::Dynamic)
        return binder.constant(textConstant(ColumnType::String, typeName(arguments[0]->type)), at);
    return binder.callOverload(function, at, std::move(arguments));
}

std::vector<Overload> toDynamicOverloads()
{
    return {{"json: string -> dynamic", rows<parseJson>},
            {"value: dynamic -> dynamic", rows<sameText>},
            {"value: any -> dynamic", toDynamic}};
}

} // namespace

void appendJson(const Vector &value, std::size_t row, std::string *out)
{
    if (!value.valid(row)) {
        *out += value.column->type == ColumnType::String ? "\"\"" : "null";
        return;
    }
    std::array<char, kValueTextBytes> text{};
    const auto add = [&](std::size_t size) { out->append(text.data(), size); };
    switch (value.column->type) {
    case ColumnType::Bool:
        *out += value.boolean(row) ? "true" : "false";
        break;
    case ColumnType::Int:
    case ColumnType::Long:
        add(formatLong(value.integer(row), text.data()));
        break;
    case ColumnType::Real:
        add(formatRealJson(value.real(row), text.data()));
        break;
    case ColumnType::Datetime:
        *out += '"';
        add(formatDatetimeFull(value.integer(row), text.data()));
        *out += '"';
        break;
    case ColumnType::Timespan:
        *out += '"';
        add(formatTimespan(value.integer(row), text.data()));
        *out += '"';
        break;
    case ColumnType::Dynamic:
        *out += value.text(row);
        break;
    default:
        jsonQuote(value.text(row), out);
    }
}

std::vector<Function> textConversionFunctions()
{
    return {
        {.name = "tostring",
         .help = "As text; null becomes an empty string.",
         .example = "tostring(temp)",
         .overloads = {{"value: string -> string", rows<sameText>},
                       {"value: bool -> string", toText<formatBool, bool>},
                       {"value: long -> string", toText<formatLong, Long>},
                       {"value: real -> string", toText<formatReal, double>},
                       {"value: datetime -> string", toText<formatDatetimeFull, Long>},
                       {"value: timespan -> string", toText<formatTimespan, Long>},
                       {"value: decimal -> string", rows<sameText>},
                       {"value: guid -> string", rows<sameText>},
                       {"value: dynamic -> string", rows<textOfDynamic>}}},
        {.name = "parse_json",
         .help = "Reads JSON text; text that is none becomes a dynamic string.",
         .example = "parse_json(body).user.name",
         .overloads = toDynamicOverloads()},
        {.name = "todynamic",
         .help = "The same as parse_json().",
         .example = "todynamic(body)",
         .overloads = toDynamicOverloads(),
         .aliasOf = "parse_json"},
        {.name = "parsejson",
         .help = "The same as parse_json().",
         .example = "parsejson(body)",
         .overloads = toDynamicOverloads(),
         .aliasOf = "parse_json"},
        {.name = "toobject",
         .help = "The same as parse_json().",
         .example = "toobject(body)",
         .overloads = toDynamicOverloads(),
         .aliasOf = "parse_json"},
        {.name = "gettype",
         .help = "The name of a value's type.",
         .example = "gettype(temp)",
         .overloads = {{"value: dynamic -> string", rows<typeOfDynamic>}},
         .bind = bindGetType},
    };
}

} // namespace sluice::kql
