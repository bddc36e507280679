#pragma once

#include "core/base/time.h"
#include "core/base/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What a config field holds; the form has one editor for each, the validator one check.
enum class FieldType {
    Text, // one line
    MultilineText,
    Secret, // {"secret": name} or {"env": name}; never a literal
    Boolean,
    Integer,
    Real,
    Duration,      // "10s"
    ByteSize,      // integer, or "64MB"
    Choice,        // one of `choices`
    Path,          // a file
    TextList,      // ["a", "b"]
    Expression,    // KQL scalar expression over the input's columns
    Query,         // KQL query, several lines
    TimeZone,      // name in the tz database
    Column,        // name or path of a column of the input
    SchemaColumns, // [{"name", "type"}]: declares columns
    FieldMappings, // manage_fields' list: [{"name","from","type","on_error","expression"}]
    Conditions,    // filter's rows: {"all": [{"field","operator","value"}, {"any": [...]}]}
    ColumnNames,   // ["a", "b"]: columns of the input
    Properties,    // {"name": "value"}: a table of further settings
    EventTime,     // {"field","max_out_of_orderness",...}, a form of `members`
    Group,         // {…}: an object with the fields of `members`
    Rows,          // [{…}, …]: a list of such objects
    Keys,          // ["a", {"name","from" | "expression"}]: what events are grouped or compared by
    Aggregates,    // [{"name","expression"}]: aggregate calls, each with the name of its column
    Json,          // any JSON that has no form of its own
};

/// What a field of that type holds, in words: "duration", "list of texts".
std::string_view typeName(FieldType type);

struct FieldChoice
{
    std::string value;
    std::string label;
};

/// Shows a field only while another field has one of some values.
struct FieldCondition
{
    std::string field;
    std::vector<std::string> values; // texts; booleans as "true" / "false"
};

/// One config field of a kind: what the form shows, what the validator checks.
struct FieldSpec
{
    std::string name; // snake_case
    FieldType type = FieldType::Text;
    std::string label;
    std::string help;    // one line under the field
    std::string example; // placeholder; must be valid
    Value defaultValue;  // null: none
    bool required = false;
    bool advanced = false;         // folded away in the form
    bool suggests = false;         // the descriptor's `suggest` can list values
    std::string unit;              // shown inside the field: "events/s"
    std::optional<double> minimum; // numbers; ticks for durations, bytes for sizes
    std::optional<double> maximum;
    std::vector<FieldChoice> choices;
    std::optional<FieldCondition> visibleWhen;
    std::vector<std::string> fileFilters; // "*.ndjson"; for Path
    bool pathIsOutput = false;            // Path: written, not read
    std::vector<FieldSpec> members;       // Group, Rows, EventTime: the fields of an object
    /// Column: the input port, or the table that outputSchemas offers, whose columns are meant;
    /// empty: those of all inputs.
    std::string columnsOf;
    /// Another field of the kind that this one takes the place of: only one of them is set, and the
    /// form lets choose.
    std::string alternativeOf;
};

/// Builder, so that a kind's list reads as sentences: `textField("topic").label("Topic").must()`.
class FieldBuilder
{
public:
    FieldBuilder(std::string_view name, FieldType type)
    {
        m_spec.name = name;
        m_spec.type = type;
    }
    FieldBuilder &&label(std::string text) &&;
    FieldBuilder &&help(std::string text) &&;
    FieldBuilder &&example(std::string text) &&;
    FieldBuilder &&defaultTo(Value value) &&;
    FieldBuilder &&must() &&;
    FieldBuilder &&inAdvanced() &&;
    FieldBuilder &&suggested() &&;
    FieldBuilder &&unit(std::string text) &&;
    FieldBuilder &&atLeast(double value) &&;
    FieldBuilder &&atMost(double value) &&;
    FieldBuilder &&choice(std::string value, std::string label) &&;
    FieldBuilder &&visibleWhen(std::string field, std::vector<std::string> values) &&;
    FieldBuilder &&filter(std::string pattern) &&;
    FieldBuilder &&output() &&;
    FieldBuilder &&member(FieldSpec spec) &&;
    FieldBuilder &&columnsOf(std::string table) &&;
    FieldBuilder &&alternativeOf(std::string field) &&;
    operator FieldSpec() && { return std::move(m_spec); } // NOLINT(google-explicit-constructor)

private:
    FieldSpec m_spec;
};

FieldBuilder textField(std::string_view name);
FieldBuilder secretField(std::string_view name);
FieldBuilder booleanField(std::string_view name);
FieldBuilder integerField(std::string_view name);
FieldBuilder realField(std::string_view name);
FieldBuilder durationField(std::string_view name);
FieldBuilder byteSizeField(std::string_view name);
FieldBuilder choiceField(std::string_view name);
FieldBuilder pathField(std::string_view name);
FieldBuilder expressionField(std::string_view name);
FieldBuilder columnField(std::string_view name);
/// An object, or a list of objects; their fields are given by member().
FieldBuilder groupField(std::string_view name);
FieldBuilder rowsField(std::string_view name);
FieldBuilder field(std::string_view name, FieldType type);

const FieldSpec *findField(const std::vector<FieldSpec> &fields, std::string_view name);
/// Whether the field counts, given what its neighbours in `config` are set to; those that are not
/// set have their default.
bool isVisible(const FieldSpec &field,
               const std::vector<FieldSpec> &neighbours,
               const Value &config);

} // namespace sluice
