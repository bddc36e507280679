#pragma once

#include "core/base/value.h"
#include "core/event/column_type.h"
#include "core/pipeline/dashboard.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

inline constexpr int kPipelineFileVersion = 1;

/// One node. Immutable once it is in a Pipeline: an edit makes a new one.
struct Node
{
    std::string id;
    std::string kind;
    std::string title; // empty: the kind's title
    ValueMap config;
    ValueMap unknown; // fields of the file this version does not know; kept on save
    friend bool operator==(const Node &, const Node &) = default;
};

/// A wire's end: node id and port id. An empty port is the node's default one (its first that is
/// not `errors`); edits write it so. Compare ends of one wire with samePort() of
/// core/pipeline/ports.h.
struct WireEnd
{
    std::string node;
    std::string port;
    friend bool operator==(const WireEnd &, const WireEnd &) = default;
};

struct Wire
{
    WireEnd from;
    WireEnd to;
    ValueMap unknown = {};
    friend bool operator==(const Wire &, const Wire &) = default;
};

struct Parameter
{
    std::string name;
    ColumnType type = ColumnType::String;
    Value value;
    ValueMap unknown = {}; // also a "type" that this version does not know
    friend bool operator==(const Parameter &, const Parameter &) = default;
};

/// Canvas coordinates of a card's top left corner, device-independent pixels.
struct Position
{
    double x = 0;
    double y = 0;
    friend bool operator==(const Position &, const Position &) = default;
};

enum class Delivery { AtLeastOnce, ExactlyOnce };

inline constexpr std::string_view kDefaultStateBytes = "1GiB";
inline constexpr std::int64_t kDefaultStateKeys = 10'000'000;

struct Settings
{
    Delivery delivery = Delivery::AtLeastOnce;
    std::string checkpointInterval = "1s";
    /// What one stateful node may keep in memory.
    std::string stateBytes = std::string(kDefaultStateBytes);
    std::int64_t stateKeys = kDefaultStateKeys;
    ValueMap unknown = {}; // also a known field with a value that makes no sense
    friend bool operator==(const Settings &, const Settings &) = default;
};

using NodePtr = std::shared_ptr<const Node>; // shared by the pipelines of the undo stack
using WirePtr = std::shared_ptr<const Wire>;

/// A graph of nodes and wires with all that belongs to it: the content of one file. A value:
/// copies share what did not change, so that undo steps are cheap and a diff compares pointers.
struct Pipeline
{
    std::string name;
    Settings settings;
    std::vector<Parameter> parameters;
    std::vector<NodePtr> nodes;
    std::vector<WirePtr> wires;
    Value alerts; // kept as the file has them
    Value tests;
    Dashboard dashboard;
    std::map<std::string, Position> layout; // by node id
    ValueMap unknownLayout;                 // layout entries that are no [x, y]
    ValueMap unknown;

    NodePtr findNode(std::string_view id) const;
    const Parameter *findParameter(std::string_view name) const;
};

bool operator==(const Pipeline &a, const Pipeline &b);
/// Whether both would run alike: settings, parameters, nodes and wires are equal; layout, titles
/// and the name may differ.
bool runsLike(const Pipeline &a, const Pipeline &b);

/// What differs between two pipelines, by node id.
struct PipelineDiff
{
    std::vector<std::string> added;
    std::vector<std::string> removed;
    std::vector<std::string> changed;  // kind or config
    std::vector<std::string> retitled; // title only
    std::vector<std::string> moved;    // layout only
    bool wiresChanged = false;
    bool settingsChanged = false; // settings or parameters
    /// Number of changes that a running pipeline would have to be restarted for.
    std::size_t restarting() const;
};
PipelineDiff diff(const Pipeline &before, const Pipeline &after);

} // namespace sluice
