#include "core/kql/expression.h"
#include "core/kql/functions.h"
#include "core/kql/quote.h"
#include "core/node/node_descriptor.h"
#include "core/operators/expression_problem.h"
#include "core/operators/field_mapping.h"
#include "core/operators/passed_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sluice {

namespace {

constexpr std::string_view kOnTypeClash = "on_type_clash";
constexpr std::string_view kCast = "cast";
constexpr std::string_view kBoth = "both";
constexpr std::size_t kOut = 0;

bool isNumber(ColumnType type)
{
    return type == ColumnType::Int || type == ColumnType::Long || type == ColumnType::Real
           || type == ColumnType::Decimal;
}

/// The type that holds the values of both: long of int, real of whole numbers, else text.
ColumnType commonType(ColumnType a, ColumnType b)
{
    if (a == b)
        return a;
    if (a == ColumnType::Dynamic || b == ColumnType::Dynamic)
        return ColumnType::Dynamic;
    if (!isNumber(a) || !isNumber(b))
        return ColumnType::String;
    if (a == ColumnType::Decimal || b == ColumnType::Decimal)
        return ColumnType::Decimal;
    return a == ColumnType::Real || b == ColumnType::Real ? ColumnType::Real : ColumnType::Long;
}

/// Where an output column comes from on one wire.
struct Origin
{
    std::optional<std::size_t> column; // none: the wire does not have it
    bool cast = false;
};

struct Layout
{
    Schema output;
    std::vector<std::vector<Origin>> wires; // by wire and output column
    std::vector<SchemaProblem> problems;
};

/// Names with the type they go out under, and the columns of a wire that go there.
class Merger
{
public:
    Merger(const Config &config, const std::vector<Schema> &inputs)
        : m_policy(config.text(kOnTypeClash))
        , m_inputs(inputs)
    {}

    Layout run()
    {
        for (const Schema &input : m_inputs) {
            m_layout.output.open = m_layout.output.open || input.open;
            for (const SchemaColumn &column : input.columns)
                addType(column);
        }
        const auto same = [&](const Schema &input) { return input == m_inputs.front(); };
        m_layout.output.whole = !m_inputs.empty() && m_inputs.front().whole
                                && std::all_of(m_inputs.begin(), m_inputs.end(), same);
        for (const Schema &input : m_inputs) {
            for (const SchemaColumn &column : input.columns)
                place(column);
        }
        for (const Schema &input : m_inputs)
            m_layout.wires.push_back(originsOf(input));
        return std::move(m_layout);
    }

private:
    void addType(const SchemaColumn &column)
    {
        auto &types = m_types[column.name];
        if (std::find(types.begin(), types.end(), column.type) != types.end())
            return;
        types.push_back(column.type);
        if (types.size() == 2 && m_policy != kCast && m_policy != kBoth)
            m_layout.problems.push_back(clash(column.name, types));
    }

    static SchemaProblem clash(const std::string &name, const std::vector<ColumnType> &types)
    {
        SchemaProblem problem;
        problem.field = kOnTypeClash;
        problem.error = {ErrorCode::TypeMismatch,
                         fmt::format("'{}' is a {} on one wire and a {} on another",
                                     name,
                                     typeName(types[0]),
                                     typeName(types[1])),
                         "Cast them to one type, keep both columns, or give it one type before.",
                         {},
                         {}};
        problem.suggestion = Value(kCast);
        problem.suggestionLabel =
            fmt::format("Cast to {}", typeName(commonType(types[0], types[1])));
        return problem;
    }

    /// The column's name and type in the output.
    SchemaColumn target(const SchemaColumn &column) const
    {
        const auto &types = m_types.at(column.name);
        SchemaColumn result = column;
        if (types.size() == 1)
            return result;
        if (m_policy == kBoth) {
            result.name = fmt::format("{}_{}", column.name, typeName(column.type));
            return result;
        }
        for (const ColumnType type : types)
            result.type = commonType(result.type, type);
        return result;
    }

    void place(const SchemaColumn &column)
    {
        SchemaColumn result = target(column);
        if (!m_layout.output.find(result.name))
            m_layout.output.columns.push_back(std::move(result));
    }

    std::vector<Origin> originsOf(const Schema &input) const
    {
        std::vector<Origin> origins(m_layout.output.columns.size());
        for (std::size_t i = 0; i < input.columns.size(); ++i) {
            const SchemaColumn result = target(input.columns[i]);
            if (const auto at = m_layout.output.find(result.name))
                origins[*at] = {i, result.type != input.columns[i].type};
        }
        return origins;
    }

    std::string m_policy;
    const std::vector<Schema> &m_inputs;
    std::map<std::string, std::vector<ColumnType>> m_types; // in first-seen order
    Layout m_layout;
};

/// Brings the columns of a wire into the order of the output.
class Union : public Operator
{
public:
    Union(Layout layout, const NodeContext &context)
        : m_inputs(context.inputSchemas)
        , m_origins(std::move(layout.wires))
        , m_schema(std::make_shared<Schema>(std::move(layout.output)))
        , m_clock(context.clock)
    {}

