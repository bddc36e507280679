#include "core/operators/conditions.h"
#include "core/operators/expression_problem.h"
#include "core/operators/selections.h"

#include <fmt/format.h>

namespace sluice {

namespace {

constexpr std::string_view kWhere = "where";
constexpr std::string_view kConditions = "conditions";
constexpr std::size_t kOut = 0;
constexpr std::size_t kRejected = 1;

/// The condition as KQL text, whichever way it was given; empty: there is none.
Result<std::string> conditionText(const Config &config, const Schema &input)
{
    if (config.has(kConditions))
        return conditionsToKql(config.value(kConditions), input);
    return config.text(kWhere);
}

class Filter : public Operator
{
public:
    Filter(kql::ExpressionPtr condition, const NodeContext &context)
        : m_evaluator(condition, columnPositions(*condition, context.inputSchemas.front()))
        , m_clock(context.clock)
    {}

    Result<void> process(std::size_t port, const Batch &batch, OperatorOutput &out) override
    {
        (void)port;
        TRY_ASSIGN(const Selection kept, m_evaluator.select(batch, m_clock->now()));
        const std::size_t rejected = batch.selection.size() - kept.size();
        if (rejected > 0 && out.isWired(kRejected)) {
            Batch rest = batch;
            rest.selection = without(batch.selection, kept);
            out.emit(kRejected, std::move(rest));
        } else if (rejected > 0) {
            out.countFiltered(rejected);
        }
        if (!kept.empty()) {
            Batch passed = batch;
            passed.selection = kept;
            out.emit(kOut, std::move(passed));
        }
        return {};
    }

private:
    kql::Evaluator m_evaluator;
    const Clock *m_clock;
};

kql::BindResult bind(const std::string &text, const Schema &input, const NodeContext &context)
{
    return kql::compile(text, {&input, &context.parameters});
}

SchemaFlow
outputSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    const Schema &input = inputs.front();
    SchemaFlow flow;
    flow.outputs = {input, input, errorsSchema(input)};
    if (config.has(kConditions)) {
        flow.problems =
            checkConditions(kConditions, config.value(kConditions), input, context.parameters);
        if (!flow.problems.empty())
            return flow;
    }
    const auto text = conditionText(config, input);
    if (!text) {
        flow.problems.push_back({std::string(kConditions), text.error()});
        return flow;
    }
    if (text->empty())
        return flow;
    const bool typed = config.has(kWhere) && !config.has(kConditions);
    const std::string_view field = typed ? kWhere : kConditions;
    const auto bound = bind(*text, input, context);
    for (const kql::Problem &problem : bound.problems)
        flow.problems.push_back(
            expressionProblem(field, problem, *text, typed ? "" : "in the conditions, "));
    if (bound.expression && bound.expression->type() != ColumnType::Bool)
        flow.problems.push_back({std::string(field),
                                 {ErrorCode::WrongType,
                                  fmt::format("the condition is a {}, not true or false",
                                              typeName(bound.expression->type())),
                                  "Compare it with something, as in temp > 20.",
                                  {},
                                  {}}});
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
    if (const auto text = conditionText(config, inputs.front())) {
        if (const auto bound = bind(*text, inputs.front(), context); bound.expression) {
            for (const std::string &name : bound.expression->columns())
                needs.typed.push_back(name);
        }
    }
    return {needs};
}

Result<std::unique_ptr<Operator>> create(const Config &config, const NodeContext &context)
{
    const Schema &input = context.inputSchemas.front();
    TRY_ASSIGN(const std::string text, conditionText(config, input));
    TRY_ASSIGN(auto condition, kql::compileOrFail(text, {&input, &context.parameters}));
    return std::unique_ptr<Operator>(std::make_unique<Filter>(std::move(condition), context));
}

std::vector<SchemaProblem> validateConfig(const Config &config)
{
    const bool typed = !config.text(kWhere).empty();
    if (typed && config.has(kConditions))
        return {{std::string(kWhere),
                 {ErrorCode::InvalidValue,
                  "the filter has both an expression and conditions",
                  "Keep one of them.",
                  {},
                  {}}}};
    if (!typed && !config.has(kConditions))
        return {{std::string(kWhere),
                 {ErrorCode::MissingValue,
                  "the filter has no condition",
                  "Write what an event must meet, as in temp > 20.",
                  {},
                  {}}}};
    return {};
}

std::string describeConfig(const ValueMap &config)
{
    for (const auto &[name, value] : config) {
        if (name == kWhere && value.asString() != nullptr)
            return *value.asString();
        if (name == kConditions) {
            if (const auto text = conditionsToKql(value, {}))
                return *text;
        }
    }
    return {};
}

} // namespace

const NodeDescriptor &filterDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "filter",
        .role = NodeRole::Transform,
        .title = "Filter",
        .summary = "Lets the events pass that meet a condition.",
        .icon = "filter",
        .keywords = {"where", "condition", "select", "drop"},
        .inputs = {{.id = "in"}},
        .outputs = {{.id = "out"}, {.id = "rejected", .optional = true}, errorsPort()},
        .fields =
            {
                expressionField(kWhere)
                    .label("Keep events where")
                    .example("temp > 20")
                    .help("A KQL condition; null counts as false."),
                field(kConditions, FieldType::Conditions)
                    .label("Conditions")
                    .help("All or any of these must hold.")
                    .alternativeOf(std::string(kWhere)),
            },
        .exampleConfig = R"({"where": "temp > 20"})",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .validate = validateConfig,
        .createOperator = create,
    };
    return descriptor;
}

} // namespace sluice
