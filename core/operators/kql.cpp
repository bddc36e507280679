#include "core/operators/expression_problem.h"
#include "core/operators/kql_config.h"
#include "core/operators/kql_stage.h"

#include <fmt/format.h>

namespace sluice {

namespace {

const Value *valueOf(const ValueMap &config, std::string_view field)
{
    for (const auto &[name, value] : config) {
        if (name == field)
            return &value;
    }
    return nullptr;
}

std::string queryOf(const ValueMap &config)
{
    const Value *query = valueOf(config, kKqlQuery);
    return query != nullptr && query->asString() != nullptr ? *query->asString() : std::string();
}

constexpr std::string_view kHelp = R"(
The events that come in are the table `source`; with several **inputs** each has its own name.

**On each event:** `where`, `extend`, `project` and its relatives, `parse`, `parse-where`,
`parse-kv`, `mv-expand`, `mv-apply`, `evaluate bag_unpack(d) : (*, name: type)`, `lookup` and
`join kind=inner|leftouter|leftsemi|leftanti` with rows that stand in the query (`datatable`,
`range`) or in a reference table, `union`, `let`, functions, `toscalar` of such rows. `render`
changes nothing.

**In windows of event time:** `summarize … by bin(timestamp, 10s), key`. A window closes when the
watermark has passed its end; events that come later leave by the port `late`. Behind it `sort`,
`top`, `take` and `distinct` work on the rows of each window, and a further `summarize` if it groups
by the window's bin.

**Reference tables** are files (CSV, NDJSON, Parquet, a Delta table, a table of a DuckDB file) that
the query names: `source | lookup devices on device_id`. They are held in memory, and read again
when they change; a batch sees one state of them.

What needs a whole table is refused: a stream never ends. now() is one moment for each batch.
)";

/// A query whose events go through it on their own.
class KqlRows : public Operator
{
public:
    KqlRows(std::unique_ptr<KqlProgram> program, const NodeContext &context)
        : m_program(std::move(program))
        , m_schema(m_program->query().keepsColumns() ? nullptr
                                                     : std::make_shared<Schema>(kqlOutputSchema(
                                                         m_program->query(), context.inputSchemas)))
        , m_clock(context.clock)
    {}

    Result<void> process(std::size_t port, const Batch &batch, OperatorOutput &out) override
    {
        m_marks.reset(batch.rows);
        Results results(*this, batch, out);
        TRY(m_program->refresh());
        TRY(m_program->query().process(
            port, m_program->inputs().narrowed(port, batch), m_clock->now(), results));
        const std::size_t passed = m_marks.count(batch.selection);
        out.countPassed(passed);
        out.countFiltered(batch.selection.size() - passed);
        return {};
    }

private:
    class Results : public kql::RowSink
    {
    public:
        Results(KqlRows &node, const Batch &batch, OperatorOutput &out)
            : m_node(node)
            , m_batch(batch)
            , m_out(out)
        {}
        Result<void> take(Batch result) override
        {
            m_node.m_marks.mark(result);
            if (!m_node.m_schema) { // rows are dropped, and nothing else
                Batch passed = m_batch;
                passed.selection = result.selection;
                m_out.emitRows(kKqlOut, std::move(passed));
                return {};
            }
            adoptOrigins(m_batch, result);
            result.schema = m_node.m_schema;
            m_out.emitRows(kKqlOut, std::move(result));
            return {};
        }

    private:
        KqlRows &m_node;
        const Batch &m_batch;
        OperatorOutput &m_out;
    };

