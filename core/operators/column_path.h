#pragma once

#include "core/kql/expression.h"
#include "core/node/node_descriptor.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A column of the input by name, or a place inside a dynamic one: items, order.items[0].
struct ColumnPath
{
    std::string text;
    ColumnType type = ColumnType::Dynamic;
    std::optional<std::size_t> column; // a plain name of the schema
    kql::ExpressionPtr place;          // anything else

    /// Names of the columns it reads.
    std::vector<std::string> columns(const Schema &schema) const;
    /// The name that a value from there has when none is given: the last one of the path.
    std::string lastName() const;
};

struct BoundPath
{
    std::optional<ColumnPath> path; // none when problems holds any
    std::vector<SchemaProblem> problems;
};

/// Binds the text of a config field. A wrong name comes with the nearest one as a fix where the
/// field holds nothing else.
/// @param place  words before each message, for a field that holds several: "row 2: "
BoundPath bindColumnPath(std::string_view field,
                         const std::string &text,
                         const Schema &schema,
                         const ParameterValues &parameters,
                         const std::string &place = {});

/// Reads a path from batches. Thread: one at a time.
class PathReader
{
public:
    PathReader(const ColumnPath &path, const Schema &schema);
    /// Null where the batch has no such column.
    Result<ColumnPtr> read(const Batch &batch, Ticks now);

private:
    std::optional<std::size_t> m_column;
    std::optional<kql::Evaluator> m_evaluator;
};

} // namespace sluice
