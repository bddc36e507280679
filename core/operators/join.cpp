#include "core/operators/join_reference.h"
#include "core/operators/join_within.h"
#include "core/operators/reference_source.h"

#include <algorithm>

namespace sluice {

namespace {

/// Whether the right side is looked up in reference data, not in a second stream.
bool isReference(const ValueMap &config)
{
    return std::any_of(config.begin(), config.end(), [](const auto &entry) {
        return entry.first == join::kReference && !entry.second.isNull();
    });
}

std::vector<SchemaProblem> validateConfig(const Config &config)
{
    const auto problem = [](std::string_view field, std::string message, std::string hint) {
        return SchemaProblem{
            std::string(field),
            {ErrorCode::InvalidValue, std::move(message), std::move(hint), {}, {}}};
    };
    std::vector<SchemaProblem> problems;
    const ValueList *on = config.value(join::kOn).asList();
    if (on == nullptr || on->empty())
        problems.push_back(problem(join::kOn,
                                   "the join has no fields to compare",
                                   R"(Write [{"left": "order_id", "right": "order"}].)"));
    const bool reference = config.has(join::kReference);
    if (reference == config.has(join::kWithin)) {
        problems.push_back(problem(join::kWithin,
                                   reference
                                       ? "the join has both a tolerance and reference data"
                                       : "the join has neither a tolerance nor reference data",
                                   R"(Give "within" for two streams, as {"after": "10s"}, or )"
                                   R"("reference" to look events up in data.)"));
        return problems;
    }
    if (reference)
        return problems; // what its table has is seen with the columns
    for (SchemaProblem &found : checkJoinWithin(config))
        problems.push_back(std::move(found));
    return problems;
}

std::string describeConfig(const ValueMap &config)
{
    std::string text;
    for (const auto &[name, value] : config) {
        if (name != join::kOn || value.asList() == nullptr)
            continue;
        for (const Value &row : *value.asList()) {
            const Value *left = row.find("left");
            if (left != nullptr && left->asString() != nullptr)
                text += (text.empty() ? "on " : ", ") + *left->asString();
        }
    }
    return text;
}

std::vector<PortSpec> inputPorts(const ValueMap &config)
{
    return isReference(config) ? std::vector<PortSpec>{{.id = "in"}} : joinWithinInputs();
}

std::vector<PortSpec> outputs()
{
    return {{.id = "out"},
            {.id = "late", .optional = true},
            {.id = "late_right", .title = "late, right", .optional = true},
            errorsPort()};
}

std::vector<PortSpec> outputPorts(const ValueMap &config)
{
    return isReference(config) ? std::vector<PortSpec>{{.id = "out"}} : outputs();
}

SchemaFlow
outputSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    return isReference(config.values()) ? referenceJoinSchema(config, inputs.front(), context)
                                        : joinWithinSchemas(config, inputs, context);
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext &context)
{
    if (isReference(config.values()))
        return {referenceJoinNeeds(config, inputs.front(), outputNeeds.front(), context)};
    return joinWithinNeeds(config, inputs, outputNeeds, context);
}

} // namespace

const NodeDescriptor &joinDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "join",
        .role = NodeRole::Transform,
        .title = "Join",
        .summary = "Brings events together with those of another stream, or with rows of a table.",
        .icon = "join",
        .keywords = {"merge", "lookup", "correlate", "enrich"},
        .inputs = joinWithinInputs(),
        .outputs = outputs(),
        .inputPorts = inputPorts,
        .outputPorts = outputPorts,
        .fields =
            {
                choiceField(join::kType)
                    .label("Events of the left side")
                    .choice("inner", "Only those with a partner")
                    .choice("left_outer", "All, alone when no partner comes")
                    .defaultTo("inner"),
                rowsField(join::kOn)
                    .label("Fields that agree")
                    .help("Pairs of a left and a right field.")
                    .example(R"([{"left": "order_id", "right": "order"}])")
                    .must()
                    .member(columnField("left")
                                .label("Left")
                                .must()
                                .example("order_id")
                                .columnsOf(std::string(join::kLeft)))
                    .member(columnField("right").label("Right").example("order").columnsOf(
                        std::string(join::kRight))),
                groupField(join::kWithin)
                    .label("Within")
                    .help("How long before and after a left event its partner may happen.")
                    .example(R"({"before": "0s", "after": "10s"})")
                    .member(durationField("before").label("Before").example("0s"))
                    .member(durationField("after").label("After").example("10s")),
                referenceField(join::kReference),
            },
        .help =
            "A right event joins a left one when the fields agree and its event time lies "
            "between `before` before and `after` behind the left one's. A left event without "
            "a partner leaves when the watermark has passed the time until which one could "
            "come. A joined row happens when its left event does. With a reference table there is "
            "one input; each event gets the columns of the rows that agree with it, and one "
            "without such a row is left out, or keeps nulls there.",
        .exampleConfig =
            R"({"on": [{"left": "device_id", "right": "device_id"}], "within": {"after": "10s"}})",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .validate = validateConfig,
        .createOperator = createReferenceJoin,
        .createStateful = createJoinWithin,
        .stateful = [](const Config &config) { return !isReference(config.values()); },
        .timed = true,
    };
    return descriptor;
}

} // namespace sluice