    Result<void> process(std::size_t port, const Batch &batch, OperatorOutput &out) override
    {
        (void)port;
        TRY_ASSIGN(Wire * wire, wireOf(batch));
        Batch result = batch;
        result.schema = m_schema;
        result.columns.assign(m_schema->columns.size(), nullptr);
        for (std::size_t i = 0; i < result.columns.size(); ++i) {
            const Origin &origin = (*wire->origins)[i];
            if (!origin.column || *origin.column >= batch.columns.size()
                || !batch.columns[*origin.column])
                continue;
            if (!origin.cast) {
                result.columns[i] = batch.columns[*origin.column];
                continue;
            }
            TRY_ASSIGN(result.columns[i], cast(*wire, i, *origin.column, batch, out));
        }
        out.emit(kOut, std::move(result));
        return {};
    }

private:
    struct Wire
    {
        std::shared_ptr<const Schema> schema; // the sender's: held, so that its address is its own
        const std::vector<Origin> *origins = nullptr;
        std::map<std::size_t, kql::Evaluator> casts; // by output column
    };

    /// The wire that batches of this schema come by; wires with equal schemas are one.
    Result<Wire *> wireOf(const Batch &batch)
    {
        for (Wire &wire : m_wires) {
            if (wire.schema == batch.schema)
                return &wire;
        }
        const auto it = std::find(m_inputs.begin(), m_inputs.end(), *batch.schema);
        if (it == m_inputs.end())
            return fail(ErrorCode::TypeMismatch, "a batch with unknown columns came to the union");
        m_wires.push_back(
            {batch.schema, &m_origins[static_cast<std::size_t>(it - m_inputs.begin())], {}});
        return &m_wires.back();
    }

    Result<ColumnPtr>
    cast(Wire &wire, std::size_t output, std::size_t input, const Batch &batch, OperatorOutput &out)
    {
        auto it = wire.casts.find(output);
        if (it == wire.casts.end()) {
            const std::string text =
                fmt::format("{}({})",
                            kql::conversionName(m_schema->columns[output].type),
                            kql::quoteName(wire.schema->columns[input].name));
            TRY_ASSIGN(auto expression, kql::compileOrFail(text, {wire.schema.get(), nullptr}));
            auto positions = columnPositions(*expression, *wire.schema);
            it = wire.casts
                     .emplace(output, kql::Evaluator(std::move(expression), std::move(positions)))
                     .first;
        }
        TRY_ASSIGN(const ColumnPtr after, it->second.evaluate(batch, m_clock->now()));
        std::size_t misfits = 0;
        batch.selection.forEach([&](std::size_t row) {
            misfits += batch.columns[input]->valid[row] != 0 && after->valid[row] == 0 ? 1 : 0;
        });
        if (misfits != 0)
            out.countConversionErrors(misfits);
        return after;
    }

    std::vector<Schema> m_inputs; // by wire
    std::vector<std::vector<Origin>> m_origins;
    std::shared_ptr<const Schema> m_schema; // shared by the batches it goes out with
    const Clock *m_clock;
    std::vector<Wire> m_wires; // those that batches came by
};

SchemaFlow outputSchemas(const Config &config,
                         const std::vector<Schema> &inputs,
                         const NodeContext & /*context*/)
{
    Layout layout = Merger(config, inputs).run();
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
    const Layout layout = Merger(config, inputs).run();
    const ColumnNeeds &wanted = outputNeeds.front();
    const auto has = [](const std::vector<std::string> &names, const std::string &name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    std::vector<ColumnNeeds> result;
    for (std::size_t wire = 0; wire < inputs.size(); ++wire) {
        ColumnNeeds needs;
        needs.raw = wanted.raw;
        for (std::size_t i = 0; i < layout.output.columns.size(); ++i) {
            const Origin &origin = layout.wires[wire][i];
            if (!origin.column)
                continue;
            const std::string &output = layout.output.columns[i].name;
            const SchemaColumn &input = inputs[wire].columns[*origin.column];
            if (!origin.cast)
                passNeed(wanted, output, input, needs);
            else if (wanted.all || has(wanted.typed, output) || has(wanted.tokens, output))
                needs.typed.push_back(input.name);
        }
        passUnlisted(wanted, layout.output, inputs[wire], needs);
        result.push_back(std::move(needs));
    }
    return result;
}

std::string describeConfig(const ValueMap &config)
{
    const std::string policy = Config(config).text(kOnTypeClash);
    if (policy == kCast)
        return "by name, types cast";
    return policy == kBoth ? "by name, both of two types" : "by name";
}

} // namespace

const NodeDescriptor &unionDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "union",
        .role = NodeRole::Transform,
        .title = "Union",
        .summary = "Brings the events of several wires together by the names of their columns.",
        .icon = "union",
        .keywords = {"merge", "combine", "append", "concat"},
        .inputs = {{.id = "in", .mixed = true}},
        .outputs = {{.id = "out"}},
        .fields =
            {
                choiceField(kOnTypeClash)
                    .label("A column of two types")
                    .choice("refuse", "is a mistake")
                    .choice(std::string(kCast), "is cast to one type")
                    .choice(std::string(kBoth), "becomes two columns")
                    .defaultTo("refuse")
                    .help("Cast: whole numbers become real, what has nothing in common text."),
            },
        .help = "Columns stand in the order in which the wires bring them; one that a wire does "
                "not have is null in its events.",
        .exampleConfig = R"({"on_type_clash": "cast"})",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .createOperator = [](const Config &config,
                             const NodeContext &context) -> Result<std::unique_ptr<Operator>> {
            Layout layout = Merger(config, context.inputSchemas).run();
            if (!layout.problems.empty())
                return fail(layout.problems.front().error);
            return std::unique_ptr<Operator>(std::make_unique<Union>(std::move(layout), context));
        },
    };
    return descriptor;
}

} // namespace sluice
