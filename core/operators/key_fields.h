#pragma once

#include "core/kql/expression.h"
#include "core/node/node_descriptor.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A field that a node compares events by, bound to an input schema.
struct KeyField
{
    std::string name;
    ColumnType type = ColumnType::Dynamic;
    std::optional<std::size_t> source; // the input column that it is
    kql::ExpressionPtr value;          // what is computed; null with `source`
};

/// An entry of a Keys field: "name", or {"name", "from" (path) | "expression"}.
struct KeyText
{
    std::string name;      // empty: nothing says it
    std::string source;    // what is computed: the expression, the path, or the name
    std::string_view part; // the member that `source` stands in; empty: the entry is a text
};
KeyText keyText(const Value &entry);
/// "device_id, site": the names of a Keys field, for a node's card.
std::string keyNames(const Value &list);

/// The list of a Keys field, bound.
struct KeyFields
{
    std::vector<KeyField> fields;
    std::vector<SchemaProblem> problems;
};
KeyFields bindKeyFields(std::string_view field,
                        const Config &config,
                        const Schema &input,
                        const ParameterValues &parameters);
/// One such field, by its column or path.
/// @param place  where the path stands in the config field
/// @param problems  receives what is wrong with it
std::optional<KeyField> bindKeyField(std::string_view field,
                                     const std::string &name,
                                     const std::string &path,
                                     const std::string &place,
                                     const Schema &input,
                                     const ParameterValues &parameters,
                                     std::vector<SchemaProblem> &problems);

/// Names of the columns that the fields are computed from.
std::vector<std::string> columnsOf(const std::vector<KeyField> &fields, const Schema &input);

/// Computes the fields of a batch. Thread: one at a time.
class KeyColumns
{
public:
    KeyColumns(const std::vector<KeyField> &fields, const Schema &input);

    /// Dense columns, one a field; a null pointer is a column of nulls. Valid until the next call.
    Result<const std::vector<const Column *> *> compute(const Batch &batch, Ticks now);

private:
    struct Step
    {
        std::optional<std::size_t> source;
        std::optional<kql::Evaluator> value;
    };
    std::vector<Step> m_steps;
    std::vector<ColumnPtr> m_kept; // the columns that m_columns points to
    std::vector<const Column *> m_columns;
};

} // namespace sluice
