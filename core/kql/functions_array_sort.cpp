// Sorting of dynamic arrays, alone and together.
#include "core/kql/array_values.h"
#include "core/kql/binder.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/values.h"

#include <algorithm>
#include <numeric>

namespace sluice::kql {

namespace {

/// Numbers, then strings, then the rest; null is on its own.
int sortRank(std::string_view element)
{
    switch (jsonKind(element)) {
    case JsonKind::Long:
    case JsonKind::Real:
        return 0;
    case JsonKind::String:
        return 1;
    default:
        return 2;
    }
}

template<bool kDescending>
bool sortsBefore(std::string_view a, std::string_view b)
{
    const int rankA = sortRank(a);
    const int rankB = sortRank(b);
    if (rankA != rankB)
        return rankA < rankB;
    if (rankA == 0) {
        const double left = parseReal(a).value_or(0);
        const double right = parseReal(b).value_or(0);
        return kDescending ? right < left : left < right;
    }
    return kDescending ? b < a : a < b;
}

template<bool kDescending>
std::string_view sort(Call &call, std::string_view json, bool nullsLast)
{
    if (!isJsonArray(json))
        return {};
    auto elements = arrayElements(json);
    const auto isNull = [](std::string_view element) { return element == "null"; };
    const auto nulls =
        std::stable_partition(elements.begin(), elements.end(), [&](std::string_view element) {
            return isNull(element) != nullsLast;
        });
    const auto sorter = sortsBefore<kDescending>;
    if (nullsLast)
        std::stable_sort(elements.begin(), nulls, sorter);
    else
        std::stable_sort(nulls, elements.end(), sorter);
    return keepArray(call, elements);
}

/// Sorts the first array; the others follow its order. An array of another size becomes null, and
/// a bool at the end says where nulls go.
template<bool kDescending>
void sortTogether(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        std::size_t count = call.arguments.size();
        bool nullsLast = true;
        if (call.arguments.back().column->type == ColumnType::Bool) {
            --count;
            nullsLast = !call.arguments[count].valid(row) || call.arguments[count].boolean(row);
        }
        if (!isJsonArray(call.arguments[0].text(row)))
            return;
        const auto keys = arrayElements(call.arguments[0].text(row));
        std::vector<std::size_t> order(keys.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            const bool nullA = keys[a] == "null";
            const bool nullB = keys[b] == "null";
            if (nullA || nullB)
                return nullA != nullB && nullA != nullsLast;
            return sortsBefore<kDescending>(keys[a], keys[b]);
        });
        TextBuilder builder(call.scratch);
        for (std::size_t array = 0; array < count && !builder.isFull(); ++array) {
            builder.append(array == 0 ? "[" : ",");
            const auto elements = arrayElements(call.arguments[array].text(row));
            if (elements.size() != keys.size()) {
                builder.append("null");
                continue;
            }
            for (std::size_t i = 0; i < order.size(); ++i) {
                builder.append(i == 0 ? '[' : ',');
                builder.append(elements[order[i]]);
            }
            builder.append(order.empty() ? "[]" : "]");
        }
        builder.append(']');
        putKept(call, row, call.keep(builder.text()));
    });
}

/// Arrays, and a bool at the end.
NodePtr bindSort(Binder &binder,
                 const Function &function,
                 const Position &at,
                 std::vector<NodePtr> arguments)
{
    for (std::size_t i = 2; i < arguments.size(); ++i) {
        const ColumnType type = arguments[i]->type;
        const bool last = i + 1 == arguments.size();
        if (type != ColumnType::Dynamic && !(last && type == ColumnType::Bool))
            return binder.refuse(
                arguments[i]->at,
                ErrorCode::WrongType,
                fmt::format("{}() sorts arrays, not {}", function.name, typeName(type)));
    }
    return binder.callOverload(function, at, std::move(arguments));
}

std::vector<TupleColumn> sortedColumns(std::span<const std::string> names,
                                       std::span<const NodePtr> nodes)
{
    std::vector<TupleColumn> columns;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i]->type == ColumnType::Dynamic)
            columns.push_back(
                {names[i].empty() ? "array" + std::to_string(i) + "_sorted" : names[i] + "_sorted",
                 ColumnType::Dynamic});
    }
    if (columns.size() < 2)
        columns.clear(); // one array is one value
    return columns;
}

} // namespace

std::vector<Function> arraySortFunctions()
{
    return {
        {.name = "array_sort_asc",
         .help = "The elements from small to large.",
         .example = "array_sort_asc(values)",
         .overloads = {{"array: dynamic, [nulls_last: bool = true] -> dynamic", rows<sort<false>>},
                       {"array: dynamic, second: dynamic, more: any... -> dynamic",
                        sortTogether<false>}},
         .bind = bindSort,
         .tuple = sortedColumns},
        {.name = "array_sort_desc",
         .help = "The elements from large to small.",
         .example = "array_sort_desc(values)",
         .overloads = {{"array: dynamic, [nulls_last: bool = true] -> dynamic", rows<sort<true>>},
                       {"array: dynamic, second: dynamic, more: any... -> dynamic",
                        sortTogether<true>}},
         .bind = bindSort,
         .tuple = sortedColumns},
    };
}

} // namespace sluice::kql
