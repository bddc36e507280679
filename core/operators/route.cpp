#include "core/base/value_place.h"
#include "core/node/node_descriptor.h"
#include "core/operators/expression_problem.h"
#include "core/operators/selections.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace sluice {

namespace {

constexpr std::string_view kRoutes = "routes";
constexpr std::string_view kName = "name";
constexpr std::string_view kWhere = "where";
constexpr std::string_view kMatch = "match";
constexpr std::string_view kAll = "all";
constexpr std::string_view kOtherwise = "otherwise";
constexpr std::size_t kMostRoutes = 100;

/// As ids: what stands behind the dot of a wire's end.
bool isPortName(std::string_view name)
{
    const auto isLetter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !name.empty() && isLetter(name.front())
           && std::all_of(name.begin(), name.end(), [&](char c) {
                  return isLetter(c) || (c >= '0' && c <= '9') || c == '-';
              });
}

/// One a route, and `otherwise`. A route without a usable name has none yet.
std::vector<PortSpec> portsOf(const ValueMap &config)
{
    std::vector<PortSpec> ports;
    std::set<std::string> names{std::string(kOtherwise), std::string(kErrorsPort)};
    for (const Config &route : Config(config).rows(kRoutes)) {
        const std::string name = route.text(kName);
        if (isPortName(name) && names.insert(name).second)
            ports.push_back({.id = name, .optional = true});
    }
    ports.push_back({.id = std::string(kOtherwise), .optional = true});
    return ports;
}

/// Sends each event to the first route whose condition it meets, or to all of them.
class Route : public Operator
{
public:
    Route(const std::vector<kql::ExpressionPtr> &conditions, bool all, const NodeContext &context)
        : m_all(all)
        , m_clock(context.clock)
    {
        for (const kql::ExpressionPtr &condition : conditions)
            m_conditions.emplace_back(condition,
                                      columnPositions(*condition, context.inputSchemas.front()));
    }

    Result<void> process(std::size_t port, const Batch &batch, OperatorOutput &out) override
    {
        (void)port;
        return m_all ? sendToAll(batch, out) : sendToFirst(batch, out);
    }

private:
    Result<void> sendToFirst(const Batch &batch, OperatorOutput &out)
    {
        const Ticks now = m_clock->now();
        Batch rest = batch;
        for (std::size_t i = 0; i < m_conditions.size() && !rest.selection.empty(); ++i) {
            TRY_ASSIGN(const Selection met, m_conditions[i].select(rest, now));
            if (met.empty())
                continue;
            const Selection left = without(rest.selection, met);
            rest.selection = met;
            out.emit(i, rest);
            rest.selection = left;
        }
        if (!rest.selection.empty())
            out.emit(m_conditions.size(), std::move(rest));
        return {};
    }

    /// An event may leave by several ports, and is counted once.
    Result<void> sendToAll(const Batch &batch, OperatorOutput &out)
    {
        const Ticks now = m_clock->now();
        m_met.assign(batch.rows, 0);
        m_sent.assign(batch.rows, 0);
        for (std::size_t i = 0; i < m_conditions.size(); ++i) {
            TRY_ASSIGN(const Selection met, m_conditions[i].select(batch, now));
            send(batch, i, met, out);
            met.forEach([&](std::size_t row) { m_met[row] = 1; });
        }
        auto rest = takeSelection();
        batch.selection.forEach([&](std::size_t row) {
            if (m_met[row] == 0)
                rest->push_back(static_cast<std::uint16_t>(row));
        });
        send(batch, m_conditions.size(), Selection(std::move(rest)), out);
        std::size_t sent = 0;
        batch.selection.forEach([&](std::size_t row) { sent += m_sent[row]; });
        out.countPassed(sent);
        if (sent != batch.selection.size())
            out.countFiltered(batch.selection.size() - sent);
        return {};
    }

    void send(const Batch &batch, std::size_t port, const Selection &rows, OperatorOutput &out)
    {
        if (rows.empty() || !out.isWired(port))
            return;
        rows.forEach([&](std::size_t row) { m_sent[row] = 1; });
        Batch part = batch;
        part.selection = rows;
        out.emitRows(port, std::move(part));
    }

