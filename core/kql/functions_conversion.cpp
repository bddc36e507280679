// toint, tolong, toreal, tobool, todatetime, totimespan, todecimal, toguid.
#include "core/event/datetime.h"
#include "core/kql/decimal.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/values.h"

#include <algorithm>
#include <limits>

namespace sluice::kql {

namespace {

using Long = std::int64_t;
using MaybeLong = std::optional<Long>;

/// Ticks from year 1 to 1970: tolong(datetime) counts from year 1, as .NET does.
constexpr Long kEpochTicks = -kMinTicks;

Long wrapInt(Long value)
{
    return static_cast<std::int32_t>(static_cast<std::uint64_t>(value));
}

/// A dynamic value as text: a string without its quotes, else its token. Null gives nothing.
std::optional<std::string_view> scalarText(Call &call, std::string_view json)
{
    json = jsonTrim(json);
    switch (jsonKind(json)) {
    case JsonKind::Missing:
    case JsonKind::Null:
    case JsonKind::Array:
    case JsonKind::Object:
        return std::nullopt;
    case JsonKind::String:
        break;
    default:
        return json;
    }
    const std::string_view raw = json.substr(1, json.size() - 2);
    if (raw.find('\\') == std::string_view::npos)
        return raw;
    call.scratch.text.clear();
    jsonUnescape(raw, &call.scratch.text);
    return call.scratch.text;
}

Long longFromBool(bool value)
{
    return value ? 1 : 0;
}
Long sameLong(Long value)
{
    return value;
}
MaybeLong longFromReal(double value)
{
    return truncateToLong(value);
}
Long longFromDatetime(Long ticks)
{
    return ticks + kEpochTicks;
}
MaybeLong longFromDecimal(std::string_view value)
{
    return value.empty() ? std::nullopt : parseLong(value.substr(0, value.find('.')));
}
MaybeLong longFromDynamic(Call &call, std::string_view json)
{
    const auto text = scalarText(call, json);
    if (!text)
        return std::nullopt;
    if (*text == "true" || *text == "false")
        return longFromBool(*text == "true");
    if (jsonTrim(json).front() != '"' && text->find_first_of(".eE") != std::string_view::npos) {
        const auto value = parseReal(*text);
        return value ? truncateToLong(*value) : std::nullopt;
    }
    return parseLong(*text);
}

MaybeLong clampInt(MaybeLong value)
{
    if (!value)
        return value;
    return std::clamp<Long>(
        *value, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
}
MaybeLong intFromReal(double value)
{
    return clampInt(truncateToLong(value));
}
Long intFromDatetime(Long ticks)
{
    return wrapInt(longFromDatetime(ticks));
}
MaybeLong intFromDecimal(std::string_view value)
{
    return clampInt(longFromDecimal(value));
}
MaybeLong intFromDynamic(Call &call, std::string_view json)
{
    const auto value = longFromDynamic(call, json);
    return value ? MaybeLong(wrapInt(*value)) : std::nullopt;
}

double realFromBool(bool value)
{
    return value ? 1 : 0;
}
double realFromLong(Long value)
{
    return static_cast<double>(value);
}
double sameReal(double value)
{
    return value;
}
double realFromDatetime(Long ticks)
{
    return static_cast<double>(longFromDatetime(ticks));
}
std::optional<double> realFromDecimal(std::string_view value)
{
    return value.empty() ? std::nullopt : std::optional(decimalToReal(value));
}
std::optional<double> realFromDynamic(Call &call, std::string_view json)
{
    const auto text = scalarText(call, json);
    if (!text)
        return std::nullopt;
    if (*text == "true" || *text == "false")
        return realFromBool(*text == "true");
    return parseReal(*text);
}

bool sameBool(bool value)
{
    return value;
}
bool boolFromLong(Long value)
{
    return value != 0;
}
bool boolFromReal(double value)
{
    return value != 0;
}
std::optional<bool> boolFromDecimal(std::string_view value)
{
    return value.empty() ? std::nullopt : std::optional(value != "0");
}
std::optional<bool> boolFromDynamic(Call &call, std::string_view json)
{
    const auto text = scalarText(call, json);
    if (!text)
        return std::nullopt;
    if (jsonTrim(json).front() != '"' && text->find_first_of(".eE") != std::string_view::npos
        && *text != "true" && *text != "false") {
        const auto value = parseReal(*text);
        return value ? std::optional(*value != 0) : std::nullopt;
    }
    return parseBool(*text);
}

MaybeLong datetimeFromLong(Long ticks)
{
    if (ticks < 0 || ticks - kEpochTicks > kMaxTicks)
        return std::nullopt;
    return ticks - kEpochTicks;
}
MaybeLong datetimeFromDynamic(Call &call, std::string_view json)
{
    const auto text = scalarText(call, json);
    return text ? parseDatetime(*text) : std::nullopt;
}
MaybeLong datetimeFromText(std::string_view text)
{
    return parseDatetime(text);
}

MaybeLong timespanFromText(std::string_view text)
{
    return parseTimespan(text);
}
MaybeLong timespanFromDynamic(Call &call, std::string_view json)
{
    const auto text = scalarText(call, json);
    if (!text)
        return std::nullopt;
    if (jsonKind(jsonTrim(json)) == JsonKind::Long)
        return parseLong(*text);
    return parseTimespan(*text);
}

std::string_view keepMaybe(Call &call, const std::optional<std::string> &text)
{
    return text ? call.keep(*text) : std::string_view();
}
std::string_view decimalFromText(Call &call, std::string_view text)
{
    return keepMaybe(call, normalizeDecimal(text));
}
std::string_view decimalFromLong(Call &call, Long value)
{
    return call.keep(std::to_string(value));
}
std::string_view decimalFromBool(bool value)
{
    return value ? "1" : "0";
}
std::string_view decimalFromReal(Call &call, double value)
{
    return keepMaybe(call, decimalOf(value));
}
std::string_view decimalFromDynamic(Call &call, std::string_view json)
{
    const auto text = scalarText(call, json);
    return text ? keepMaybe(call, normalizeDecimal(*text)) : std::string_view();
}
std::string_view sameText(std::string_view text)
{
    return text;
}
std::string_view guidFromText(Call &call, std::string_view text)
{
    return keepMaybe(call, normalizeGuid(text));
}
std::string_view guidFromDynamic(Call &call, std::string_view json)
{
    const auto text = scalarText(call, json);
    return text ? keepMaybe(call, normalizeGuid(*text)) : std::string_view();
}

std::vector<Overload> toLongOverloads()
{
    return {{"value: string -> long", rows<parseLong>},
            {"value: long -> long", rows<sameLong>},
            {"value: real -> long", rows<longFromReal>},
            {"value: bool -> long", rows<longFromBool>},
            {"value: decimal -> long", rows<longFromDecimal>},
            {"value: datetime -> long", rows<longFromDatetime>},
            {"value: timespan -> long", rows<sameLong>},
            {"value: dynamic -> long", rows<longFromDynamic>}};
}

std::vector<Overload> toIntOverloads()
{
    return {{"value: string -> int", rows<parseInt>},
            {"value: long -> int", rows<wrapInt>},
            {"value: real -> int", rows<intFromReal>},
            {"value: bool -> int", rows<longFromBool>},
            {"value: decimal -> int", rows<intFromDecimal>},
            {"value: datetime -> int", rows<intFromDatetime>},
            {"value: timespan -> int", rows<wrapInt>},
            {"value: dynamic -> int", rows<intFromDynamic>}};
}

std::vector<Overload> toRealOverloads()
{
    return {{"value: string -> real", rows<parseReal>},
            {"value: long -> real", rows<realFromLong>},
            {"value: real -> real", rows<sameReal>},
            {"value: bool -> real", rows<realFromBool>},
            {"value: decimal -> real", rows<realFromDecimal>},
            {"value: datetime -> real", rows<realFromDatetime>},
            {"value: timespan -> real", rows<realFromLong>},
            {"value: dynamic -> real", rows<realFromDynamic>}};
}

std::vector<Overload> toBoolOverloads()
{
    return {{"value: string -> bool", rows<parseBool>},
            {"value: bool -> bool", rows<sameBool>},
            {"value: long -> bool", rows<boolFromLong>},
            {"value: real -> bool", rows<boolFromReal>},
            {"value: decimal -> bool", rows<boolFromDecimal>},
            {"value: dynamic -> bool", rows<boolFromDynamic>}};
}

std::vector<Overload> toDatetimeOverloads()
{
    return {{"value: string -> datetime", rows<datetimeFromText>},
            {"value: datetime -> datetime", rows<sameLong>},
            {"value: long -> datetime", rows<datetimeFromLong>},
            {"value: dynamic -> datetime", rows<datetimeFromDynamic>}};
}

std::vector<Overload> toTimespanOverloads()
{
    return {{"value: string -> timespan", rows<timespanFromText>},
            {"value: timespan -> timespan", rows<sameLong>},
            {"value: long -> timespan", rows<sameLong>},
            {"value: real -> timespan", rows<longFromReal>},
            {"value: dynamic -> timespan", rows<timespanFromDynamic>}};
}

} // namespace

std::vector<Function> conversionFunctions()
{
    return {
        {.name = "toint",
         .help = "As a 32-bit whole number; null for other text.",
         .example = "toint('42')",
         .overloads = toIntOverloads()},
        {.name = "tolong",
         .help = "As a whole number; null for other text.",
         .example = "tolong('42')",
         .overloads = toLongOverloads()},
        {.name = "toreal",
         .help = "As a real number; null for other text.",
         .example = "toreal('2.5')",
         .overloads = toRealOverloads()},
        {.name = "todouble",
         .help = "The same as toreal().",
         .example = "todouble('2.5')",
         .overloads = toRealOverloads(),
         .aliasOf = "toreal"},
        {.name = "tobool",
         .help = "As true or false; null for other text.",
         .example = "tobool('true')",
         .overloads = toBoolOverloads()},
        {.name = "toboolean",
         .help = "The same as tobool().",
         .example = "toboolean('true')",
         .overloads = toBoolOverloads(),
         .aliasOf = "tobool"},
        {.name = "todatetime",
         .help = "As a moment in UTC; null for other text.",
         .example = "todatetime('2026-01-31T10:20:30Z')",
         .overloads = toDatetimeOverloads()},
        {.name = "totimespan",
         .help = "As a length of time; null for other text.",
         .example = "totimespan('00:10:00')",
         .overloads = toTimespanOverloads()},
        {.name = "totime",
         .help = "The same as totimespan().",
         .example = "totime('00:10:00')",
         .overloads = toTimespanOverloads(),
         .aliasOf = "totimespan"},
        {.name = "todecimal",
         .help = "As a decimal number; null for other text.",
         .example = "todecimal('12.50')",
         .overloads = {{"value: string -> decimal", rows<decimalFromText>},
                       {"value: decimal -> decimal", rows<sameText>},
                       {"value: long -> decimal", rows<decimalFromLong>},
                       {"value: real -> decimal", rows<decimalFromReal>},
                       {"value: bool -> decimal", rows<decimalFromBool>},
                       {"value: dynamic -> decimal", rows<decimalFromDynamic>}}},
        {.name = "toguid",
         .help = "As a guid; null for other text.",
         .example = "toguid('74be27de-1e4e-49d9-b579-fe0b331d3642')",
         .overloads = {{"value: string -> guid", rows<guidFromText>},
                       {"value: guid -> guid", rows<sameText>},
                       {"value: dynamic -> guid", rows<guidFromDynamic>}}},
    };
}

} // namespace sluice::kql
