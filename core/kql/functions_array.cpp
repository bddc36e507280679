// Functions of dynamic arrays.
#include "core/event/datetime.h"
#include "core/kql/array_values.h"
#include "core/kql/binder.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/values.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

constexpr std::size_t kMaxRange = 1'048'576;

std::optional<Long> lengthOf(std::string_view json)
{
    if (!isJsonArray(json))
        return std::nullopt;
    Long count = 0;
    std::string_view element;
    for (JsonArray elements(jsonTrim(json)); elements.next(&element);)
        ++count;
    return count;
}

/// A null adds nothing; anything else that is no array makes the result null.
void concatenate(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        std::vector<std::string_view> all;
        bool anyArray = false;
        for (const Vector &argument : call.arguments) {
            const std::string_view text = jsonTrim(argument.text(row));
            if (text.empty() || text == "null")
                continue;
            if (!isJsonArray(text))
                return;
            anyArray = true;
            const auto elements = arrayElements(text);
            all.insert(all.end(), elements.begin(), elements.end());
        }
        const std::string_view json = anyArray ? keepArray(call, all) : std::string_view();
        putKept(call, row, json);
    });
}

/// Both ends included; negative ones count from the end.
std::string_view slice(Call &call, std::string_view json, Long from, Long to)
{
    if (!isJsonArray(json))
        return {};
    const auto elements = arrayElements(json);
    const Long size = static_cast<Long>(elements.size());
    from = std::clamp<Long>(from < 0 ? from + size : from, 0, size);
    to = std::clamp<Long>(to < 0 ? to + size : to, -1, size - 1);
    std::vector<std::string_view> part;
    for (Long i = from; i <= to; ++i)
        part.push_back(elements[static_cast<std::size_t>(i)]);
    return keepArray(call, part);
}

std::optional<Long> numberAt(const Call &call, std::size_t place, std::size_t row, Long fallback)
{
    if (place >= call.arguments.size())
        return fallback;
    if (!call.arguments[place].valid(row))
        return std::nullopt;
    return call.arguments[place].integer(row);
}

/// The place of an occurrence of a value of any type among `length` elements from `start` on.
void indexOf(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        const std::string_view json = call.arguments[0].text(row);
        auto start = numberAt(call, 2, row, 0);
        const auto length = numberAt(call, 3, row, -1);
        auto occurrence = numberAt(call, 4, row, 1);
        if (!isJsonArray(json) || !start || !length || !occurrence || *length < -1
            || *occurrence < 0)
            return;
        std::string &wanted = call.scratch.other;
        wanted.clear();
        appendJson(call.arguments[1], row, &wanted);
        if (*start < 0)
            start = std::max<Long>(0, *start + lengthOf(json).value_or(0));
        Long place = 0;
        std::string_view element;
        for (JsonArray elements(jsonTrim(json)); elements.next(&element); ++place) {
            if (*length >= 0 && place >= *start + *length)
                break;
            if (place >= *start && sameJsonValue(element, wanted) && --*occurrence == 0) {
                putValue(call.result, row, place);
                return;
            }
        }
        putValue(call.result, row, Long{-1});
    });
}

void hasElement(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        const std::string_view json = call.arguments[0].text(row);
        if (!isJsonArray(json))
            return;
        std::string &wanted = call.scratch.other;
        wanted.clear();
        appendJson(call.arguments[1], row, &wanted);
        const auto elements = arrayElements(json);
        putValue(call.result,
                 row,
                 std::any_of(elements.begin(), elements.end(), [&](std::string_view element) {
                     return sameJsonValue(element, wanted);
                 }));
    });
}

std::optional<double> sum(std::string_view json)
{
    if (!isJsonArray(json))
        return std::nullopt;
    double total = 0;
    std::string_view element;
    for (JsonArray elements(jsonTrim(json)); elements.next(&element);) {
        const JsonKind kind = jsonKind(element);
        if (kind == JsonKind::Bool)
            total += element == "true" ? 1 : 0;
        else if (kind == JsonKind::Long || kind == JsonKind::Real)
            total += parseReal(element).value_or(0);
        else if (kind != JsonKind::Null)
            return std::nullopt;
    }
    return total;
}