    std::vector<kql::Evaluator> m_conditions;
    bool m_all;
    const Clock *m_clock;
    std::vector<std::uint8_t> m_met;  // by row of the batch at hand
    std::vector<std::uint8_t> m_sent; // left by a wired port
};

/// Conditions in the order of the routes; null where one is wrong.
std::vector<kql::ExpressionPtr> bindConditions(const Config &config,
                                               const Schema &input,
                                               const ParameterValues &parameters,
                                               std::vector<SchemaProblem> &problems)
{
    std::vector<kql::ExpressionPtr> conditions;
    std::size_t index = 0;
    for (const Config &route : config.rows(kRoutes)) {
        const std::string text = route.text(kWhere);
        const std::string place = placeOf({std::to_string(index++), kWhere});
        auto bound = kql::compile(text, {&input, &parameters});
        for (const kql::Problem &problem : bound.problems)
            problems.push_back(expressionProblem(
                kRoutes, problem, text, fmt::format("route '{}', ", route.text(kName)), place));
        if (bound.expression && bound.expression->type() != ColumnType::Bool) {
            problems.push_back({std::string(kRoutes),
                                {ErrorCode::WrongType,
                                 fmt::format("route '{}': the condition is a {}, not true or false",
                                             route.text(kName),
                                             typeName(bound.expression->type())),
                                 "Compare it with something, as in amount > 1000.",
                                 {},
                                 {}}});
            bound.expression = nullptr;
        }
        conditions.push_back(std::move(bound.expression));
    }
    return conditions;
}

SchemaFlow
outputSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    SchemaFlow flow;
    (void)bindConditions(config, inputs.front(), context.parameters, flow.problems);
    flow.outputs.assign(portsOf(config.values()).size(), inputs.front());
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext &context)
{
    ColumnNeeds needs;
    for (const ColumnNeeds &output : outputNeeds)
        needs.add(output);
    std::vector<SchemaProblem> problems;
    ColumnNeeds own;
    for (const auto &condition :
         bindConditions(config, inputs.front(), context.parameters, problems)) {
        if (condition)
            own.typed.insert(
                own.typed.end(), condition->columns().begin(), condition->columns().end());
    }
    needs.add(own);
    return {needs};
}

std::vector<SchemaProblem> validateConfig(const Config &config)
{
    std::vector<SchemaProblem> problems;
    const auto refuse = [&](ErrorCode code, std::string message, std::string hint) {
        problems.push_back(
            {std::string(kRoutes), {code, std::move(message), std::move(hint), {}, {}}});
    };
    std::set<std::string> names;
    const auto routes = config.rows(kRoutes);
    for (const Config &route : routes) {
        const std::string name = route.text(kName);
        if (name == kOtherwise || name == kErrorsPort)
            refuse(ErrorCode::InvalidValue,
                   fmt::format("a route cannot be called '{}'", name),
                   "That output is there already; choose another name.");
        else if (!isPortName(name))
            refuse(ErrorCode::InvalidId,
                   fmt::format("'{}' cannot be the name of a route", name),
                   "Use letters, digits, '_' and '-', beginning with a letter or '_'.");
        else if (!names.insert(name).second)
            refuse(ErrorCode::DuplicateId,
                   fmt::format("two routes have the name '{}'", name),
                   "Rename one of them.");
    }
    if (routes.size() > kMostRoutes)
        refuse(ErrorCode::InvalidValue,
               fmt::format("{} routes are more than {}", routes.size(), kMostRoutes),
               "Use two route nodes, one behind the other.");
    return problems;
}

std::string describeConfig(const ValueMap &config)
{
    std::string text;
    for (const Config &route : Config(config).rows(kRoutes)) {
        const std::string name = route.text(kName);
        if (!name.empty())
            text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

Result<std::unique_ptr<Operator>> create(const Config &config, const NodeContext &context)
{
    std::vector<SchemaProblem> problems;
    const auto conditions =
        bindConditions(config, context.inputSchemas.front(), context.parameters, problems);
    if (!problems.empty())
        return fail(problems.front().error);
    return std::unique_ptr<Operator>(
        std::make_unique<Route>(conditions, config.text(kMatch) == kAll, context));
}

} // namespace

const NodeDescriptor &routeDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "route",
        .role = NodeRole::Transform,
        .title = "Route",
        .summary = "Sends each event to the output whose condition it meets.",
        .icon = "route",
        .keywords = {"switch", "split", "branch", "case", "condition"},
        .inputs = {{.id = "in"}},
        .outputs = {{.id = std::string(kOtherwise), .optional = true}},
        .outputPorts = portsOf,
        .fields =
            {
                rowsField(kRoutes)
                    .label("Routes")
                    .must()
                    .example(R"([{"name": "large", "where": "amount > 1000"}])")
                    .help("Each has an output of its own; what meets none leaves by 'otherwise'.")
                    .member(textField(kName).label("Name").must().example("large"))
                    .member(expressionField(kWhere)
                                .label("Events where")
                                .must()
                                .example("amount > 1000")),
                choiceField(kMatch)
                    .label("An event takes")
                    .choice("first", "the first route that fits")
                    .choice(std::string(kAll), "every route that fits")
                    .defaultTo("first"),
            },
        .exampleConfig =
            R"({"routes": [{"name": "large", "where": "amount > 1000"}, {"name": "foreign", "where": "country != 'DE'"}]})",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .validate = validateConfig,
        .createOperator = create,
    };
    return descriptor;
}

} // namespace sluice
