#include "core/operators/join_within.h"

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
    if (reference) {
        problems.push_back(problem(join::kReference,
                                   "a join with reference data is not available yet",
                                   R"(Join two streams with "within".)"));
        return problems;
    }
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

std::vector<PortSpec> outputs()
{
    return {{.id = "out"},
            {.id = "late", .optional = true},
            {.id = "late_right", .title = "late, right", .optional = true},
            errorsPort()};
}

} // namespace

const NodeDescriptor &joinDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "join",
        .role = NodeRole::Transform,
        .title = "Join",
        .summary = "Brings events of two streams together that agree in some fields.",
        .icon = "join",
        .keywords = {"merge", "lookup", "correlate", "enrich"},
        .inputs = joinWithinInputs(),
        .outputs = outputs(),
        .fields =
            {
                choiceField(join::kType)
                    .label("Events of the left side")
                    .choice("inner", "Only those with a partner")
                    .choice("left_outer", "All, alone when no partner comes")
                    .defaultTo("inner"),
                field(join::kOn, FieldType::Json)
                    .label("Fields that agree")
                    .help("Pairs of a left and a right field.")
                    .example(R"([{"left": "order_id", "right": "order"}])")
                    .must(),
                field(join::kWithin, FieldType::Json)
                    .label("Within")
                    .help("How long before and after a left event its partner may happen.")
                    .example(R"({"before": "0s", "after": "10s"})"),
                field(join::kReference, FieldType::Json)
                    .label("Reference data")
                    .help("Data to look events up in, instead of a second stream.")
                    .inAdvanced(),
            },
        .help = "A right event joins a left one when the fields agree and its event time lies "
                "between `before` before and `after` behind the left one's. A left event without "
                "a partner leaves when the watermark has passed the time until which one could "
                "come. A joined row happens when its left event does.",
        .exampleConfig =
            R"({"on": [{"left": "device_id", "right": "device_id"}], "within": {"after": "10s"}})",
        .describe = describeConfig,
        .outputSchemas = joinWithinSchemas,
        .columnNeeds = joinWithinNeeds,
        .validate = validateConfig,
        .createStateful = createJoinWithin,
        .stateful = [](const Config &config) { return !isReference(config.values()); },
        .timed = true,
    };
    return descriptor;
}

} // namespace sluice
