#include "core/kql/natural_name.h"

#include "core/kql/aggregate.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

namespace {

/// Functions whose result keeps the name of their first argument (Microsoft's parser 12.4.1).
constexpr auto kKeepsName = std::to_array<std::string_view>({"abs",
                                                             "acos",
                                                             "asin",
                                                             "atan",
                                                             "atan2",
                                                             "bin",
                                                             "bin_at",
                                                             "bin_auto",
                                                             "bitset_count_ones",
                                                             "parse_csv",
                                                             "parse_xml",
                                                             "split",
                                                             "series_fill_backward",
                                                             "series_fill_const",
                                                             "series_fill_forward",
                                                             "series_fill_linear",
                                                             "series_fir",
                                                             "series_iir",
                                                             "series_outliers",
                                                             "binary_and",
                                                             "binary_not",
                                                             "binary_or",
                                                             "binary_shift_left",
                                                             "binary_shift_right",
                                                             "binary_xor",
                                                             "ceiling",
                                                             "cos",
                                                             "exp",
                                                             "exp10",
                                                             "exp2",
                                                             "floor",
                                                             "format_datetime",
                                                             "format_timespan",
                                                             "gamma",
                                                             "log",
                                                             "log10",
                                                             "log2",
                                                             "loggamma",
                                                             "parse_json",
                                                             "parsejson",
                                                             "pow",
                                                             "rand",
                                                             "round",
                                                             "sin",
                                                             "sqrt",
                                                             "startofday",
                                                             "tan",
                                                             "tobool",
                                                             "toboolean",
                                                             "todatetime",
                                                             "todecimal",
                                                             "todouble",
                                                             "todynamic",
                                                             "toguid",
                                                             "tohex",
                                                             "toint",
                                                             "tolong",
                                                             "toobject",
                                                             "toreal",
                                                             "tostring",
                                                             "totime",
                                                             "totimespan"});
/// Functions that put their own name before it.
constexpr auto kPrefixesName = std::to_array<std::string_view>({"strlen", "string_size", "repeat"});

template<typename Names>
bool holds(const Names &names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string pathName(const Syntax &syntax)
{
    const std::string base = naturalName(*syntax.children[0]);
    if (base.empty())
        return {};
    if (syntax.kind == SyntaxKind::Member)
        return base + "_" + syntax.name;
    const Syntax &key = *syntax.children[1];
    if (key.kind != SyntaxKind::Constant || key.constant->valid[0] == 0)
        return base;
    if (key.constant->storage() == Storage::Text)
        return base + "_" + std::string(key.constant->texts[0]);
    if (key.constant->storage() == Storage::Integer)
        return base + "_" + std::to_string(key.constant->integers[0]);
    return base;
}

} // namespace

std::string aggregateName(const Syntax &call, const Aggregate &aggregate)
{
    std::string name(aggregate.prefix);
    for (std::size_t i = 0; i < std::min(aggregate.namesInputs, call.children.size()); ++i)
        name += (i == 0 ? "" : "_") + naturalName(*call.children[i]);
    return name;
}

std::string naturalName(const Syntax &syntax)
{
    switch (syntax.kind) {
    case SyntaxKind::Constant:
    case SyntaxKind::Pipe:
        return {};
    case SyntaxKind::Name:
        return syntax.name;
    case SyntaxKind::Member:
    case SyntaxKind::Index:
        return pathName(syntax);
    case SyntaxKind::Call:
        break;
    }
    if (syntax.isOperator)
        return {};
    if (const Aggregate *aggregate = findAggregate(syntax.name))
        return aggregateName(syntax, *aggregate);
    if (syntax.children.empty())
        return {};
    if (holds(kKeepsName, syntax.name))
        return naturalName(*syntax.children[0]);
    if (holds(kPrefixesName, syntax.name))
        return syntax.name + "_" + naturalName(*syntax.children[0]);
    return syntax.name == "gettype" ? "type_" + naturalName(*syntax.children[0]) : std::string();
}

} // namespace sluice::kql
