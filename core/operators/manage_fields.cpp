#include "core/kql/shared_values.h"
#include "core/operators/expression_problem.h"
#include "core/operators/field_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace sluice {

namespace {

constexpr std::size_t kOut = 0;

Schema outputSchema(const FieldMappings &mappings)
{
    Schema schema;
    for (const FieldMapping &mapping : mappings.fields)
        schema.columns.push_back({mapping.name, mapping.type, mapping.system});
    return schema;
}

bool isPresent(const Column &column, std::size_t row)
{
    return column.valid[row] != 0;
}

/// Builds new events from columns that pass, are renamed, cast or computed.
class ManageFields : public Operator
{
public:
    ManageFields(FieldMappings mappings, const NodeContext &context)
        : m_schema(std::make_shared<Schema>(outputSchema(mappings)))
        , m_shared(expressionsOf(mappings), context.inputSchemas.front())
        , m_clock(context.clock)
    {
        const Schema &input = m_shared.schema();
        for (FieldMapping &mapping : mappings.fields) {
            Step step;
            if (mapping.value)
                step.value.emplace(mapping.value, columnPositions(*mapping.value, input));
            if (mapping.cast)
                step.cast.emplace(mapping.cast, columnPositions(*mapping.cast, input));
            step.mapping = std::move(mapping);
            m_steps.push_back(std::move(step));
        }
    }

    Result<void> process(std::size_t port, const Batch &batch, OperatorOutput &out) override
    {
        (void)port;
        const Ticks now = m_clock->now();
        Batch result = batch;
        result.schema = m_schema;
        result.columns.clear();
        std::vector<RowError> failed;
        std::vector<std::size_t> dropped;
        Batch extended;
        if (m_shared.size() != 0) {
            TRY_ASSIGN(extended, m_shared.extended(batch, now));
        }
        const Batch &rows = m_shared.size() != 0 ? extended : batch;
        for (Step &step : m_steps) {
            TRY_ASSIGN(ColumnPtr column, compute(step, rows, now, out, failed, dropped));
            result.columns.push_back(std::move(column));
        }
        if (!failed.empty() || !dropped.empty())
            leaveOut(batch, result, std::move(failed), dropped, out);
        if (!result.selection.empty())
            out.emit(kOut, std::move(result));
        return {};
    }

private:
    struct Step
    {
        FieldMapping mapping;
        std::optional<kql::Evaluator> value;
        std::optional<kql::Evaluator> cast;
    };

    static std::vector<kql::ExpressionPtr *> expressionsOf(FieldMappings &mappings)
    {
        std::vector<kql::ExpressionPtr *> expressions;
        for (FieldMapping &mapping : mappings.fields) {
            expressions.push_back(&mapping.value);
            expressions.push_back(&mapping.cast);
        }
        return expressions;
    }

    Result<ColumnPtr> compute(Step &step,
                              const Batch &batch,
                              Ticks now,
                              OperatorOutput &out,
                              std::vector<RowError> &failed,
                              std::vector<std::size_t> &dropped)
    {
        ColumnPtr before;
        if (step.mapping.source) {
            before = batch.columns[*step.mapping.source];
        } else {
            TRY_ASSIGN(before, step.value->evaluate(batch, now));
        }
        if (!step.cast)
            return before;
        TRY_ASSIGN(ColumnPtr after, step.cast->evaluate(batch, now));
        if (before)
            checkCast(step.mapping, *before, *after, batch, out, failed, dropped);
        return after;
    }

    /// What was there before the cast and is null behind it did not fit.
    static void checkCast(const FieldMapping &mapping,
                          const Column &before,
                          const Column &after,
                          const Batch &batch,
                          OperatorOutput &out,
                          std::vector<RowError> &failed,
                          std::vector<std::size_t> &dropped)
    {
        std::size_t misfits = 0;
        batch.selection.forEach([&](std::size_t row) {
            if (isPresent(after, row) || !isPresent(before, row))
                return;
            if (mapping.onError == CastFailure::Drop)
                dropped.push_back(row);
            else if (mapping.onError == CastFailure::DeadLetter)
                failed.push_back({row,
                                  ErrorCode::CastFailed,
                                  fmt::format("the value of '{}' does not fit {}",
                                              mapping.name,
                                              typeName(mapping.type))});
            else
                ++misfits;
        });
        if (misfits != 0)
            out.countConversionErrors(misfits);
    }

