#include "core/event/column_type.h"
#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/kql/functions.h"
#include "core/kql/lexer.h"
#include "core/kql/literal.h"
#include "core/kql/values.h"

#include <algorithm>
#include <array>
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

struct Part
{
    std::string_view group;
    std::vector<Function> (*make)();
};

/// The parts of the table in the order of the language page.
constexpr std::array kParts{Part{"Comparison", comparisonOperators},
                            Part{"Arithmetic", arithmeticOperators},
                            Part{"Logic", logicFunctions},
                            Part{"Text search", stringOperators},
                            Part{"Lists and ranges", listOperators},
                            Part{"Dynamic values", dynamicAccessFunctions},
                            Part{"Conversion", conversionFunctions},
                            Part{"Conversion", textConversionFunctions},
                            Part{"Text", stringFunctions},
                            Part{"Text", searchFunctions},
                            Part{"Text", searchPlaceFunctions},
                            Part{"Mathematics", mathFunctions},
                            Part{"Time", timeFunctions},
                            Part{"Time", timeFormatFunctions},
                            Part{"Time", timeZoneFunctions},
                            Part{"Arrays", arrayFunctions},
                            Part{"Arrays", arrayShapeFunctions},
                            Part{"Property bags", bagFunctions},
                            Part{"Property bags", treeFunctions},
                            Part{"Encoding and hashes", encodingFunctions},
                            Part{"Encoding and hashes", byteFunctions},
                            Part{"Encoding and hashes", compressionFunctions},
                            Part{"Encoding and hashes", commandLineFunctions},
                            Part{"Encoding and hashes", xmlFunctions},
                            Part{"Networks", ipv4Functions},
                            Part{"Networks", ipv6Functions},
                            Part{"Series", seriesMathFunctions},
                            Part{"Series", seriesFillFunctions},
                            Part{"Series", seriesStatisticsFunctions},
                            Part{"Series", seriesFilterFunctions},
                            Part{"Geography", geoFunctions},
                            Part{"Units", unitFunctions}};

void append(std::vector<Function> *table, std::vector<Function> part)
{
    std::move(part.begin(), part.end(), std::back_inserter(*table));
}

std::vector<Function> buildTable()
{
    std::vector<Function> table;
    for (const Part &part : kParts) {
        std::vector<Function> functions = part.make();
        for (Function &function : functions)
            function.group = part.group;
        append(&table, std::move(functions));
    }
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

std::vector<std::string_view> functionGroups()
{
    std::vector<std::string_view> groups;
    for (const Part &part : kParts) {
        if (groups.empty() || groups.back() != part.group)
            groups.push_back(part.group);
    }
    return groups;
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
