#include "core/operators/kql_config.h"

#include "core/kql/query_syntax.h"

#include <algorithm>

namespace sluice {

namespace {

bool hasSummarize(const kql::PipeSyntax &pipe);

bool hasSummarize(const kql::Syntax *value)
{
    return value != nullptr && value->kind == kql::SyntaxKind::Pipe && hasSummarize(*value->pipe);
}

bool hasSummarize(const std::vector<kql::StatementSyntax> &statements)
{
    return std::any_of(statements.begin(), statements.end(), [](const auto &statement) {
        return hasSummarize(statement.value.get())
               || (statement.function
                   && (hasSummarize(statement.function->body.get())
                       || hasSummarize(statement.function->statements)));
    });
}

/// Only what the rows of the pipe itself go through: neither the right side of a join nor the
/// sub-query of mv-apply.
bool hasSummarize(const kql::PipeSyntax &pipe)
{
    return std::any_of(pipe.operators.begin(), pipe.operators.end(), [](const auto &op) {
        if (op.name == "from")
            return hasSummarize(op.value.get());
        return op.name == "summarize";
    });
}

} // namespace

std::vector<std::string> kqlInputNames(const Value *inputs)
{
    std::vector<std::string> names;
    if (inputs != nullptr && inputs->asList() != nullptr) {
        for (const Value &name : *inputs->asList()) {
            if (name.asString() != nullptr && !name.asString()->empty())
                names.push_back(*name.asString());
        }
    }
    return names;
}

bool kqlHasWindow(std::string_view query)
{
    const kql::QueryParseResult parsed = kql::parseQuery(query);
    return parsed.query && hasSummarize(parsed.query->statements);
}

KqlInputs::KqlInputs(std::string_view query,
                     const std::vector<std::string> &names,
                     const std::vector<Schema> &schemas)
{
    for (std::size_t i = 0; i < schemas.size(); ++i) {
        const Schema &schema = schemas[i];
        auto seen = std::make_shared<Schema>();
        seen->open = schema.open;
        std::vector<std::size_t> places;
        for (std::size_t place = 0; place < schema.columns.size(); ++place) {
            const SchemaColumn &column = schema.columns[place];
            if (column.system && query.find(column.name) == std::string_view::npos)
                continue;
            seen->columns.push_back({column.name, column.type});
            places.push_back(place);
        }
        if (places.size() == schema.columns.size())
            places.clear();
        m_places.push_back(std::move(places));
        const std::string name = i < names.size() ? names[i] : std::string("source");
        m_inputs.push_back({name, std::move(seen)});
    }
}

Batch KqlInputs::narrowed(std::size_t input, const Batch &batch) const
{
    Batch narrow = batch;
    narrow.origins = nullptr;
    narrow.times = nullptr;
    const std::vector<std::size_t> &places = m_places[input];
    if (places.empty())
        return narrow;
    narrow.columns.clear();
    for (const std::size_t place : places)
        narrow.columns.push_back(place < batch.columns.size() ? batch.columns[place] : nullptr);
    return narrow;
}

kql::StreamCompileResult compileKql(const Config &config,
                                    const KqlInputs &inputs,
                                    const NodeContext &context,
                                    std::vector<kql::StreamReference> references)
{
    kql::StreamContext stream;
    stream.inputs = inputs.inputs();
    stream.references = std::move(references);
    stream.parameters = &context.parameters;
    stream.now = context.clock->now();
    return kql::compileStream(config.text(kKqlQuery), stream);
}

KqlProgram::KqlProgram(Config config, const NodeContext &context)
    : m_config(std::move(config))
    , m_context(context)
    , m_inputs(m_config.text(kKqlQuery),
               kqlInputNames(&m_config.value(kKqlInputs)),
               context.inputSchemas)
{}

Result<std::unique_ptr<KqlProgram>> KqlProgram::create(const Config &config,
                                                       const NodeContext &context)
{
    std::unique_ptr<KqlProgram> program(new KqlProgram(config, context)); // NOLINT: private
    TRY_ASSIGN(program->m_references, KqlReferences::open(config, context));
    TRY(program->compile());
    return program;
}

Result<void> KqlProgram::compile()
{
    kql::StreamCompileResult compiled =
        compileKql(m_config, m_inputs, m_context, m_references.rows());
    if (!compiled.query)
        return fail(kql::toError(compiled.problems.front())).field(std::string(kKqlQuery));
    m_query = std::move(compiled.query);
    return {};
}

Result<void> KqlProgram::refresh()
{
    return m_references.changed() ? compile() : Result<void>();
}

Schema kqlOutputSchema(const kql::StreamQuery &query, const std::vector<Schema> &inputs)
{
    if (query.keepsColumns()) {
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (query.reads(i))
                return inputs[i];
        }
    }
    Schema schema = *query.schema();
    for (SchemaColumn &column : schema.columns) {
        const auto system = systemColumn(column.name);
        column.system =
            system && column.type == systemColumns()[static_cast<std::size_t>(*system)].type;
    }
    return schema;
}

void RowMarks::mark(const Batch &result)
{
    result.selection.forEach([&](std::size_t row) { m_marks[result.originOf(row)] = 1; });
}

std::size_t RowMarks::count(const Selection &rows) const
{
    std::size_t marked = 0;
    rows.forEach([&](std::size_t row) { marked += m_marks[row]; });
    return marked;
}

void adoptOrigins(const Batch &batch, Batch &result)
{
    result.times = batch.times;
    if (!batch.origins)
        return;
    if (!result.origins) {
        result.origins = batch.origins;
        return;
    }
    auto origins = takeSelection();
    for (const std::uint16_t row : *result.origins)
        origins->push_back(static_cast<std::uint16_t>(batch.originOf(row)));
    result.origins = std::move(origins);
}

} // namespace sluice
