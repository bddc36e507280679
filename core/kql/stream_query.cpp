#include "core/kql/stream_query.h"

#include "core/kql/stream_compiler.h"

#include <algorithm>

namespace sluice::kql {

namespace {

/// What a query over streams knows by name.
class StreamHost : public QueryHost
{
public:
    explicit StreamHost(const StreamContext &context)
        : m_context(context)
    {}

    SchemaPtr table(std::string_view name) override
    {
        for (const StreamInput &input : m_context.inputs) {
            if (input.name == name)
                return input.schema;
        }
        for (const StreamReference &reference : m_context.references) {
            if (reference.name == name)
                return reference.schema;
        }
        return nullptr;
    }
    std::vector<std::string> tableNames() override
    {
        std::vector<std::string> names;
        for (const StreamInput &input : m_context.inputs)
            names.push_back(input.name);
        for (const StreamReference &reference : m_context.references)
            names.push_back(reference.name);
        return names;
    }
    /// Columns may not depend on the events, nor on rows that a test feeds as events.
    Result<std::vector<Batch>> rowsOf(const QueryPtr & /*query*/) override
    {
        return fail(ErrorCode::NotSupported,
                    "the columns depend on rows, and those of a stream are not known yet")
            .hint("Say which columns there are: bag_unpack(d) : (*, name: type)");
    }
    const ParameterValues *parameters() override { return m_context.parameters; }

private:
    const StreamContext &m_context;
};

} // namespace

Result<void> StreamQuery::process(std::size_t input, const Batch &batch, Ticks now, RowSink &out)
{
    for (Branch &branch : m_branches) {
        if (branch.input == input)
            TRY(branch.chain.process(batch, now, out));
    }
    return {};
}

Result<void> StreamQuery::processConstants(Ticks now, RowSink &out, std::size_t rows)
{
    for (Branch &branch : m_branches) {
        for (Batch batch : branch.constants) {
            const Selection all = batch.selection;
            for (std::size_t first = 0; first < all.size(); first += rows) {
                auto some = takeSelection();
                for (std::size_t i = first; i < std::min(first + rows, all.size()); ++i)
                    some->push_back(static_cast<std::uint16_t>(all[i]));
                batch.selection = Selection(std::move(some));
                TRY(branch.chain.process(batch, now, out));
            }
        }
    }
    return {};
}

bool StreamQuery::reads(std::size_t input) const
{
    return std::any_of(m_branches.begin(), m_branches.end(), [&](const Branch &branch) {
        return branch.input == input;
    });
}

bool StreamQuery::keepsColumns() const
{
    return std::holds_alternative<TableSource>(m_query->source)
           && std::all_of(m_query->steps.begin(), m_query->steps.end(), [](const Step &step) {
                  return std::holds_alternative<Where>(step.operation)
                         || std::holds_alternative<Consume>(step.operation);
              });
}

StreamCompileResult compileStream(std::string_view text, const StreamContext &context)
{
    StreamCompileResult result;
    StreamHost host(context);
    QueryBindResult bound = compileQuery(text, host);
    result.problems = std::move(bound.problems);
    if (!bound.query)
        return result;
    StreamCompiler compiler(context);
    result.query = compiler.compile(bound.query);
    result.problems = compiler.takeProblems();
    if (!result.problems.empty())
        result.query = nullptr;
    return result;
}

} // namespace sluice::kql