    std::unique_ptr<KqlProgram> m_program;
    std::shared_ptr<const Schema> m_schema; // shared by the batches; null: that of the input
    const Clock *m_clock;
    RowMarks m_marks;
};

KqlInputs inputsOf(const Config &config, const std::vector<Schema> &schemas)
{
    return {config.text(kKqlQuery), kqlInputNames(&config.value(kKqlInputs)), schemas};
}

std::vector<PortSpec> inputPorts(const ValueMap &config)
{
    const std::vector<std::string> names = kqlInputNames(valueOf(config, kKqlInputs));
    if (names.empty())
        return {{.id = "in", .title = "source"}};
    std::vector<PortSpec> ports;
    for (const std::string &name : names)
        ports.push_back({.id = name});
    return ports;
}

std::vector<PortSpec> outputPorts(const ValueMap &config)
{
    if (!kqlHasWindow(queryOf(config)))
        return {{.id = "out"}, errorsPort()};
    return {{.id = "out"}, {.id = "late", .optional = true}, errorsPort()};
}

SchemaFlow
outputSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    const std::string text = config.text(kKqlQuery);
    SchemaFlow flow;
    auto references = kqlReferenceSchemas(config, context, &flow.problems);
    const bool allThere = flow.problems.empty(); // else their names are unknown, and that is said
    const kql::StreamCompileResult compiled =
        compileKql(config, inputsOf(config, inputs), context, std::move(references));
    for (const kql::Problem &problem : compiled.problems)
        if (allThere)
            flow.problems.push_back(expressionProblem(kKqlQuery, problem, text));
    if (compiled.query)
        flow.outputs.push_back(kqlOutputSchema(*compiled.query, inputs));
    else
        flow.outputs.push_back({.columns = {}, .open = true, .whole = false});
    const Schema first = inputs.empty() ? Schema{} : inputs.front();
    if (kqlHasWindow(text))
        flow.outputs.push_back(first);
    flow.outputs.push_back(errorsSchema(first));
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext &context)
{
    ColumnNeeds others; // of ports that give events as they came
    for (std::size_t port = kKqlOut + 1; port < outputNeeds.size(); ++port)
        others.add(outputNeeds[port]);
    std::vector<ColumnNeeds> needs(inputs.size(), others);
    const KqlInputs known = inputsOf(config, inputs);
    const kql::StreamCompileResult compiled =
        compileKql(config, known, context, kqlReferenceSchemas(config, context, nullptr));
    if (!compiled.query)
        return needs;
    const ColumnNeeds &out = outputNeeds.front();
    const bool keeps = compiled.query->keepsColumns();
    kql::StreamNeeds wanted{out.typed, out.tokens};
    if (out.all && !keeps) {
        for (const SchemaColumn &column : compiled.query->schema()->columns)
            wanted.typed.push_back(column.name);
    }
    const auto read = kql::streamNeeds(*compiled.query->query(), known.inputs(), wanted);
    for (std::size_t i = 0; i < needs.size(); ++i) {
        needs[i].add({keeps && out.raw, keeps && out.all, read[i].typed, read[i].tokens});
    }
    return needs;
}

Result<std::unique_ptr<Operator>> create(const Config &config, const NodeContext &context)
{
    TRY_ASSIGN(auto program, KqlProgram::create(config, context));
    return std::unique_ptr<Operator>(std::make_unique<KqlRows>(std::move(program), context));
}

Result<std::unique_ptr<StatefulOperator>> createStage(const Config &config,
                                                      const NodeContext &context)
{
    TRY_ASSIGN(auto program, KqlProgram::create(config, context));
    return std::unique_ptr<StatefulOperator>(
        std::make_unique<KqlStage>(std::move(program), config.text(kKqlQuery), context));
}

std::vector<SchemaProblem> validateConfig(const Config &config)
{
    const std::vector<std::string> names = kqlInputNames(&config.value(kKqlInputs));
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (names[i] == names[j])
                return {{std::string(kKqlInputs),
                         {ErrorCode::DuplicateId,
                          fmt::format("two inputs are called '{}'", names[i]),
                          "Give each input a name of its own.",
                          {},
                          {}}}};
        }
    }
    return checkKqlReferences(config, names);
}

/// The query on one line.
std::string describeConfig(const ValueMap &config)
{
    constexpr std::size_t kLongest = 200;
    std::string line;
    for (const char c : queryOf(config)) {
        const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (space ? !line.empty() && line.back() != ' ' : true)
            line += space ? ' ' : c;
        if (line.size() >= kLongest)
            break;
    }
    return line;
}

} // namespace

const NodeDescriptor &kqlDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "kql",
        .role = NodeRole::Transform,
        .title = "KQL",
        .summary = "Runs a KQL query over the events as they come.",
        .icon = "kql",
        .keywords = {"query", "kusto", "where", "extend", "project", "parse", "summarize", "union"},
        .inputs = {{.id = "in", .title = "source"}},
        .outputs = {{.id = "out"}, errorsPort()},
        .inputPorts = inputPorts,
        .outputPorts = outputPorts,
        .fields =
            {
                field(kKqlQuery, FieldType::Query)
                    .label("Query")
                    .help("A query over 'source', the events that come in.")
                    .example("source | where temp > 20 | extend f = temp * 1.8 + 32")
                    .must(),
                field(kKqlInputs, FieldType::TextList)
                    .label("Inputs")
                    .help("Names of the inputs where there are several, for union.")
                    .inAdvanced(),
                kqlReferencesField(),
            },
        .help = std::string(kHelp.substr(1)),
        .exampleConfig = R"({"query": "source\n| where temp > 20\n| extend hot = temp > 30"})",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .validate = validateConfig,
        .createOperator = create,
        .createStateful = createStage,
        .stateful = [](const Config &config) { return kqlHasWindow(config.text(kKqlQuery)); },
        .timed = true,
        .createPreparer = makeKqlPreparer,
    };
    return descriptor;
}

} // namespace sluice
