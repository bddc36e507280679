#include "core/base/value_place.h"
#include "core/node/node_descriptor.h"
#include "core/operators/passed_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace sluice {

namespace {

constexpr std::string_view kFields = "fields";
constexpr std::string_view kName = "name";
constexpr std::string_view kValue = "value";
constexpr std::size_t kOut = 0;

/// What a value is made from: a system column, or the run.
struct Metadata
{
    std::string_view value;  // as the config has it
    std::string_view column; // system column; empty: the run's id
    std::string_view label;
};

constexpr Metadata kMetadata[] = {
    // NOLINT(modernize-avoid-c-arrays): constexpr table
    {"ingestion_time", "$ingested_at", "Time of arrival"},
    {"source_id", "$source", "Id of the source node"},
    {"processing_id", "", "Id of this run"},
    {"$event_time", "$event_time", "Event time"},
    {"$partition", "$partition", "Partition"},
    {"$offset", "$offset", "Place in the source"},
    {"$key", "$key", "Key of the record"},
    {"$headers", "$headers", "Headers of the record"},
    {"$ingested_at", "$ingested_at", "Time of arrival (system column)"},
    {"$source", "$source", "Id of the source node (system column)"},
};

const Metadata *findMetadata(std::string_view value)
{
    for (const Metadata &known : kMetadata) {
        if (known.value == value)
            return &known;
    }
    return nullptr;
}

struct Added
{
    std::string name;
    std::optional<std::size_t> source; // column of the input; none: the run's id, or unknown here
    bool isRun = false;
};

struct Layout
{
    Schema output;
    std::vector<Added> added;
    std::vector<SchemaProblem> problems;
};

Layout makeLayout(const Config &config, const Schema &input)
{
    Layout layout;
    layout.output = input;
    layout.output.whole = false;
    std::size_t index = 0;
    for (const Config &row : config.rows(kFields)) {
        const std::string place = placeOf({std::to_string(index++), kName});
        const Metadata *known = findMetadata(row.text(kValue));
        Added added;
        added.name = row.text(kName);
        if (known == nullptr || added.name.empty())
            continue; // the field's check says so
        if (layout.output.find(added.name)) {
            SchemaProblem problem;
            problem.field = kFields;
            problem.error = {ErrorCode::DuplicateId,
                             fmt::format("there is a column '{}' already", added.name),
                             "Choose another name.",
                             {},
                             {}};
            std::string free = added.name;
            for (int n = 1; layout.output.find(free); ++n)
                free = fmt::format("{}{}", added.name, n);
            problem.suggestionLabel = fmt::format("Call it '{}'", free);
            problem.suggestion = Value(free);
            problem.suggestionPlace = place;
            layout.problems.push_back(std::move(problem));
            continue;
        }
        added.isRun = known->column.empty();
        ColumnType type = ColumnType::String;
        if (!added.isRun) {
            added.source = input.find(known->column);
            if (const auto system = systemColumn(known->column))
                type = systemColumns()[static_cast<std::size_t>(*system)].type;
        }
        layout.output.columns.push_back({added.name, type});
        layout.added.push_back(std::move(added));
    }
    return layout;
}

/// Makes fields of what the engine knows of an event.
class AddMetadata : public Operator
{
public:
    AddMetadata(Layout layout, const NodeContext &context)
        : m_added(std::move(layout.added))
        , m_inputColumns(context.inputSchemas.front().columns.size())
        , m_schema(std::make_shared<Schema>(std::move(layout.output)))
        , m_runId(context.runId)
    {}

    Result<void> process(std::size_t port, const Batch &batch, OperatorOutput &out) override
    {
        (void)port;
        Batch result = batch;
        result.schema = m_schema;
        result.columns.resize(m_inputColumns);
        for (const Added &added : m_added) {
            if (added.isRun)
                result.columns.push_back(runColumn(batch.rows));
            else
                result.columns.push_back(added.source ? batch.columns[*added.source] : nullptr);
        }
        out.emit(kOut, std::move(result));
        return {};
    }

private:
    ColumnPtr runColumn(std::size_t rows) const
    {
        auto column = takeColumn(ColumnType::String, rows);
        const std::string_view text = column->arena.copy(m_runId);
        column->texts.assign(rows, text);
        column->valid.assign(rows, 1);
        return column;
    }

    std::vector<Added> m_added;
    std::size_t m_inputColumns;
    std::shared_ptr<const Schema> m_schema; // shared by the batches it goes out with
    std::string m_runId;
};

SchemaFlow outputSchemas(const Config &config,
                         const std::vector<Schema> &inputs,
                         const NodeContext & /*context*/)
{
    Layout layout = makeLayout(config, inputs.front());
    SchemaFlow flow;
    flow.outputs = {std::move(layout.output)};
    flow.problems = std::move(layout.problems);
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext & /*context*/)
{
    const Schema &input = inputs.front();
    const Layout layout = makeLayout(config, input);
    const ColumnNeeds &wanted = outputNeeds.front();
    const auto isWanted = [&](const std::string &name) {
        return wanted.all
               || std::find(wanted.typed.begin(), wanted.typed.end(), name) != wanted.typed.end()
               || std::find(wanted.tokens.begin(), wanted.tokens.end(), name)
                      != wanted.tokens.end();
    };
    ColumnNeeds needs;
    for (const SchemaColumn &column : input.columns)
        passNeed(wanted, column.name, column, needs);
    for (const Added &added : layout.added) {
        if (added.source && isWanted(added.name))
            needs.typed.push_back(input.columns[*added.source].name);
    }
    passUnlisted(wanted, layout.output, input, needs);
    return {needs};
}

std::string describeConfig(const ValueMap &config)
{
    std::string text;
    for (const Config &row : Config(config).rows(kFields)) {
        if (row.has(kName))
            text += (text.empty() ? "" : ", ") + row.text(kName);
    }
    return text;
}

FieldSpec valueField()
{
    FieldBuilder builder = choiceField(kValue);
    for (const Metadata &known : kMetadata)
        (void)std::move(builder).choice(std::string(known.value), std::string(known.label));
    return std::move(builder).label("Value").must();
}

} // namespace

const NodeDescriptor &addMetadataDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "add_metadata",
        .role = NodeRole::Transform,
        .title = "Add metadata",
        .summary = "Adds fields with where an event came from and when.",
        .icon = "info",
        .keywords = {"offset", "partition", "timestamp", "origin", "lineage", "header", "key"},
        .inputs = {{.id = "in"}},
        .outputs = {{.id = "out"}},
        .fields =
            {
                rowsField(kFields)
                    .label("Fields")
                    .must()
                    .example(R"([{"name": "arrived", "value": "ingestion_time"}])")
                    .help("They stand behind the event's own fields.")
                    .member(textField(kName).label("Name").must().example("arrived"))
                    .member(valueField()),
            },
        .exampleConfig =
            R"({"fields": [{"name": "source", "value": "source_id"}, {"name": "arrived", "value": "ingestion_time"}]})",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .createOperator = [](const Config &config,
                             const NodeContext &context) -> Result<std::unique_ptr<Operator>> {
            Layout layout = makeLayout(config, context.inputSchemas.front());
            if (!layout.problems.empty())
                return fail(layout.problems.front().error);
            return std::unique_ptr<Operator>(
                std::make_unique<AddMetadata>(std::move(layout), context));
        },
    };
    return descriptor;
}

} // namespace sluice
