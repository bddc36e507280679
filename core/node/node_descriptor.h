#pragma once

#include "core/base/result.h"
#include "core/event/schema.h"
#include "core/node/config.h"
#include "core/node/destination.h"
#include "core/node/field_spec.h"
#include "core/node/node_context.h"
#include "core/node/operator.h"
#include "core/node/source.h"
#include "core/node/stateful_operator.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

enum class NodeRole { Source, Transform, Destination };

struct PortSpec
{
    std::string id;         // "in", "out", "rejected", "errors"
    std::string title = {}; // what the canvas says beside it; empty: the id
    bool optional = false;  // may stay unwired without a warning
    bool many = true;       // input: takes any number of wires; their events are merged
    /// Input, the only one of its node: its wires may bring different columns. The node's functions
    /// get a schema for each wire instead of one for the port, and give needs for each; a batch
    /// comes as its wire has it.
    bool mixed = false;
};

/// Which columns a node reads, or must be given so that it can pass them on.
struct ColumnNeeds
{
    bool raw = false;                // the whole record's bytes
    bool all = false;                // every column of the schema but system ones, typed
    std::vector<std::string> typed;  // names of columns whose values are computed with
    std::vector<std::string> tokens; // names of columns whose JSON text is enough

    void add(const ColumnNeeds &other);
};

struct SchemaProblem
{
    std::string field;
    Error error;
    Value suggestion = {};            // a value for `field` that would mend it; null: none known
    std::string suggestionLabel = {}; // "Use 'temp'"
    std::string suggestionPlace = {}; // the part of `field` that is wrong (valueAt)
};

/// Columns that a config may name beside those of the inputs: of a table that events are looked up
/// in. FieldSpec::columnsOf names it.
struct OfferedColumns
{
    std::string table;
    std::vector<SchemaColumn> columns;
    friend bool operator==(const OfferedColumns &, const OfferedColumns &) = default;
};

/// Output schemas of a node, and what is wrong with its config given these inputs.
struct SchemaFlow
{
    std::vector<Schema> outputs; // one an output port, `errors` included
    std::vector<SchemaProblem> problems;
    std::vector<OfferedColumns> offered = {};
};

/// Answer of "Test connection".
struct ProbeReport
{
    bool ok = false;
    std::string summary;                  // "Connected to 3 brokers, Kafka 3.9"
    std::vector<std::string> details;     // one line each
    std::vector<std::string> suggestions; // e.g. topics to choose from
    std::string suggestionsFor;           // the config field they belong to
};

/// All that Sluice knows about a kind; palette, ports, form, validation, help and file format
/// are made from it. One instance for the process, immutable.
struct NodeDescriptor
{
    std::string kind;
    int version = 1;
    NodeRole role = NodeRole::Transform;
    std::string title;
    std::string summary;   // one sentence
    std::string icon = {}; // name of an SVG in resources/icons, without ending
    std::vector<std::string> keywords = {};
    std::vector<PortSpec> inputs = {};
    std::vector<PortSpec> outputs = {};
    /// Where ports depend on the config as the file holds it (a route's names): all of them,
    /// `errors` included; `inputs` and `outputs` are then those of a new node. Ask inputPortsOf()
    /// and outputPortsOf(), never the lists.
    std::function<std::vector<PortSpec>(const ValueMap &config)> inputPorts = {};
    std::function<std::vector<PortSpec>(const ValueMap &config)> outputPorts = {};
    std::vector<FieldSpec> fields = {};
    std::string help = {}; // longer text, Markdown
    /// Config that works in a test, as JSON text; paths are made absolute below a scratch folder.
    std::string exampleConfig = "{}";

    /// One line for the node's card, from the config as the file holds it: "temp > 20".
    std::function<std::string(const ValueMap &config)> describe = {};
    /// Schemas of the outputs. Must be quick: it runs while the user types.
    std::function<SchemaFlow(
        const Config &, const std::vector<Schema> &inputs, const NodeContext &)>
        outputSchemas = {};
    /// What the node needs of each input, given what is needed of each of its outputs.
    std::function<std::vector<ColumnNeeds>(const Config &,
                                           const std::vector<Schema> &inputs,
                                           const std::vector<ColumnNeeds> &outputNeeds,
                                           const NodeContext &)>
        columnNeeds = {};
    /// Further checks of the config, after field checks passed.
    std::function<std::vector<SchemaProblem>(const Config &)> validate = {};

    std::function<Result<std::unique_ptr<Source>>(const Config &, const NodeContext &)>
        createSource = {};
    std::function<Result<std::unique_ptr<Operator>>(const Config &, const NodeContext &)>
        createOperator = {};
    std::function<Result<std::unique_ptr<Destination>>(const Config &, const NodeContext &)>
        createDestination = {};
    /// Kinds that keep state over batches and need their input in order: what a stage runs.
    /// A kind with createOperator too decides by its config (`stateful`).
    std::function<Result<std::unique_ptr<StatefulOperator>>(const Config &, const NodeContext &)>
        createStateful = {};
    std::function<bool(const Config &)> stateful = {};
    /// Transforms: asks a server for each event, so that nothing runs it unasked.
    bool callsOutside = false;
    /// Stateful kinds: works in event time. Events that have none are rejected before it.
    bool timed = false;
    /// Stateful kinds: the part of the work that workers do side by side; optional.
    std::function<Result<std::unique_ptr<BatchPreparer>>(const Config &, const NodeContext &)>
        createPreparer = {};

    /// Sources: position() is a place to which a later run can go back.
    bool replayable = false;
    /// Destinations: what createDestination makes is an ExactlyOnceDestination too.
    bool exactlyOnce = false;

    /// Sources: up to `limit` raw records for inference and previews, within about a second.
    /// Must not move any progress.
    std::function<Result<std::vector<std::string>>(
        const Config &, const NodeContext &, std::size_t limit, std::stop_token)>
        sample = {};
    /// "Test connection": tries the outside and says what it found. May take seconds.
    std::function<ProbeReport(const Config &, const NodeContext &, std::stop_token)> probe = {};
};

/// The ports of a node with that config.
std::vector<PortSpec> inputPortsOf(const NodeDescriptor &descriptor, const ValueMap &config);
std::vector<PortSpec> outputPortsOf(const NodeDescriptor &descriptor, const ValueMap &config);
/// Whether a node with that config is a stage: createStateful, not createOperator, makes it.
bool isStateful(const NodeDescriptor &descriptor, const Config &config);

/// Id of the port by which events leave that failed.
inline constexpr std::string_view kErrorsPort = "errors";
/// `errors` port of every node that can fail.
PortSpec errorsPort();
/// Schema that outputs have which pass their input on, for every port but `errors`.
SchemaFlow
sameAsInput(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context);
/// What outputSchemas says, with one schema for every output port: those it left out are an
/// errorsSchema for `errors` and the first output's schema for any other.
SchemaFlow schemaFlowOf(const NodeDescriptor &descriptor,
                        const Config &config,
                        const std::vector<Schema> &inputs,
                        const NodeContext &context);
/// Schema of an `errors` port: the event as it came in and $error_code, $error_message,
/// $error_node.
Schema errorsSchema(const Schema &input);

} // namespace sluice
