#include "core/event/column_type.h"
#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/kql/lexer.h"
#include "core/kql/literal.h"
#include "core/kql/values.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace sluice::kql {

namespace {

std::string_view takeUntil(std::string_view *text, std::string_view mark)
{
    const std::size_t at = text->find(mark);
    const std::string_view part = text->substr(0, at);
    text->remove_prefix(at == std::string_view::npos ? text->size() : at + mark.size());
    return trimSpaces(part);
}

/// "name: type", "[name: type = value]", "name: type...".
Parameter readParameter(std::string_view text)
{
    Parameter parameter;
    if (text.front() == '[') {
        parameter.optional = true;
        text = text.substr(1, text.size() - 2);
    }
    parameter.name = takeUntil(&text, ":");
    std::string_view type = takeUntil(&text, "=");
    parameter.defaultValue = trimSpaces(text);
    if (type.ends_with("...")) {
        parameter.variadic = true;
        type.remove_suffix(3);
    }
    if (type == "any") {
        parameter.accepts = Accepts::Any;
    } else if (type == "text") {
        parameter.accepts = Accepts::Text;
    } else {
        const auto known = typeFromName(type);
        assert(known.has_value());
        parameter.type = known.value_or(ColumnType::String);
    }
    return parameter;
}

void append(std::vector<Function> *table, std::vector<Function> part)
{
    std::move(part.begin(), part.end(), std::back_inserter(*table));
}

std::vector<Function> buildTable()
{
    std::vector<Function> table;
    for (const auto part : {comparisonOperators,   arithmeticOperators,
                            logicFunctions,        stringOperators,
                            listOperators,         dynamicAccessFunctions,
                            conversionFunctions,   textConversionFunctions,
                            stringFunctions,       searchFunctions,
                            mathFunctions,         timeFunctions,
                            timeFormatFunctions,   arrayFunctions,
                            bagFunctions,          encodingFunctions,
                            arrayShapeFunctions,   treeFunctions,
                            ipv4Functions,         ipv6Functions,
                            byteFunctions,         compressionFunctions,
                            commandLineFunctions,  xmlFunctions,
                            timeZoneFunctions,     seriesMathFunctions,
                            seriesFillFunctions,   seriesStatisticsFunctions,
                            seriesFilterFunctions, geoFunctions,
                            unitFunctions})
        append(&table, part());
    for (Function &function : table) {
        for (Overload &overload : function.overloads)
            readSignature(&overload);
    }
    std::sort(table.begin(), table.end(), [](const Function &a, const Function &b) {
        return a.name < b.name;
    });
    return table;
}

} // namespace

void readSignature(Overload *overload)
{
    std::string_view text = overload->signature;
    std::string_view parameters = takeUntil(&text, "->");
    const auto result = typeFromName(trimSpaces(text));
    assert(result.has_value());
    overload->result = result.value_or(ColumnType::Dynamic);
    while (!parameters.empty())
        overload->parameters.push_back(readParameter(takeUntil(&parameters, ",")));
}

const std::vector<Function> &allFunctions()
{
    static const std::vector<Function> table = buildTable();
    return table;
}

const Function *findFunction(std::string_view name)
{
    const auto &table = allFunctions();
    const auto found = std::lower_bound(
        table.begin(), table.end(), name, [](const Function &function, std::string_view wanted) {
            return function.name < wanted;
        });
    return found != table.end() && found->name == name ? &*found : nullptr;
}

ColumnPtr readDefault(const Parameter &parameter)
{
    const auto tokens = tokenize(parameter.defaultValue);
    const Token &token = tokens.back();
    if (token.kind == TokenKind::String)
        return textConstant(ColumnType::String, readStringLiteral(token.text).value_or(""));
    if (token.kind == TokenKind::Keyword)
        return boolConstant(token.text == "true");
    const auto value = token.kind == TokenKind::Literal    ? readTypedLiteral(token.text)
                       : token.kind == TokenKind::Timespan ? readTimespanLiteral(token.text)
                                                           : readNumberLiteral(token.text);
    assert(value.has_value());
    if (tokens.size() == 2 && (*value)->type == ColumnType::Long) // a minus before it
        return integerConstant(ColumnType::Long, -(*value)->integers[0]);
    return *value;
}

} // namespace sluice::kql
