#include "core/kql/aggregate_binder.h"

#include "core/kql/natural_name.h"
#include "core/kql/parser.h"

#include <algorithm>

namespace sluice::kql {

AggregateBinder::AggregateBinder(const BindContext &rows, std::vector<std::string> keys)
    : m_rows(rows)
    , m_results(BindContext{nullptr, rows.parameters, rows.names})
    , m_keys(std::move(keys))
{
    m_results.setAggregates(this);
}

bool AggregateBinder::isKey(std::string_view column) const
{
    return std::find(m_keys.begin(), m_keys.end(), column) != m_keys.end();
}

std::vector<Problem> AggregateBinder::takeProblems()
{
    std::vector<Problem> problems = m_rows.takeProblems();
    for (Problem &problem : m_results.takeProblems())
        problems.push_back(std::move(problem));
    return problems;
}

AggregatePlanPtr AggregateBinder::take()
{
    m_plan.inputs = m_rows.takeColumns();
    m_results.takeColumns(); // the same as m_plan.results
    return std::make_shared<const AggregatePlan>(std::move(m_plan));
}

NodePtr AggregateBinder::resultNode(std::size_t result, const Position &at)
{
    return m_results.listedColumn("$" + std::to_string(result), m_plan.results[result].type, at);
}

bool AggregateBinder::refuseNames(const Syntax &entry, std::size_t columns)
{
    m_results.refuse(entry.at,
                     ErrorCode::WrongArguments,
                     fmt::format("this gives {} column{}, and more are named",
                                 columns,
                                 columns == 1 ? "" : "s"));
    return false;
}

bool AggregateBinder::bind(const Syntax &entry, std::span<const std::string> names)
{
    const Aggregate *aggregate =
        entry.kind == SyntaxKind::Call && !entry.isOperator ? findAggregate(entry.name) : nullptr;
    if (aggregate == nullptr) {
        const NodePtr value = m_results.bind(entry);
        if (!value)
            return false;
        if (names.size() > 1)
            return refuseNames(entry, 1);
        m_plan.columns.push_back({names.empty() ? naturalName(entry) : names.front(),
                                  !names.empty(),
                                  value->type,
                                  value});
        return true;
    }
    AggregateCall call;
    if (!makeCall(*aggregate, entry, &call))
        return false;
    if (names.size() > call.results.size())
        return refuseNames(entry, call.results.size());
    for (std::size_t i = 0; i < call.results.size(); ++i) {
        m_plan.results.push_back(call.results[i]);
        const bool named = i < names.size();
        m_plan.columns.push_back({named ? names[i] : call.results[i].name,
                                  named,
                                  call.results[i].type,
                                  resultNode(m_plan.results.size() - 1, entry.at)});
    }
    m_plan.calls.push_back(std::move(call));
    return true;
}

NodePtr AggregateBinder::bindCall(Binder &outer, const Aggregate &aggregate, const Syntax &syntax)
{
    AggregateCall call;
    if (!makeCall(aggregate, syntax, &call))
        return nullptr;
    if (call.results.size() != 1)
        return outer.refuse(syntax.at,
                            ErrorCode::WrongArguments,
                            fmt::format("{}() gives several columns and cannot be a part of an "
                                        "expression here",
                                        aggregate.name));
    m_plan.results.push_back(call.results.front());
    m_plan.calls.push_back(std::move(call));
    return resultNode(m_plan.results.size() - 1, syntax.at);
}

bool AggregateBinder::makeCall(const Aggregate &aggregate,
                               const Syntax &syntax,
                               AggregateCall *call)
{
    call->aggregate = &aggregate;
    call->at = syntax.at;
    std::vector<NodePtr> arguments;
    for (const SyntaxPtr &child : syntax.children) {
        const bool everything = child->kind == SyntaxKind::Name && child->name == "*";
        if (everything && aggregate.bind != nullptr) {
            arguments.push_back(nullptr); // the function expands it
            continue;
        }
        NodePtr argument = m_rows.bind(*child);
        if (!argument)
            return false;
        arguments.push_back(std::move(argument));
    }
    if (aggregate.bind != nullptr)
        return aggregate.bind(*this, syntax, std::move(arguments), call);
    return takeOverload(aggregate, syntax, std::move(arguments), call);
}

bool AggregateBinder::takeOverload(const Aggregate &aggregate,
                                   const Syntax &syntax,
                                   std::vector<NodePtr> arguments,
                                   AggregateCall *call)
{
    const NodePtr bound = m_rows.callOverload(aggregate.function, syntax.at, std::move(arguments));
    if (!bound)
        return false;
    const auto place =
        static_cast<std::size_t>(bound->overload - aggregate.function.overloads.data());
    const AggregateOverload &overload = aggregate.overloads[place];
    call->make = overload.make;
    call->settings = bound->state;
    call->inputs.assign(bound->arguments.begin(),
                        bound->arguments.begin() + static_cast<std::ptrdiff_t>(overload.inputs));
    const auto &parameters = bound->overload->parameters;
    if (overload.inputs < parameters.size() && parameters[overload.inputs].name == "predicate")
        call->predicate = bound->arguments[overload.inputs];
    call->results = {{aggregateName(syntax, aggregate), bound->type}};
    return true;
}

AggregateListResult compileAggregates(std::span<const NamedAggregate> list,
                                      const BindContext &context,
                                      std::vector<std::string> keys)
{
    AggregateListResult result;
    AggregateBinder binder(context, std::move(keys));
    for (std::size_t entry = 0; entry < list.size(); ++entry) {
        ParseResult parsed = parseExpression(list[entry].expression);
        std::vector<Problem> problems = std::move(parsed.problems);
        if (parsed.root) {
            const std::span<const std::string> name(&list[entry].name,
                                                    list[entry].name.empty() ? 0 : 1);
            binder.bind(*parsed.root, name);
            problems = binder.takeProblems();
        }
        for (Problem &problem : problems)
            result.problems.push_back({entry, std::move(problem)});
    }
    if (result.problems.empty())
        result.plan = binder.take();
    return result;
}

} // namespace sluice::kql