    /// Takes failed and dropped rows out of the result; each row counts once.
    static void leaveOut(const Batch &batch,
                         Batch &result,
                         std::vector<RowError> failed,
                         std::vector<std::size_t> &dropped,
                         OperatorOutput &out)
    {
        std::vector<std::uint8_t> gone(batch.rows, 0);
        std::vector<RowError> rejected;
        for (RowError &error : failed) {
            if (gone[error.row] == 0)
                rejected.push_back(std::move(error));
            gone[rejected.back().row] = 1;
        }
        std::size_t filtered = 0;
        for (const std::size_t row : dropped) {
            filtered += gone[row] == 0 ? 1 : 0;
            gone[row] = 1;
        }
        std::sort(rejected.begin(), rejected.end(), [](const RowError &a, const RowError &b) {
            return a.row < b.row;
        });
        auto kept = takeSelection();
        result.selection.forEach([&](std::size_t row) {
            if (gone[row] == 0)
                kept->push_back(static_cast<std::uint16_t>(row));
        });
        result.selection = Selection(std::move(kept));
        if (filtered != 0)
            out.countFiltered(filtered);
        if (!rejected.empty())
            out.reject(batch, std::move(rejected));
    }

    std::shared_ptr<const Schema> m_schema; // shared by the batches it goes out with
    kql::SharedValues m_shared;
    std::vector<Step> m_steps;
    const Clock *m_clock;
};

SchemaFlow
outputSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    FieldMappings mappings = bindFieldMappings(config, inputs.front(), context.parameters);
    SchemaFlow flow;
    flow.outputs = {outputSchema(mappings), errorsSchema(inputs.front())};
    flow.problems = std::move(mappings.problems);
    if (visibleColumns(flow.outputs.front()).empty() && flow.problems.empty())
        flow.problems.push_back({"fields",
                                 {ErrorCode::MissingValue,
                                  "no field is left",
                                  "Add a field, or keep the other fields.",
                                  {},
                                  {}}});
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext &context)
{
    const Schema &input = inputs.front();
    const ColumnNeeds &wanted = outputNeeds.front();
    const auto has = [](const std::vector<std::string> &names, const std::string &name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    ColumnNeeds needs;
    for (const ColumnNeeds &other : outputNeeds)
        needs.raw = needs.raw || other.raw;
    for (const FieldMapping &mapping :
         bindFieldMappings(config, input, context.parameters).fields) {
        if (mapping.passesThrough()) {
            const std::string &name = input.columns[*mapping.source].name;
            if ((wanted.all && !mapping.system) || has(wanted.typed, mapping.name))
                needs.typed.push_back(name);
            if (has(wanted.tokens, mapping.name))
                needs.tokens.push_back(name);
            continue;
        }
        for (const kql::ExpressionPtr &expression : {mapping.value, mapping.cast}) {
            if (expression)
                needs.typed.insert(
                    needs.typed.end(), expression->columns().begin(), expression->columns().end());
        }
        if (mapping.source)
            needs.typed.push_back(input.columns[*mapping.source].name);
    }
    return {needs};
}

std::string describeConfig(const ValueMap &config)
{
    std::string text;
    for (const auto &[name, value] : config) {
        if (name != "fields" || value.asList() == nullptr)
            continue;
        for (const Value &row : *value.asList()) {
            const Value *field = row.find("name");
            if (field != nullptr && field->asString() != nullptr)
                text += (text.empty() ? "" : ", ") + *field->asString();
        }
    }
    return text;
}

} // namespace

const NodeDescriptor &manageFieldsDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "manage_fields",
        .role = NodeRole::Transform,
        .title = "Manage fields",
        .summary = "Keeps, renames, casts, computes and drops fields.",
        .icon = "fields",
        .keywords = {"project", "select", "rename", "cast", "compute", "extend", "map"},
        .inputs = {{.id = "in"}},
        .outputs = {{.id = "out"}, errorsPort()},
        .fields =
            {
                field("fields", FieldType::FieldMappings)
                    .label("Fields")
                    .help("What the events have behind this node, in this order."),
                choiceField("other_fields")
                    .label("Other fields")
                    .choice("drop", "Leave out")
                    .choice("keep", "Keep")
                    .defaultTo("drop"),
                field("drop", FieldType::ColumnNames)
                    .label("Leave out")
                    .help("Fields that are left out when the others are kept.")
                    .visibleWhen("other_fields", {"keep"}),
            },
        .exampleConfig =
            R"({"fields": [{"name": "device_id"}, {"name": "fahrenheit", "expression": "temp * 1.8 + 32"}]})",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .createOperator = [](const Config &config,
                             const NodeContext &context) -> Result<std::unique_ptr<Operator>> {
            auto mappings =
                bindFieldMappings(config, context.inputSchemas.front(), context.parameters);
            if (!mappings.problems.empty())
                return fail(mappings.problems.front().error);
            return std::unique_ptr<Operator>(
                std::make_unique<ManageFields>(std::move(mappings), context));
        },
    };
    return descriptor;
}

} // namespace sluice
