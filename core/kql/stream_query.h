#pragma once

#include "core/kql/query.h"
#include "core/kql/stream_chain.h"
#include "core/kql/table_program.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// A stream that a query may name.
struct StreamInput
{
    std::string name;
    SchemaPtr schema;
};
/// Rows that a query may name and that do not change while it runs.
struct StreamReference
{
    std::string name;
    SchemaPtr schema;
    std::vector<Batch> rows;
};
struct StreamContext
{
    std::vector<StreamInput> inputs;
    std::vector<StreamReference> references;
    const ParameterValues *parameters = nullptr;
    Ticks now = 0; // for what is computed once: constant tables, queries inside expressions
    /// A query without any stream is taken as well: its own rows are its events.
    bool constantsFlow = false;
};

/// `summarize … by bin(t, step)`: a tumbling window for each bin of a time.
struct StreamWindow
{
    Summarize summarize;
    SchemaPtr input; // columns of the rows that go into windows
    Position at;
    std::size_t binKey = 0; // which of the keys is the bin
    ExpressionPtr time;     // what is binned
    TickSpan size = 0;
    Ticks offset = 0; // bins start at multiples of `size` plus this
    SchemaPtr output; // keys, then aggregates
};

/// A query compiled to steps over batches, for streams: what needs a whole table is refused by name
/// and place, but behind a window it works on the rows of each one. Thread: one at a time.
class StreamQuery
{
public:
    /// Rows of one input. They come out as the result, or as the rows for the window.
    Result<void> process(std::size_t input, const Batch &batch, Ticks now, RowSink &out);
    bool reads(std::size_t input) const;

    /// What the result looks like.
    const SchemaPtr &schema() const { return m_schema; }
    /// Null: every row is a result as it comes.
    const StreamWindow *window() const { return m_window ? &*m_window : nullptr; }
    /// What is done with the rows of each window.
    TableProgram &windowProgram() { return m_windowProgram; }
    /// Rows of constant tables, for queries that have no other (StreamContext::constantsFlow).
    /// @param rows  how many go into a batch
    Result<void> processConstants(Ticks now, RowSink &out, std::size_t rows = kBatchRows);
    /// Rows pass or are dropped, but no column changes.
    bool keepsColumns() const;
    const QueryPtr &query() const { return m_query; }

private:
    friend class StreamCompiler;
    struct Branch // one source of a union, or the only one
    {
        std::optional<std::size_t> input; // none: constants
        std::vector<Batch> constants;
        StreamChain chain;
    };

    QueryPtr m_query;
    std::vector<Branch> m_branches;
    std::optional<StreamWindow> m_window;
    TableProgram m_windowProgram;
    SchemaPtr m_schema;
};

struct StreamCompileResult
{
    std::unique_ptr<StreamQuery> query; // null when problems holds any
    std::vector<Problem> problems;
};
StreamCompileResult compileStream(std::string_view text, const StreamContext &context);

/// Columns that a query needs, of each input.
struct StreamNeeds
{
    std::vector<std::string> typed;  // computed with
    std::vector<std::string> tokens; // handed on, their JSON text is enough
};
/// @param typed, tokens  what is wanted of the result; a name that it has not is looked for in the
///                       inputs, whose schemas may be open
/// @return one for each input
std::vector<StreamNeeds>
streamNeeds(const Query &query, const std::vector<StreamInput> &inputs, const StreamNeeds &wanted);

} // namespace sluice::kql
