#include "core/pipeline/dashboard_file.h"
#include "core/pipeline/pipeline_file.h"
#include "core/pipeline/ports.h"

#include <cmath>

namespace sluice {

namespace {

constexpr std::size_t kLineLength = 120;

bool holds(const ValueMap &map, std::string_view key)
{
    for (const auto &entry : map) {
        if (entry.first == key)
            return true;
    }
    return false;
}

std::string entry(std::string_view key, std::string_view json)
{
    return jsonString(key) + ": " + std::string(json);
}

/// `, "key": value` for each.
std::string further(const ValueMap &map)
{
    std::string text;
    for (const auto &[key, value] : map)
        text += ", " + entry(key, value.toJson());
    return text;
}

std::string settingsText(const Settings &settings)
{
    std::string known;
    const auto add = [&](std::string_view key, std::string_view value) {
        if (!holds(settings.unknown, key)) // there it stands as the file had it
            known += (known.empty() ? "" : ", ") + entry(key, value);
    };
    add("delivery",
        jsonString(settings.delivery == Delivery::ExactlyOnce ? "exactly_once" : "at_least_once"));
    add("checkpoint_interval", jsonString(settings.checkpointInterval));
    if (settings.stateBytes != kDefaultStateBytes)
        add("state_bytes", jsonString(settings.stateBytes));
    if (settings.stateKeys != kDefaultStateKeys)
        add("state_keys", std::to_string(settings.stateKeys));
    std::string unknown = further(settings.unknown);
    if (known.empty() && !unknown.empty())
        unknown.erase(0, 2);
    return "{" + known + unknown + "}";
}

std::string parameterText(const Parameter &parameter)
{
    std::string text = "{";
    if (!holds(parameter.unknown, "type"))
        text += entry("type", jsonString(typeName(parameter.type))) + ", ";
    text += entry("value", parameter.value.toJson());
    return text + further(parameter.unknown) + "}";
}

/// One line where it fits, else the config below, one field a line.
std::string nodeText(const Node &node)
{
    std::string head =
        "{" + entry("id", jsonString(node.id)) + ", " + entry("kind", jsonString(node.kind));
    if (!node.title.empty())
        head += ", " + entry("title", jsonString(node.title));
    const std::string tail = further(node.unknown) + "}";
    const std::string config = entry("config", Value(node.config).toJson());
    if (head.size() + config.size() + tail.size() + 8 <= kLineLength)
        return head + ", " + config + tail;
    std::string text = head + ",\n     \"config\": {";
    for (std::size_t i = 0; i < node.config.size(); ++i) {
        if (i > 0)
            text += ",\n                ";
        text += entry(node.config[i].first, node.config[i].second.toJson());
    }
    return text + "}" + tail;
}

std::string wireText(const Wire &wire)
{
    return "{" + entry("from", jsonString(endText(wire.from))) + ", "
           + entry("to", jsonString(endText(wire.to))) + further(wire.unknown) + "}";
}

std::string coordinate(double value)
{
    if (value == std::floor(value) && std::fabs(value) < 1e15)
        return std::to_string(static_cast<std::int64_t>(value));
    return Value(value).toJson();
}

/// `"key": [` or `{`, one item a line, and the closing bracket.
std::string block(std::string_view key, const char *brackets, const std::vector<std::string> &items)
{
    std::string text = "  " + entry(key, std::string_view(brackets, 1));
    for (std::size_t i = 0; i < items.size(); ++i)
        text += (i > 0 ? ",\n    " : "\n    ") + items[i];
    if (!items.empty())
        text += "\n  ";
    return text + brackets[1];
}

std::vector<std::string> layoutItems(const Pipeline &pipeline)
{
    std::vector<std::string> items;
    const auto add = [&](const std::string &id, const Position &place) {
        items.push_back(entry(id, "[" + coordinate(place.x) + ", " + coordinate(place.y) + "]"));
    };
    for (const auto &[id, place] : pipeline.layout)
        add(id, place);
    for (const auto &[id, value] : pipeline.unknownLayout) {
        if (!pipeline.layout.contains(id))
            items.push_back(entry(id, value.toJson()));
    }
    return items;
}

} // namespace

std::string pipelineText(const Pipeline &pipeline)
{
    std::vector<std::string> parts;
    parts.push_back("  " + entry("sluice", std::to_string(kPipelineFileVersion)));
    parts.push_back("  " + entry("name", jsonString(pipeline.name)));
    parts.push_back("  " + entry("settings", settingsText(pipeline.settings)));

    std::vector<std::string> items;
    for (const Parameter &parameter : pipeline.parameters)
        items.push_back(entry(parameter.name, parameterText(parameter)));
    if (!items.empty())
        parts.push_back(block("parameters", "{}", items));

    items.clear();
    for (const NodePtr &node : pipeline.nodes)
        items.push_back(nodeText(*node));
    parts.push_back(block("nodes", "[]", items));

    items.clear();
    for (const WirePtr &wire : pipeline.wires)
        items.push_back(wireText(*wire));
    parts.push_back(block("wires", "[]", items));

    if (!pipeline.alerts.isNull())
        parts.push_back("  " + entry("alerts", pipeline.alerts.toJson()));
    if (!pipeline.tests.isNull())
        parts.push_back("  " + entry("tests", pipeline.tests.toJson()));
    if (!pipeline.dashboard.empty())
        parts.push_back("  " + entry("dashboard", dashboardText(pipeline.dashboard)));
    for (const auto &[key, value] : pipeline.unknown)
        parts.push_back("  " + entry(key, value.toJson()));
    parts.push_back(block("layout", "{}", layoutItems(pipeline)));

    std::string text = "{\n";
    for (std::size_t i = 0; i < parts.size(); ++i)
        text += parts[i] + (i + 1 < parts.size() ? ",\n" : "\n");
    return text + "}\n";
}

} // namespace sluice
