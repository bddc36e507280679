#pragma once

#include "core/kql/stream_query.h"
#include "core/node/node_descriptor.h"
#include "core/operators/kql_references.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// What the two forms of the `kql` node share: with windows it is a stage, without it is not.

inline constexpr std::string_view kKqlQuery = "query";
inline constexpr std::string_view kKqlInputs = "inputs";
inline constexpr std::size_t kKqlOut = 0;
inline constexpr std::size_t kKqlLate = 1; // with windows only

/// Names of the inputs, one a port: `source` where the config names none.
std::vector<std::string> kqlInputNames(const Value *inputs);
/// Whether the query has a summarize of its own rows: decided by its text alone.
bool kqlHasWindow(std::string_view query);

/// The query, and how the batches of each input become what it reads: system columns are hidden
/// unless the query names them.
class KqlInputs
{
public:
    KqlInputs(std::string_view query,
              const std::vector<std::string> &names,
              const std::vector<Schema> &schemas);

    const std::vector<kql::StreamInput> &inputs() const { return m_inputs; }
    /// The batch with the columns of the input's schema and rows that know their number in it.
    Batch narrowed(std::size_t input, const Batch &batch) const;

private:
    std::vector<kql::StreamInput> m_inputs;
    std::vector<std::vector<std::size_t>> m_places; // empty: all columns as they are
};

kql::StreamCompileResult compileKql(const Config &config,
                                    const KqlInputs &inputs,
                                    const NodeContext &context,
                                    std::vector<kql::StreamReference> references);

/// The query of one node while it runs. What reference tables give is computed once for each of
/// their states: when one has changed, the query is compiled anew. Thread: one at a time.
class KqlProgram
{
public:
    /// Errors: the query's first problem, as ReferenceStore::open()
    static Result<std::unique_ptr<KqlProgram>> create(const Config &config,
                                                      const NodeContext &context);

    /// The query over the tables' rows of now. Errors: those of a table that no longer fits
    Result<void> refresh();
    kql::StreamQuery &query() { return *m_query; }
    const std::shared_ptr<kql::StreamQuery> &shared() const { return m_query; }
    const KqlInputs &inputs() const { return m_inputs; }

private:
    KqlProgram(Config config, const NodeContext &context);
    Result<void> compile();

    Config m_config;
    NodeContext m_context;
    KqlInputs m_inputs;
    KqlReferences m_references;
    std::shared_ptr<kql::StreamQuery> m_query; // shared with what keeps windows of it
};

/// The result's schema as the node's output: names of system columns keep their meaning.
Schema kqlOutputSchema(const kql::StreamQuery &query, const std::vector<Schema> &inputs);

/// Marks the rows of an input batch that results come from.
class RowMarks
{
public:
    void reset(std::size_t rows) { m_marks.assign(rows, 0); }
    void mark(const Batch &result);
    std::size_t count(const Selection &rows) const;

private:
    std::vector<std::uint8_t> m_marks;
};

/// Puts a result of narrowed() rows back among the events of `batch`: their origins and times.
void adoptOrigins(const Batch &batch, Batch &result);

} // namespace sluice
