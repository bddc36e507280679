// and, or, not, iff, case, coalesce, isnull …
#include "core/base/value.h"
#include "core/kql/binder.h"
#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"

namespace sluice::kql {

namespace {

/// Three-valued and/or. `kDecides` is the value that settles it whatever the others are.
template<bool kDecides>
void combine(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        bool known = true;
        bool decided = false;
        for (const Vector &argument : call.arguments) {
            if (!argument.valid(row))
                known = false;
            else if (argument.boolean(row) == kDecides)
                decided = true;
        }
        if (decided || known)
            putValue(call.result, row, decided ? kDecides : !kDecides);
    });
}

bool negate(bool value)
{
    return !value;
}

bool isNullHere(const Vector &vector, std::size_t row)
{
    if (vector.column->type == ColumnType::String)
        return false;
    if (!vector.valid(row))
        return true;
    if (vector.column->type != ColumnType::Dynamic)
        return false;
    const JsonKind kind = jsonKind(jsonTrim(vector.text(row)));
    return kind == JsonKind::Null || kind == JsonKind::Missing;
}

bool isEmptyHere(const Vector &vector, std::size_t row)
{
    if (vector.column->type == ColumnType::String)
        return vector.text(row).empty();
    return isNullHere(vector, row)
           || (vector.column->type == ColumnType::Dynamic && vector.text(row) == "\"\"");
}

template<auto kTest, bool kWanted>
void test(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        putValue(call.result, row, kTest(call.arguments[0], row) == kWanted);
    });
}

/// Copies one value; text is viewed, the result names its columns as sources.
void copyValue(Column &result, std::size_t row, const Vector &from)
{
    if (!from.valid(row))
        return;
    switch (result.storage()) {
    case Storage::Byte:
        putValue(result, row, from.boolean(row));
        break;
    case Storage::Integer:
        putValue(result, row, from.integer(row));
        break;
    case Storage::Float:
        putValue(result, row, from.real(row));
        break;
    case Storage::Text:
        putValue(result, row, from.text(row));
        break;
    }
}

void choose(Call &call)
{
    const Vector &condition = call.arguments[0];
    forEachRow(call, [&](std::size_t row) {
        const bool yes = condition.valid(row) && condition.boolean(row);
        copyValue(call.result, row, call.arguments[yes ? 1 : 2]);
    });
}

void firstPresent(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        for (const Vector &argument : call.arguments) {
            if (!isNullHere(argument, row)
                && (argument.column->type != ColumnType::String || !argument.text(row).empty())) {
                copyValue(call.result, row, argument);
                return;
            }
        }
        copyValue(call.result, row, call.arguments.back());
    });
}

/// column_ifexists('name', default): what to read is settled by the schema.
NodePtr bindColumnIfExists(Binder &binder,
                           const Function &function,
                           const Position &at,
                           std::vector<NodePtr> arguments)
{
    if (arguments.size() != 2 || !arguments[0]->isConstant()
        || arguments[0]->type != ColumnType::String)
        return binder.refuse(
            at,
            ErrorCode::WrongArguments,
            fmt::format("{}() needs a column's name as a string and a default", function.name),
            fmt::format("As in: {}.", function.example));
    const std::string_view name = arguments[0]->constant->texts[0];
    const Schema *schema = binder.context().schema;
    if (schema != nullptr && (schema->open || schema->find(name)))
        return binder.column(name, arguments[0]->at);
    return arguments[1];
}

Function columnIfExists(std::string_view name)
{
    return {.name = name,
            .help = "A column where the table has it, else another value.",
            .example = "column_ifexists('temp', real(null))",
            .overloads = {},
            .bind = bindColumnIfExists,
            .aliasOf = name == "column_ifexists" ? "" : "column_ifexists"};
}

