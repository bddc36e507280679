// array_shift, array_rotate, array_split, array_iff, jaccard_index.
#include "core/kql/array_values.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/values.h"

#include <algorithm>
#include <limits>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

std::string_view rotated(Call &call, std::string_view json, Long toTheLeft)
{
    if (!isJsonArray(json))
        return {};
    auto elements = arrayElements(json);
    if (!elements.empty()) {
        const auto size = static_cast<Long>(elements.size());
        const Long by = (toTheLeft % size + size) % size;
        std::rotate(elements.begin(), elements.begin() + by, elements.end());
    }
    return keepArray(call, elements);
}

std::string_view rotateLeft(Call &call, std::string_view json, Long by)
{
    return rotated(call, json, by);
}

std::string_view rotateRight(Call &call, std::string_view json, Long by)
{
    return rotated(call, json, by == std::numeric_limits<Long>::min() ? 0 : -by);
}

/// The array keeps its size: what moves out is gone, what is new gets the default.
template<int kDirection>
void shift(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        const std::string_view json = call.arguments[0].text(row);
        if (!isJsonArray(json) || !call.arguments[1].valid(row))
            return;
        std::string &filler = call.scratch.other;
        filler.clear();
        if (call.arguments.size() > 2)
            appendJson(call.arguments[2], row, &filler);
        else
            filler = "null";
        const auto elements = arrayElements(json);
        const auto size = static_cast<Long>(elements.size());
        const Long by = std::clamp(call.arguments[1].integer(row), -size, size) * kDirection;
        std::vector<std::string_view> moved;
        moved.reserve(elements.size());
        for (Long i = 0; i < size; ++i) {
            const Long from = i + by;
            moved.push_back(from >= 0 && from < size ? elements[static_cast<std::size_t>(from)]
                                                     : std::string_view(filler));
        }
        putKept(call, row, keepArray(call, moved));
    });
}

std::string_view splitAt(Call &call, std::string_view json, const std::vector<Long> &places)
{
    const auto elements = arrayElements(json);
    const auto size = static_cast<Long>(elements.size());
    TextBuilder builder(call.scratch);
    builder.append('[');
    Long from = 0;
    for (std::size_t part = 0; part <= places.size() && !builder.isFull(); ++part) {
        Long end = size;
        if (part < places.size())
            end = std::clamp(places[part] < 0 ? places[part] + size : places[part], Long{0}, size);
        builder.append(part == 0 ? "[" : ",[");
        for (Long i = from; i < end && !builder.isFull(); ++i) {
            if (i != from)
                builder.append(',');
            builder.append(elements[static_cast<std::size_t>(i)]);
        }
        builder.append(']');
        from = std::max(from, end);
    }
    builder.append(']');
    return call.keep(builder.text());
}

std::string_view splitAtOne(Call &call, std::string_view json, Long place)
{
    return isJsonArray(json) ? splitAt(call, json, {place}) : std::string_view();
}

std::string_view splitAtMany(Call &call, std::string_view json, std::string_view places)
{
    if (!isJsonArray(json))
        return {};
    std::vector<Long> numbers;
    std::string_view element;
    if (const auto one = parseLong(places))
        numbers.push_back(*one);
    else if (!isJsonArray(places))
        return {};
    for (JsonArray list(jsonTrim(places)); list.next(&element);) {
        const auto number = parseLong(element);
        if (!number)
            return {};
        numbers.push_back(*number);
    }
    return splitAt(call, json, numbers);
}

/// One of the two values of array_iff(): an array is read element by element.
class Choice
{
public:
    Choice(const Vector &value, std::size_t row)
    {
        appendJson(value, row, &m_text);
        m_isArray = isJsonArray(m_text);
        if (m_isArray)
            m_elements = arrayElements(m_text);
    }
    std::string_view at(std::size_t place) const
    {
        if (!m_isArray)
            return m_text;
        return place < m_elements.size() ? m_elements[place] : std::string_view("null");
    }

private:
    std::string m_text;
    std::vector<std::string_view> m_elements;
    bool m_isArray = false;
};

