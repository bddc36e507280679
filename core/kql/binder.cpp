#include "core/kql/binder.h"

#include "core/kql/aggregate_binder.h"
#include "core/kql/constant.h"
#include "core/kql/evaluation.h"
#include "core/kql/functions.h"
#include "core/kql/literal.h"
#include "core/kql/name_scope.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace sluice::kql {

namespace {

constexpr int kImpossible = std::numeric_limits<int>::max();

/// What it costs to give a value of one type where another is wanted.
int conversionCost(ColumnType from, ColumnType to, bool exact)
{
    using enum ColumnType;
    if (from == to)
        return 0;
    if (from == Int && to == Long)
        return 1;
    if (exact)
        return kImpossible;
    if ((from == Int || from == Long) && to == Real)
        return 3;
    if ((from == Int || from == Long || from == Real) && to == Decimal)
        return 5;
    if (from == Decimal && to == Real)
        return 6; // more than a number to decimal, so that arithmetic stays decimal
    if (from == Dynamic) {
        if (to == String)
            return 7;
        if (to == Long)
            return 8;
        return to == Real ? 9 : 20;
    }
    return kImpossible;
}

const Parameter *parameterAt(const Overload &overload, std::size_t index)
{
    if (index < overload.parameters.size())
        return &overload.parameters[index];
    if (!overload.parameters.empty() && overload.parameters.back().variadic)
        return &overload.parameters.back();
    return nullptr;
}

bool takesCount(const Overload &overload, std::size_t count)
{
    for (std::size_t i = count; i < overload.parameters.size(); ++i) {
        if (!overload.parameters[i].optional && !overload.parameters[i].variadic)
            return false;
    }
    return count == 0 || parameterAt(overload, count - 1) != nullptr;
}

int overloadCost(const Overload &overload, const std::vector<NodePtr> &arguments)
{
    if (!takesCount(overload, arguments.size()))
        return kImpossible;
    int sum = 0;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const Parameter &parameter = *parameterAt(overload, i);
        int cost = 0;
        if (parameter.accepts == Accepts::Type)
            cost = conversionCost(arguments[i]->type, parameter.type, overload.exact);
        else if (parameter.accepts == Accepts::Text)
            cost = arguments[i]->type == ColumnType::String ? 0 : 1;
        if (cost == kImpossible)
            return kImpossible;
        sum += cost;
    }
    return sum;
}

struct Choice
{
    const Overload *overload = nullptr;
    bool ambiguous = false;
};

Choice chooseOverload(const Function &function, const std::vector<NodePtr> &arguments)
{
    Choice choice;
    int best = kImpossible;
    for (const Overload &overload : function.overloads) {
        const int cost = overloadCost(overload, arguments);
        if (cost < best) {
            best = cost;
            choice = {&overload, false};
        } else if (cost == best && cost != kImpossible && cost >= 20) {
            choice.ambiguous = true; // two readings of a dynamic value
        }
    }
    return choice;
}

std::vector<std::string> functionNames()
{
    std::vector<std::string> names;
    for (const Function &function : allFunctions()) {
        if (!function.isOperator)
            names.emplace_back(function.name);
    }
    return names;
}

} // namespace

std::string typeList(const std::vector<NodePtr> &arguments)
{
    std::string list;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (i != 0)
            list += i + 1 == arguments.size() ? " and " : ", ";
        list += typeName(arguments[i]->type);
    }
    return list;
}

std::string usage(const Function &function)
{
    if (function.overloads.empty())
        return std::string(function.name) + "(…)";
    const std::string_view signature = function.overloads.front().signature;
    return std::string(function.name) + "("
           + std::string(signature.substr(0, signature.find(" ->"))) + ")";
}

NodePtr Binder::refuse(const Position &at,
                       ErrorCode code,
                       std::string message,
                       std::string hint,
                       std::string suggestion)
{
    m_problems.push_back({code, std::move(message), std::move(hint), at, std::move(suggestion)});
    return nullptr;
}

NodePtr Binder::constant(ColumnPtr value, const Position &at)
{
    Node node;
    node.type = value->type;
    node.at = at;
    node.constant = std::move(value);
    return std::make_shared<const Node>(std::move(node));
}