/// case(p1, v1, p2, v2, …, else) is iff(p1, v1, iff(p2, v2, else)).
NodePtr bindCase(Binder &binder,
                 const Function &function,
                 const Position &at,
                 std::vector<NodePtr> arguments)
{
    if (arguments.size() < 3 || arguments.size() % 2 == 0)
        return binder.refuse(at,
                             ErrorCode::WrongArguments,
                             "case() needs pairs of condition and value, and a value for the rest",
                             fmt::format("As in: {}.", function.example));
    if (arguments.size() > 2 * static_cast<std::size_t>(kMaxKqlDepth))
        return binder.refuse(at, ErrorCode::TooComplex, "case() has too many pairs");
    NodePtr result = arguments.back();
    for (std::size_t i = arguments.size() - 1; result && i >= 2; i -= 2)
        result = binder.call("iff", at, {arguments[i - 2], arguments[i - 1], result});
    return result;
}

NodePtr bindParameter(Binder &binder,
                      const Function & /*function*/,
                      const Position &at,
                      std::vector<NodePtr> arguments)
{
    if (arguments.size() != 1 || !arguments[0]->isConstant()
        || arguments[0]->type != ColumnType::String)
        return binder.refuse(at,
                             ErrorCode::WrongArguments,
                             "param() takes the name of a parameter as a string",
                             "As in: param('limit').");
    const std::string name(arguments[0]->constant->texts[0]);
    std::vector<std::string> names;
    if (binder.context().parameters != nullptr) {
        for (const ParameterValue &parameter : *binder.context().parameters) {
            names.push_back(parameter.name);
            if (parameter.name != name)
                continue;
            const Value &value = parameter.value;
            ColumnPtr constant = nullConstant(parameter.type);
            if (const auto *text = value.asString())
                constant = textConstant(ColumnType::String, *text);
            else if (const auto *flag = value.asBool())
                constant = boolConstant(*flag);
            else if (const auto *integer = value.asInteger())
                constant = integerConstant(ColumnType::Long, *integer);
            else if (const auto *real = value.asReal())
                constant = realConstant(*real);
            return binder.convert(binder.constant(constant, at), parameter.type);
        }
    }
    const std::string nearest = nearestName(name, names).value_or("");
    return binder.refuse(arguments[0]->at,
                         ErrorCode::UnknownParameter,
                         fmt::format("the pipeline has no parameter '{}'", name),
                         nearest.empty() ? "Declare it in the pipeline's parameters."
                                         : fmt::format("Did you mean '{}'?", nearest),
                         nearest);
}

/// The same signature for every type T.
std::vector<Overload> forEveryType(std::initializer_list<std::string_view> signatures,
                                   Kernel kernel)
{
    std::vector<Overload> overloads;
    for (const std::string_view signature : signatures)
        overloads.push_back({signature, kernel, nullptr, true});
    return overloads;
}

std::vector<Overload> chooseOverloads()
{
    return forEveryType({"if: bool, then: string, else: string -> string",
                         "if: bool, then: long, else: long -> long",
                         "if: bool, then: real, else: real -> real",
                         "if: bool, then: bool, else: bool -> bool",
                         "if: bool, then: datetime, else: datetime -> datetime",
                         "if: bool, then: timespan, else: timespan -> timespan",
                         "if: bool, then: dynamic, else: dynamic -> dynamic",
                         "if: bool, then: guid, else: guid -> guid",
                         "if: bool, then: decimal, else: decimal -> decimal",
                         "if: bool, then: int, else: int -> int"},
                        choose);
}