std::string_view reverse(Call &call, std::string_view json)
{
    if (!isJsonArray(json))
        return {};
    auto elements = arrayElements(json);
    std::reverse(elements.begin(), elements.end());
    return keepArray(call, elements);
}

void pack(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        TextBuilder builder(call.scratch);
        std::string &json = builder.text();
        json += '[';
        for (const Vector &argument : call.arguments) {
            if (json.size() > 1)
                json += ',';
            appendJson(argument, row, &json);
        }
        json += ']';
        const std::string_view kept = call.keep(json);
        putKept(call, row, kept);
    });
}

enum class SetOperation { Union, Intersect, Difference };

template<SetOperation kOperation>
void combineSets(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        std::vector<std::string_view> members;
        const auto contains = [](const std::vector<std::string_view> &set,
                                 std::string_view element) {
            return std::any_of(set.begin(), set.end(), [&](std::string_view other) {
                return sameJsonValue(other, element);
            });
        };
        for (std::size_t i = 0; i < call.arguments.size(); ++i) {
            const std::string_view json = call.arguments[i].text(row);
            if (!isJsonArray(json))
                return;
            const auto elements = arrayElements(json);
            if (i == 0 || kOperation == SetOperation::Union) {
                for (const std::string_view element : elements) {
                    if (!contains(members, element))
                        members.push_back(element);
                }
            } else {
                std::erase_if(members, [&](std::string_view member) {
                    return contains(elements, member) == (kOperation == SetOperation::Difference);
                });
            }
        }
        const std::string_view json = keepArray(call, members);
        putKept(call, row, json);
    });
}

void zip(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        std::vector<std::vector<std::string_view>> arrays;
        std::size_t longest = 0;
        for (const Vector &argument : call.arguments) {
            if (!isJsonArray(argument.text(row)))
                return;
            arrays.push_back(arrayElements(argument.text(row)));
            longest = std::max(longest, arrays.back().size());
        }
        TextBuilder builder(call.scratch);
        builder.append('[');
        for (std::size_t i = 0; i < longest && !builder.isFull(); ++i) {
            builder.append(i == 0 ? "[" : ",[");
            for (std::size_t array = 0; array < arrays.size(); ++array) {
                if (array != 0)
                    builder.append(',');
                builder.append(i < arrays[array].size() ? arrays[array][i] : "null");
            }
            builder.append(']');
        }
        builder.append(']');
        const std::string_view json = call.keep(builder.text());
        putKept(call, row, json);
    });
}

void repeatValue(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        if (!call.arguments[1].valid(row))
            return;
        std::string &element = call.scratch.other;
        element.clear();
        appendJson(call.arguments[0], row, &element);
        TextBuilder builder(call.scratch);
        builder.append('[');
        for (Long i = 0; i < call.arguments[1].integer(row) && !builder.isFull(); ++i) {
            if (i != 0)
                builder.append(',');
            builder.append(element);
        }
        builder.append(']');
        const std::string_view json = call.keep(builder.text());
        putKept(call, row, json);
    });
}

template<auto kFormat, typename T>
std::string_view makeRange(Call &call, T from, T to, T step, bool quoted)
{
    TextBuilder builder(call.scratch);
    builder.append('[');
    std::array<char, kValueTextBytes> text{};
    if (step != 0 && (step > 0 ? from <= to : from >= to)) {
        T at = from;
        for (std::size_t count = 0; count < kMaxRange && !builder.isFull(); ++count) {
            if (count != 0)
                builder.append(',');
            if (quoted)
                builder.append('"');
            builder.append({text.data(), kFormat(at, text.data())});
            if (quoted)
                builder.append('"');
            if constexpr (std::same_as<T, double>) {
                at = from + static_cast<double>(count + 1) * step;
            } else if (__builtin_add_overflow(at, step, &at)) {
                break;
            }
            if (step > 0 ? !(at <= to) : !(at >= to))
                break;
        }
    }
    builder.append(']');
    return call.keep(builder.text());
}

std::size_t formatWhole(Long value, char *out)
{
    const std::string digits = std::to_string(value);
    return digits.copy(out, kValueTextBytes);
}