NodePtr Binder::bind(const Syntax &syntax)
{
    switch (syntax.kind) {
    case SyntaxKind::Constant:
        return constant(syntax.constant, syntax.at);
    case SyntaxKind::Name:
        return bindName(syntax);
    case SyntaxKind::Call:
        return bindCall(syntax);
    case SyntaxKind::Member: {
        const NodePtr base = bind(*syntax.children[0]);
        return base ? pathStep(base,
                               constant(textConstant(ColumnType::String, syntax.name), syntax.at),
                               syntax.at)
                    : nullptr;
    }
    case SyntaxKind::Pipe:
        return refuse(syntax.at,
                      ErrorCode::SyntaxError,
                      "a query stands where a value is expected",
                      "Write toscalar(…) around it to use its first value.");
    case SyntaxKind::Index:
        break;
    }
    return bindIndex(syntax);
}

NodePtr Binder::bindName(const Syntax &syntax)
{
    const Schema *schema = m_context.schema;
    if (m_context.names != nullptr && (schema == nullptr || !schema->find(syntax.name))) {
        if (const auto node = m_context.names->bindName(*this, syntax))
            return *node;
    }
    return column(syntax.name, syntax.at);
}

NodePtr Binder::column(std::string_view name, const Position &at)
{
    if (m_aggregates != nullptr)
        return refuse(at,
                      ErrorCode::WrongArguments,
                      fmt::format("'{}' stands outside of an aggregate", name),
                      fmt::format("Which of its values is meant? For example max({0}), avg({0}) or "
                                  "take_any({0}).",
                                  name));
    const Schema *schema = m_context.schema;
    const auto place = schema != nullptr ? schema->find(name) : std::nullopt;
    if (!place && (schema == nullptr || !schema->open)) {
        std::vector<std::string> names;
        if (schema != nullptr) {
            for (const SchemaColumn &known : schema->columns)
                names.push_back(known.name);
        }
        if (m_context.names != nullptr) {
            for (std::string &known : m_context.names->names())
                names.push_back(std::move(known));
        }
        const std::string nearest = nearestName(name, names).value_or("");
        return refuse(at,
                      ErrorCode::UnknownName,
                      fmt::format("there is no column '{}'", name),
                      nearest.empty() ? std::string() : fmt::format("Did you mean '{}'?", nearest),
                      nearest);
    }
    return listedColumn(
        std::string(name), place ? schema->columns[*place].type : ColumnType::Dynamic, at);
}

NodePtr Binder::listedColumn(std::string name, ColumnType type, const Position &at)
{
    Node node;
    node.kind = NodeKind::Column;
    node.type = type;
    node.at = at;
    const auto known = std::find_if(
        m_columns.begin(), m_columns.end(), [&](const auto &other) { return other.name == name; });
    node.column = static_cast<std::size_t>(known - m_columns.begin());
    if (known == m_columns.end())
        m_columns.push_back({std::move(name), type});
    return std::make_shared<const Node>(std::move(node));
}

/// No function has that name, or none that may be called here.
NodePtr Binder::refuseFunction(const Syntax &syntax)
{
    if (!syntax.isOperator && findAggregate(syntax.name) != nullptr)
        return refuse(
            syntax.at,
            ErrorCode::UnknownFunction,
            fmt::format("{}() is an aggregate, and this is computed for each event", syntax.name),
            "Aggregates stand in summarize and in the windows of a group-by, and not "
            "inside of one another.");
    std::vector<std::string> names = functionNames();
    if (m_aggregates != nullptr) {
        for (const Aggregate &aggregate : allAggregates())
            names.emplace_back(aggregate.name);
    }
    const std::string nearest = nearestName(syntax.name, names).value_or("");
    return refuse(syntax.at,
                  ErrorCode::UnknownFunction,
                  fmt::format("there is no function '{}'", syntax.name),
                  nearest.empty() ? std::string() : fmt::format("Did you mean '{}'?", nearest),
                  nearest);
}

NodePtr Binder::bindCall(const Syntax &syntax)
{
    if (syntax.name == "typeof" && syntax.children.size() == 1
        && syntax.children[0]->kind == SyntaxKind::Name
        && typeFromName(syntax.children[0]->name)) // as in extract(…, typeof(long))
        return constant(textConstant(ColumnType::String, syntax.children[0]->name), syntax.at);
    if (m_context.names != nullptr) {
        if (const auto node = m_context.names->bindCall(*this, syntax))
            return *node;
    }
    if (m_aggregates != nullptr && !syntax.isOperator) {
        if (const Aggregate *aggregate = findAggregate(syntax.name))
            return m_aggregates->bindCall(*this, *aggregate, syntax);
    }
    const Function *function = findFunction(syntax.name);
    if (function == nullptr || function->isOperator != syntax.isOperator)
        return refuseFunction(syntax);
    std::vector<NodePtr> arguments;
    bool complete = true;
    for (const SyntaxPtr &child : syntax.children) {
        if (!child->argumentName.empty())
            return refuse(
                child->at,
                ErrorCode::SyntaxError,
                fmt::format("{}() takes its arguments by place, not by name", syntax.name));
        arguments.push_back(bind(*child));
        complete = complete && arguments.back() != nullptr;
    }
    return complete ? call(*function, syntax.at, std::move(arguments)) : nullptr;
}