NodePtr bindChoice(Binder &binder,
                   const Function &function,
                   const Position &at,
                   std::vector<NodePtr> arguments)
{
    if (!arguments.empty() && arguments[0]->type == ColumnType::Dynamic)
        arguments[0] = binder.convert(arguments[0], ColumnType::Bool);
    if (arguments.size() == 3 && arguments[0] && arguments[1]->type != arguments[2]->type) {
        const auto whole = [](const NodePtr &node) {
            return node->type == ColumnType::Int || node->type == ColumnType::Long;
        };
        if (!whole(arguments[1]) || !whole(arguments[2]))
            return binder.refuse(
                at,
                ErrorCode::WrongType,
                fmt::format("both values of {}() must have one type, not {} and {}",
                            function.name,
                            typeName(arguments[1]->type),
                            typeName(arguments[2]->type)),
                "Convert one of them: toreal(…), tostring(…).");
    }
    return arguments.empty() || arguments[0]
               ? binder.callOverload(function, at, std::move(arguments))
               : nullptr;
}

Function
logicOperator(std::string_view name, std::string_view help, std::string_view example, Kernel kernel)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {{"left: bool, right: bool, more: bool... -> bool", kernel}},
            .isOperator = true};
}

Function
predicate(std::string_view name, std::string_view help, std::string_view example, Kernel kernel)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {{"value: any -> bool", kernel}}};
}

} // namespace

std::vector<Function> logicFunctions()
{
    std::vector<Overload> coalesce =
        forEveryType({"value: string, second: string, others: string... -> string",
                      "value: long, second: long, others: long... -> long",
                      "value: real, second: real, others: real... -> real",
                      "value: bool, second: bool, others: bool... -> bool",
                      "value: datetime, second: datetime, others: datetime... -> datetime",
                      "value: timespan, second: timespan, others: timespan... -> timespan",
                      "value: dynamic, second: dynamic, others: dynamic... -> dynamic",
                      "value: guid, second: guid, others: guid... -> guid",
                      "value: decimal, second: decimal, others: decimal... -> decimal",
                      "value: int, second: int, others: int... -> int"},
                     firstPresent);
    return {
        logicOperator("and", "True when both are.", "temp > 20 and level == 'ok'", combine<false>),
        logicOperator("or", "True when one is.", "temp > 20 or temp < 0", combine<true>),
        {.name = "not",
         .help = "The opposite of a bool; null stays null.",
         .example = "not(enabled)",
         .overloads = {{"value: bool -> bool", rows<negate>}}},
        {.name = "iff",
         .help = "The second value where the condition is true, else the third.",
         .example = "iff(temp > 20, 'hot', 'cold')",
         .overloads = chooseOverloads(),
         .bind = bindChoice},
        {.name = "iif",
         .help = "The same as iff().",
         .example = "iif(temp > 20, 'hot', 'cold')",
         .overloads = chooseOverloads(),
         .bind = bindChoice,
         .aliasOf = "iff"},
        {.name = "case",
         .help = "The value behind the first condition that is true, else the last one.",
         .example = "case(temp > 30, 'hot', temp > 15, 'warm', 'cold')",
         .overloads = {},
         .bind = bindCase},
        {.name = "coalesce",
         .help = "The first value that is neither null nor an empty string.",
         .example = "coalesce(nickname, name, 'nobody')",
         .overloads = std::move(coalesce)},
        predicate(
            "isnull", "True for null; never for a string.", "isnull(temp)", test<isNullHere, true>),
        predicate("isnotnull", "False for null.", "isnotnull(temp)", test<isNullHere, false>),
        predicate("notnull", "The same as isnotnull().", "notnull(temp)", test<isNullHere, false>),
        predicate("isempty",
                  "True for null and for an empty string.",
                  "isempty(name)",
                  test<isEmptyHere, true>),
        predicate("isnotempty",
                  "False for null and for an empty string.",
                  "isnotempty(name)",
                  test<isEmptyHere, false>),
        predicate(
            "notempty", "The same as isnotempty().", "notempty(name)", test<isEmptyHere, false>),
        columnIfExists("column_ifexists"),
        columnIfExists("columnifexists"),
        {.name = "param",
         .help = "The value of a parameter of the pipeline.",
         .example = "temp > param('limit')",
         .overloads = {},
         .bind = bindParameter},
    };
}

} // namespace sluice::kql
