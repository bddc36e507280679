#pragma once

#include "core/event/column_type.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// A function or an operator, as completion and help show it. Views live as long as the program.
struct FunctionInfo
{
    std::string_view name;
    std::vector<std::string> signatures; // "substring(text, start: long, [length: long]) -> string"
    std::string_view help;
    std::string_view example;
    std::string_view aliasOf; // the name to prefer, or empty
    bool isOperator = false;  // "has", "==": stands between its arguments
    std::string_view group;   // "Text", "Time" …
};

/// All of them, sorted by name.
const std::vector<FunctionInfo> &functionList();
/// Null for an unknown name.
const FunctionInfo *findFunctionInfo(std::string_view name);
/// The function that converts to a type: "toreal".
std::string_view conversionName(ColumnType type);
/// The groups in the order of the language page.
std::vector<std::string_view> functionGroups();

} // namespace sluice::kql