NodePtr Binder::bindIndex(const Syntax &syntax)
{
    const NodePtr base = bind(*syntax.children[0]);
    const NodePtr key = bind(*syntax.children[1]);
    return base && key ? pathStep(base, key, syntax.at) : nullptr;
}

NodePtr Binder::call(std::string_view function, const Position &at, std::vector<NodePtr> arguments)
{
    return call(*findFunction(function), at, std::move(arguments));
}

NodePtr Binder::call(const Function &function, const Position &at, std::vector<NodePtr> arguments)
{
    if (function.bind != nullptr)
        return function.bind(*this, function, at, std::move(arguments));
    return callOverload(function, at, std::move(arguments));
}

NodePtr
Binder::callOverload(const Function &function, const Position &at, std::vector<NodePtr> arguments)
{
    const auto [overload, ambiguous] = chooseOverload(function, arguments);
    if (overload == nullptr)
        return refuseArguments(function, at, arguments);
    if (ambiguous)
        return refuse(at,
                      ErrorCode::WrongType,
                      fmt::format("'{}' cannot tell the type of a dynamic value", function.name),
                      "Convert it first: tolong(…), toreal(…), todatetime(…), totimespan(…).");
    Node node;
    node.kind = NodeKind::Call;
    node.type = overload->result;
    node.at = at;
    node.function = &function;
    node.overload = overload;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        NodePtr argument = argumentFor(*parameterAt(*overload, i), arguments[i]);
        if (!argument)
            return nullptr;
        node.arguments.push_back(std::move(argument));
    }
    for (std::size_t i = arguments.size(); i < overload->parameters.size(); ++i) {
        const Parameter &parameter = overload->parameters[i];
        if (!parameter.optional || parameter.defaultValue.empty())
            break;
        const auto value = readDefault(parameter);
        node.arguments.push_back(constant(value, at));
    }
    if (overload->prepare != nullptr) {
        auto state = overload->prepare(node.arguments);
        if (!state)
            return refuse(at, state.error().code, state.error().message, state.error().hint);
        node.state = std::move(*state);
    }
    return finish(std::move(node));
}

NodePtr Binder::argumentFor(const Parameter &parameter, const NodePtr &argument)
{
    switch (parameter.accepts) {
    case Accepts::Any:
        return argument;
    case Accepts::Text:
        return convert(argument, ColumnType::String);
    case Accepts::Type:
        break;
    }
    // An int lies in memory as a long does.
    if (argument->type == ColumnType::Int && parameter.type == ColumnType::Long)
        return argument;
    return convert(argument, parameter.type);
}

NodePtr Binder::convert(const NodePtr &node, ColumnType type)
{
    if (!node || node->type == type)
        return node;
    return call(conversionName(type), node->at, {node});
}

/// Computes what does not depend on the event.
NodePtr Binder::finish(Node node)
{
    const bool constantArguments =
        std::all_of(node.arguments.begin(), node.arguments.end(), [](const NodePtr &argument) {
            return argument->isConstant();
        });
    if (!constantArguments || node.function->stability != Stability::Always)
        return std::make_shared<const Node>(std::move(node));
    auto value = foldCall(node);
    if (!value)
        return refuse(node.at, value.error().code, value.error().message, value.error().hint);
    return constant(*value, node.at);
}

NodePtr Binder::refuseArguments(const Function &function,
                                const Position &at,
                                const std::vector<NodePtr> &arguments)
{
    const bool count = std::none_of(
        function.overloads.begin(), function.overloads.end(), [&](const Overload &overload) {
            return takesCount(overload, arguments.size());
        });
    if (function.isOperator)
        return refuse(at,
                      ErrorCode::WrongType,
                      fmt::format("'{}' is not defined for {}", function.name, typeList(arguments)),
                      function.help.empty() ? std::string() : std::string(function.help));
    if (count)
        return refuse(at,
                      ErrorCode::WrongArguments,
                      fmt::format("{}() does not take {} argument{}",
                                  function.name,
                                  arguments.size(),
                                  arguments.size() == 1 ? "" : "s"),
                      fmt::format("Its use: {}.", usage(function)));
    return refuse(at,
                  ErrorCode::WrongType,
                  fmt::format("{}() does not take {}", function.name, typeList(arguments)),
                  fmt::format("Its use: {}.", usage(function)));
}

} // namespace sluice::kql