std::string_view rangeLong(Call &call, Long from, Long to, Long step)
{
    return makeRange<formatWhole, Long>(call, from, to, step, false);
}
std::string_view rangeReal(Call &call, double from, double to, double step)
{
    return makeRange<formatRealJson, double>(call, from, to, step, false);
}
std::string_view rangeDatetime(Call &call, Long from, Long to, Long step)
{
    return makeRange<formatDatetimeFull, Long>(call, from, to, step, true);
}
std::string_view rangeTimespan(Call &call, Long from, Long to, Long step)
{
    return makeRange<formatTimespan, Long>(call, from, to, step, true);
}

Function
setFunction(std::string_view name, std::string_view help, std::string_view example, Kernel kernel)
{
    return {
        .name = name,
        .help = help,
        .example = example,
        .overloads = {{"first: dynamic, second: dynamic, more: dynamic... -> dynamic", kernel}}};
}

} // namespace

std::vector<Function> arrayFunctions()
{
    std::vector<Function> table{
        {.name = "array_length",
         .help = "The number of elements.",
         .example = "array_length(tags)",
         .overloads = {{"array: dynamic -> long", rows<lengthOf>}}},
        {.name = "array_concat",
         .help = "Arrays one behind the other.",
         .example = "array_concat(a, b)",
         .overloads = {{"array: dynamic, more: dynamic... -> dynamic", concatenate}}},
        {.name = "array_slice",
         .help = "The elements from one place to another, both included.",
         .example = "array_slice(tags, 0, 2)",
         .overloads = {{"array: dynamic, from: long, to: long -> dynamic", rows<slice>}}},
        {.name = "array_index_of",
         .help = "The place of a value, or -1.",
         .example = "array_index_of(tags, 'new')",
         .overloads = {{"array: dynamic, value: any, [start: long], [length: long], [occurrence: "
                        "long] -> long",
                        indexOf}}},
        {.name = "array_sum",
         .help = "The sum of the elements.",
         .example = "array_sum(values)",
         .overloads = {{"array: dynamic -> real", rows<sum>}}},
        {.name = "array_reverse",
         .help = "The elements from last to first.",
         .example = "array_reverse(values)",
         .overloads = {{"array: dynamic -> dynamic", rows<reverse>}}},
        {.name = "pack_array",
         .help = "An array of values.",
         .example = "pack_array(a, b)",
         .overloads = {{"value: any, more: any... -> dynamic", pack}}},
        setFunction("set_union",
                    "Every element of the arrays once.",
                    "set_union(a, b)",
                    combineSets<SetOperation::Union>),
        setFunction("set_intersect",
                    "The elements that all arrays have.",
                    "set_intersect(a, b)",
                    combineSets<SetOperation::Intersect>),
        setFunction("set_difference",
                    "The elements of the first array that no other has.",
                    "set_difference(a, b)",
                    combineSets<SetOperation::Difference>),
        {.name = "set_has_element",
         .help = "True when the array holds the value.",
         .example = "set_has_element(tags, 'new')",
         .overloads = {{"array: dynamic, value: any -> bool", hasElement}}},
        {.name = "zip",
         .help = "Arrays of the elements at the same place.",
         .example = "zip(a, b)",
         .overloads = {{"first: dynamic, second: dynamic, more: dynamic... -> dynamic", zip}}},
        {.name = "repeat",
         .help = "An array of the same value.",
         .example = "repeat(0, 3)",
         .overloads = {{"value: any, count: long -> dynamic", repeatValue}}},
        {.name = "range",
         .help = "An array of values from one to another in steps.",
         .example = "range(1, 10, 2)",
         .overloads = {{"from: long, to: long, [step: long = 1] -> dynamic", rows<rangeLong>},
                       {"from: real, to: real, [step: real = 1.0] -> dynamic", rows<rangeReal>},
                       {"from: datetime, to: datetime, [step: timespan = 1h] -> dynamic",
                        rows<rangeDatetime>},
                       {"from: timespan, to: timespan, [step: timespan = 1h] -> dynamic",
                        rows<rangeTimespan>}}},
    };
    for (Function &function : arraySortFunctions())
        table.push_back(std::move(function));
    return table;
}

} // namespace sluice::kql
