// in, has_any, has_all and between.
#include "core/kql/binder.h"
#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/text.h"

#include <algorithm>
#include <unordered_set>

namespace sluice::kql {

namespace {

/// The members of a list of constants, made once.
struct ConstantList
{
    std::vector<std::int64_t> integers; // sorted
    std::vector<double> reals;          // sorted, without NaN
    std::vector<std::string> texts; // folded where case does not count; their addresses are kept
    std::unordered_set<std::string_view> set;
    bool hasTrue = false;
    bool hasFalse = false;
    bool hasNull = false;
};

template<bool kFold>
Result<std::shared_ptr<const void>> prepareList(std::span<const NodePtr> arguments)
{
    const auto members = arguments.subspan(1);
    if (!std::all_of(
            members.begin(), members.end(), [](const NodePtr &node) { return node->isConstant(); }))
        return std::shared_ptr<const void>();
    auto list = std::make_shared<ConstantList>();
    list->texts.reserve(members.size());
    for (const NodePtr &member : members) {
        const Column &value = *member->constant;
        if (value.valid[0] == 0 && value.type != ColumnType::String) {
            list->hasNull = true;
            continue;
        }
        switch (value.storage()) {
        case Storage::Byte:
            (value.bytes[0] != 0 ? list->hasTrue : list->hasFalse) = true;
            break;
        case Storage::Integer:
            list->integers.push_back(value.integers[0]);
            break;
        case Storage::Float:
            if (value.floats[0] == value.floats[0])
                list->reals.push_back(value.floats[0]);
            break;
        case Storage::Text: {
            std::string &text = list->texts.emplace_back();
            if constexpr (kFold)
                appendMapped(value.texts[0], CaseMapping::Fold, &text);
            else
                text = value.texts[0];
            list->set.insert(text);
            break;
        }
        }
    }
    std::sort(list->integers.begin(), list->integers.end());
    std::sort(list->reals.begin(), list->reals.end());
    return std::shared_ptr<const void>(std::move(list));
}

template<bool kFold>
bool isInConstants(const ConstantList &list,
                   const Vector &value,
                   std::size_t row,
                   std::string *scratch)
{
    switch (value.column->storage()) {
    case Storage::Byte:
        return value.boolean(row) ? list.hasTrue : list.hasFalse;
    case Storage::Integer:
        return std::binary_search(list.integers.begin(), list.integers.end(), value.integer(row));
    case Storage::Float:
        return value.real(row) == value.real(row)
               && std::binary_search(list.reals.begin(), list.reals.end(), value.real(row));
    case Storage::Text:
        break;
    }
    if constexpr (kFold) {
        scratch->clear();
        appendMapped(value.text(row), CaseMapping::Fold, scratch);
        return list.set.contains(*scratch);
    } else {
        return list.set.contains(value.text(row));
    }
}

template<bool kFold>
bool equalHere(const Vector &a, const Vector &b, std::size_t row)
{
    switch (a.column->storage()) {
    case Storage::Byte:
        return a.boolean(row) == b.boolean(row);
    case Storage::Integer:
        return a.integer(row) == b.integer(row);
    case Storage::Float:
        return a.real(row) == b.real(row);
    case Storage::Text:
        break;
    }
    return kFold ? equalFolded(a.text(row), b.text(row)) : a.text(row) == b.text(row);
}

template<bool kFold, bool kNot>
void isIn(Call &call)
{
    const Vector &value = call.arguments[0];
    const bool text = value.column->type == ColumnType::String;
    forEachRow(call, [&](std::size_t row) {
        const bool valid = text || value.valid(row);
        bool found = false;
        bool bothNull = false;
        if (call.hasState()) {
            const auto &list = call.state<ConstantList>();
            bothNull = !valid && list.hasNull;
            found = valid && isInConstants<kFold>(list, value, row, &call.scratch.text);
        } else {
            for (const Vector &member : call.arguments.subspan(1)) {
                const bool known = text || member.valid(row);
                bothNull = bothNull || (!valid && !known);
                found = found || (valid && known && equalHere<kFold>(value, member, row));
            }
        }
        if (!bothNull)
            putValue(call.result, row, found != kNot);
    });
}

/// has_any, has_all: the needles are folded in the list, or row by row.
template<bool kAll>
void hasTerms(Call &call)
{
    const Vector &value = call.arguments[0];
    std::string folded;
    forEachRow(call, [&](std::size_t row) {
        const std::string_view text = value.text(row);
        bool result = kAll;
        const auto look = [&](std::string_view needle) {
            if (result == kAll) // not settled yet
                result = findFolded(text, needle, Borders::Both, &call.scratch.text);
        };
        if (call.hasState()) {
            for (const std::string &needle : call.state<ConstantList>().texts)
                look(needle);
        } else {
            for (const Vector &member : call.arguments.subspan(1)) {
                folded.clear();
                appendMapped(member.text(row), CaseMapping::Fold, &folded);
                look(folded);
            }
        }
        putValue(call.result, row, result);
    });
}

/// A constant dynamic array stands for its elements.
std::vector<NodePtr> spread(Binder &binder, const std::vector<NodePtr> &members)
{
    std::vector<NodePtr> flat;
    for (const NodePtr &member : members) {
        const bool array = member->isConstant() && member->type == ColumnType::Dynamic
                           && member->constant->valid[0] != 0
                           && jsonKind(member->constant->texts[0]) == JsonKind::Array;
        if (!array) {
            flat.push_back(member);
            continue;
        }
        std::string_view element;
        for (JsonArray elements(member->constant->texts[0]); elements.next(&element);)
            flat.push_back(binder.constant(textConstant(ColumnType::Dynamic, element), member->at));
    }
    return flat;
}

/// The type in which a value and the members of its list are compared.
ColumnType listType(ColumnType value, const std::vector<NodePtr> &members)
{
    const auto whole = [](ColumnType type) {
        return type == ColumnType::Int || type == ColumnType::Long;
    };
    if (value == ColumnType::Int)
        value = ColumnType::Long;
    for (const NodePtr &member : members) {
        if (value == ColumnType::Dynamic && member->type != ColumnType::Dynamic)
            value = member->type;
        else if (whole(value) && member->type == ColumnType::Real)
            value = ColumnType::Real;
    }
    return value == ColumnType::Dynamic ? ColumnType::String : value;
}

NodePtr
bindIn(Binder &binder, const Function &function, const Position &at, std::vector<NodePtr> arguments)
{
    std::vector<NodePtr> members = spread(binder, {arguments.begin() + 1, arguments.end()});
    const bool textOnly = function.name.ends_with('~') || function.name.starts_with("has");
    ColumnType type = listType(arguments[0]->type, members);
    if (textOnly) {
        if (arguments[0]->type != ColumnType::String && arguments[0]->type != ColumnType::Dynamic)
            return binder.refuse(at,
                                 ErrorCode::WrongType,
                                 fmt::format("'{}' works on strings, not on {}",
                                             function.name,
                                             typeName(arguments[0]->type)),
                                 "Convert the value with tostring(…).");
        type = ColumnType::String;
    }
    std::vector<NodePtr> converted{binder.convert(arguments[0], type)};
    for (const NodePtr &member : members) {
        const bool literal = member->isConstant() && member->type == ColumnType::String;
        const bool whole = type == ColumnType::Long && member->type == ColumnType::Int;
        const bool widened =
            type == ColumnType::Real
            && (member->type == ColumnType::Long || member->type == ColumnType::Int);
        if (member->type != type && member->type != ColumnType::Dynamic && !literal && !whole
            && !widened)
            return binder.refuse(member->at,
                                 ErrorCode::WrongType,
                                 fmt::format("{} stands in a list that is compared to {}",
                                             typeName(member->type),
                                             typeName(type)),
                                 "Convert one of them.");
        converted.push_back(binder.convert(member, type));
    }
    if (std::find(converted.begin(), converted.end(), nullptr) != converted.end())
        return nullptr;
    return binder.callOverload(function, at, std::move(converted));
}

/// x between (a .. b) is x >= a and x <= b; a timespan behind a datetime counts from it.
NodePtr bindBetween(Binder &binder,
                    const Function &function,
                    const Position &at,
                    std::vector<NodePtr> arguments)
{
    using enum ColumnType;
    const ColumnType value = arguments[0]->type;
    for (const NodePtr &argument : arguments) {
        if (argument->type == Bool || argument->type == String || argument->type == Guid)
            return binder.refuse(
                at,
                ErrorCode::WrongType,
                fmt::format("'{}' is not defined for {}", function.name, typeName(argument->type)),
                "It compares numbers, datetimes and timespans.");
    }
    if ((value == Datetime || value == Dynamic) && arguments[1]->type == Datetime
        && arguments[2]->type == Timespan)
        arguments[2] = binder.call("+", at, {arguments[1], arguments[2]});
    if (!arguments[2])
        return nullptr;
    const NodePtr low = binder.call(">=", at, {arguments[0], arguments[1]});
    const NodePtr high = low ? binder.call("<=", at, {arguments[0], arguments[2]}) : nullptr;
    if (!high)
        return nullptr;
    // Null as soon as one of the three is null: "and" alone would make a false of it.
    return binder.callOverload(function, at, {low, high});
}

template<bool kNot>
void bothHold(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        if (call.arguments[0].valid(row) && call.arguments[1].valid(row))
            putValue(call.result,
                     row,
                     (call.arguments[0].boolean(row) && call.arguments[1].boolean(row)) != kNot);
    });
}

