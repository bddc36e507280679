#include "core/kql/functions.h"

#include "core/kql/function.h"

#include <algorithm>

namespace sluice::kql {

namespace {

std::string signatureOf(const Function &function, const Overload &overload)
{
    const std::string_view text = overload.signature;
    const std::size_t arrow = text.find("->");
    std::string_view parameters = text.substr(0, arrow);
    while (parameters.ends_with(' '))
        parameters.remove_suffix(1);
    return std::string(function.name) + "(" + std::string(parameters) + ") "
           + std::string(text.substr(arrow));
}

std::vector<FunctionInfo> buildList()
{
    std::vector<FunctionInfo> list;
    for (const Function &function : allFunctions()) {
        if (function.name == "path" || function.name == "negate")
            continue; // written as a.b and -a
        FunctionInfo info{function.name,
                          {},
                          function.help,
                          function.example,
                          function.aliasOf,
                          function.isOperator,
                          function.group};
        if (!function.isOperator) {
            for (const Overload &overload : function.overloads)
                info.signatures.push_back(signatureOf(function, overload));
        }
        list.push_back(std::move(info));
    }
    return list;
}

} // namespace

const std::vector<FunctionInfo> &functionList()
{
    static const std::vector<FunctionInfo> list = buildList();
    return list;
}

const FunctionInfo *findFunctionInfo(std::string_view name)
{
    const auto &list = functionList();
    const auto found = std::find_if(
        list.begin(), list.end(), [&](const FunctionInfo &info) { return info.name == name; });
    return found == list.end() ? nullptr : &*found;
}

std::string_view conversionName(ColumnType type)
{
    switch (type) {
    case ColumnType::Bool:
        return "tobool";
    case ColumnType::Int:
        return "toint";
    case ColumnType::Long:
        return "tolong";
    case ColumnType::Real:
        return "toreal";
    case ColumnType::Decimal:
        return "todecimal";
    case ColumnType::String:
        return "tostring";
    case ColumnType::Datetime:
        return "todatetime";
    case ColumnType::Timespan:
        return "totimespan";
    case ColumnType::Guid:
        return "toguid";
    case ColumnType::Dynamic:
        break;
    }
    return "todynamic";
}

} // namespace sluice::kql