void chooseElements(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        const std::string_view json = call.arguments[0].text(row);
        if (!isJsonArray(json))
            return;
        const Choice whenTrue(call.arguments[1], row);
        const Choice whenFalse(call.arguments[2], row);
        TextBuilder builder(call.scratch);
        builder.append('[');
        std::size_t place = 0;
        std::string_view element;
        for (JsonArray conditions(jsonTrim(json)); conditions.next(&element); ++place) {
            if (place != 0)
                builder.append(',');
            const JsonKind kind = jsonKind(element);
            if (kind == JsonKind::Bool)
                builder.append((element == "true" ? whenTrue : whenFalse).at(place));
            else if (kind == JsonKind::Long || kind == JsonKind::Real)
                builder.append((parseReal(element) != 0.0 ? whenTrue : whenFalse).at(place));
            else
                builder.append("null");
        }
        builder.append(']');
        putKept(call, row, call.keep(builder.text()));
    });
}

std::vector<std::string_view> distinct(std::string_view json)
{
    std::vector<std::string_view> members;
    std::string_view element;
    for (JsonArray elements(jsonTrim(json)); elements.next(&element);) {
        if (std::none_of(members.begin(), members.end(), [&](std::string_view member) {
                return sameJsonValue(member, element);
            }))
            members.push_back(element);
    }
    return members;
}

/// The size of the intersection over that of the union.
std::optional<double> jaccardIndex(std::string_view a, std::string_view b)
{
    if (!isJsonArray(a) || !isJsonArray(b))
        return std::nullopt;
    const auto left = distinct(a);
    const auto right = distinct(b);
    const auto common = std::count_if(left.begin(), left.end(), [&](std::string_view member) {
        return std::any_of(right.begin(), right.end(), [&](std::string_view other) {
            return sameJsonValue(member, other);
        });
    });
    const auto shared = static_cast<double>(common);
    return shared / (static_cast<double>(left.size() + right.size()) - shared);
}

Function ofArray(std::string_view name,
                 std::string_view help,
                 std::string_view example,
                 std::vector<Overload> overloads,
                 std::string_view alias = {})
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = std::move(overloads),
            .aliasOf = alias};
}

} // namespace

std::vector<Function> arrayShapeFunctions()
{
    constexpr std::string_view kBy = "array: dynamic, by: long -> dynamic";
    constexpr std::string_view kChoose = "conditions: dynamic, then: any, else: any -> dynamic";
    const auto shifts = [](Kernel kernel) {
        return std::vector<Overload>{{"array: dynamic, by: long -> dynamic", kernel},
                                     {"array: dynamic, by: long, default: any -> dynamic", kernel}};
    };
    return {
        ofArray("array_rotate_left",
                "The elements moved to the left; what falls out comes in at the end.",
                "array_rotate_left(values, 1)",
                {{kBy, rows<rotateLeft>}}),
        ofArray("array_rotate_right",
                "The elements moved to the right; what falls out comes in at the front.",
                "array_rotate_right(values, 1)",
                {{kBy, rows<rotateRight>}}),
        ofArray("array_shift_left",
                "The elements moved to the left; the places that become free get the default.",
                "array_shift_left(values, 1, 0)",
                shifts(shift<1>)),
        ofArray("array_shift_right",
                "The elements moved to the right; the places that become free get the default.",
                "array_shift_right(values, 1, 0)",
                shifts(shift<-1>)),
        ofArray("array_split",
                "An array cut at one or several places.",
                "array_split(values, dynamic([1, 3]))",
                {{"array: dynamic, index: long -> dynamic", rows<splitAtOne>},
                 {"array: dynamic, indices: dynamic -> dynamic", rows<splitAtMany>}}),
        ofArray("array_iff",
                "For each condition the element of the one or the other array.",
                "array_iff(dynamic([true, false]), 'yes', 'no')",
                {{kChoose, chooseElements}}),
        ofArray("array_iif",
                "The same as array_iff().",
                "array_iif(dynamic([true, false]), 'yes', 'no')",
                {{kChoose, chooseElements}},
                "array_iff"),
        ofArray("jaccard_index",
                "How much two sets have in common, from 0 to 1.",
                "jaccard_index(dynamic([1, 2]), dynamic([2, 3]))",
                {{"first: dynamic, second: dynamic -> real", rows<jaccardIndex>}}),
    };
}

} // namespace sluice::kql