std::vector<Overload> listOverloads(Kernel kernel, Prepare prepare)
{
    std::vector<Overload> overloads;
    for (const std::string_view signature : {"value: string, members: string... -> bool",
                                             "value: long, members: long... -> bool",
                                             "value: real, members: real... -> bool",
                                             "value: bool, members: bool... -> bool",
                                             "value: datetime, members: datetime... -> bool",
                                             "value: timespan, members: timespan... -> bool",
                                             "value: guid, members: guid... -> bool",
                                             "value: decimal, members: decimal... -> bool"})
        overloads.push_back({signature, kernel, prepare, true});
    return overloads;
}

Function listOperator(std::string_view name,
                      std::string_view help,
                      std::string_view example,
                      std::vector<Overload> overloads,
                      CustomBind bind = bindIn)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = std::move(overloads),
            .bind = bind,
            .isOperator = true};
}

std::vector<Overload> textOverload(Kernel kernel)
{
    return {{"text: string, words: string... -> bool", kernel, prepareList<true>}};
}

} // namespace

std::vector<Function> listOperators()
{
    return {
        listOperator("in",
                     "Equal to one of the list; strings with case.",
                     "level in ('error', 'fatal')",
                     listOverloads(isIn<false, false>, prepareList<false>)),
        listOperator("!in",
                     "Equal to none of the list; strings with case.",
                     "level !in ('info', 'debug')",
                     listOverloads(isIn<false, true>, prepareList<false>)),
        listOperator("in~",
                     "Equal to one of the list, without case.",
                     "level in~ ('error', 'fatal')",
                     textOverload(isIn<true, false>)),
        listOperator("!in~",
                     "Equal to none of the list, without case.",
                     "level !in~ ('info', 'debug')",
                     textOverload(isIn<true, true>)),
        listOperator("has_any",
                     "The text holds one of the words.",
                     "message has_any ('timeout', 'refused')",
                     textOverload(hasTerms<false>)),
        listOperator("has_all",
                     "The text holds all of the words.",
                     "message has_all ('disk', 'full')",
                     textOverload(hasTerms<true>)),
        listOperator("between",
                     "From the first to the second value, both included.",
                     "temp between (20 .. 30)",
                     {{"low: bool, high: bool -> bool", bothHold<false>}},
                     bindBetween),
        listOperator("!between",
                     "Outside of the range.",
                     "temp !between (20 .. 30)",
                     {{"low: bool, high: bool -> bool", bothHold<true>}},
                     bindBetween),
    };
}

} // namespace sluice::kql
