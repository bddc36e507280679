#include "app/sluice/kind_help.h"

#include "core/base/units.h"

#include <nlohmann/json.hpp>

namespace sluice {

namespace {

using Json = nlohmann::ordered_json;

std::string_view roleName(NodeRole role)
{
    switch (role) {
    case NodeRole::Source:
        return "source";
    case NodeRole::Transform:
        return "transform";
    case NodeRole::Destination:
        break;
    }
    return "destination";
}

std::string_view roleTitle(NodeRole role)
{
    switch (role) {
    case NodeRole::Source:
        return "Sources";
    case NodeRole::Transform:
        return "Transforms";
    case NodeRole::Destination:
        break;
    }
    return "Destinations";
}

std::string limitText(const FieldSpec &field, double limit)
{
    if (field.type == FieldType::Duration)
        return formatDuration(static_cast<TickSpan>(limit));
    if (field.type == FieldType::ByteSize)
        return formatByteSize(static_cast<std::int64_t>(limit));
    return fmt::format("{}", limit);
}

std::string portLines(std::string_view heading, const std::vector<PortSpec> &ports)
{
    if (ports.empty())
        return {};
    std::string text = fmt::format("\n{}:\n", heading);
    for (const PortSpec &port : ports)
        text += fmt::format("  {}{}\n", port.id, port.optional ? " (may stay unwired)" : "");
    return text;
}

std::string fieldLines(const FieldSpec &field, const std::string &indent = "  ")
{
    std::vector<std::string> facts{std::string(typeName(field.type))};
    if (field.required)
        facts.emplace_back("required");
    if (!field.defaultValue.isNull())
        facts.push_back("default " + field.defaultValue.toJson());
    if (field.minimum)
        facts.push_back("at least " + limitText(field, *field.minimum));
    if (field.maximum)
        facts.push_back("at most " + limitText(field, *field.maximum));
    if (!field.unit.empty())
        facts.push_back("in " + field.unit);
    if (field.advanced)
        facts.emplace_back("advanced");
    std::string text = fmt::format("{}{}: {}\n", indent, field.name, fmt::join(facts, ", "));
    const auto line = [&](std::string_view words) {
        text += fmt::format("{}    {}\n", indent, words);
    };
    if (!field.label.empty() && !field.help.empty())
        line(fmt::format("{}. {}", field.label, field.help));
    else if (!field.label.empty() || !field.help.empty())
        line(field.label + field.help);
    for (const FieldChoice &choice : field.choices)
        line(fmt::format("{}: {}", Value(choice.value).toJson(), choice.label));
    if (field.visibleWhen)
        line(fmt::format("Counts when {} is {}.",
                         field.visibleWhen->field,
                         fmt::join(field.visibleWhen->values, " or ")));
    if (!field.example.empty())
        line(fmt::format("For example: {}", field.example));
    for (const FieldSpec &member : field.members)
        text += fieldLines(member, indent + "    ");
    return text;
}

Json portsJson(const std::vector<PortSpec> &ports)
{
    Json list = Json::array();
    for (const PortSpec &port : ports)
        list.push_back({{"id", port.id}, {"optional", port.optional}});
    return list;
}

Json fieldJson(const FieldSpec &field)
{
    Json json{{"name", field.name},
              {"type", typeName(field.type)},
              {"label", field.label},
              {"help", field.help},
              {"required", field.required},
              {"advanced", field.advanced}};
    if (!field.defaultValue.isNull())
        json["default"] = Json::parse(field.defaultValue.toJson());
    if (!field.example.empty())
        json["example"] = field.example;
    if (!field.unit.empty())
        json["unit"] = field.unit;
    if (field.minimum)
        json["minimum"] = limitText(field, *field.minimum);
    if (field.maximum)
        json["maximum"] = limitText(field, *field.maximum);
    if (!field.choices.empty()) {
        for (const FieldChoice &choice : field.choices)
            json["choices"].push_back({{"value", choice.value}, {"label", choice.label}});
    }
    if (field.visibleWhen)
        json["visible_when"] = {{"field", field.visibleWhen->field},
                                {"values", field.visibleWhen->values}};
    for (const FieldSpec &member : field.members)
        json["fields"].push_back(fieldJson(member));
    return json;
}

Json describeKind(const NodeDescriptor &descriptor)
{
    Json fields = Json::array();
    for (const FieldSpec &field : descriptor.fields)
        fields.push_back(fieldJson(field));
    return {{"kind", descriptor.kind},
            {"version", descriptor.version},
            {"role", roleName(descriptor.role)},
            {"title", descriptor.title},
            {"summary", descriptor.summary},
            {"keywords", descriptor.keywords},
            {"inputs", portsJson(descriptor.inputs)},
            {"outputs", portsJson(descriptor.outputs)},
            {"fields", std::move(fields)},
            {"example", Json::parse(descriptor.exampleConfig)},
            {"help", descriptor.help}};
}

} // namespace

std::string kindList(const Catalog &catalog)
{
    std::string text;
    const NodeDescriptor *previous = nullptr;
    std::size_t width = 0;
    for (const NodeDescriptor *descriptor : catalog.all())
        width = std::max(width, descriptor->kind.size());
    for (const NodeDescriptor *descriptor : catalog.all()) {
        if (previous == nullptr || previous->role != descriptor->role)
            text +=
                fmt::format("{}{}\n", previous == nullptr ? "" : "\n", roleTitle(descriptor->role));
        text += fmt::format("  {:{}}  {}\n", descriptor->kind, width, descriptor->summary);
        previous = descriptor;
    }
    return text;
}

std::string kindHelp(const NodeDescriptor &descriptor)
{
    std::string text = fmt::format("{} ({}): {}\n{}\n",
                                   descriptor.kind,
                                   roleName(descriptor.role),
                                   descriptor.title,
                                   descriptor.summary);
    if (!descriptor.help.empty())
        text += "\n" + descriptor.help + "\n";
    text += portLines("Inputs", descriptor.inputs);
    text += portLines("Outputs", descriptor.outputs);
    if (!descriptor.fields.empty())
        text += "\nFields:\n";
    for (const FieldSpec &field : descriptor.fields)
        text += fieldLines(field);
    return text
           + fmt::format("\nExample:\n  {{\"id\": \"{0}\", \"kind\": \"{0}\", \"config\": {1}}}\n",
                         descriptor.kind,
                         descriptor.exampleConfig);
}

std::string kindListJson(const Catalog &catalog)
{
    Json list = Json::array();
    for (const NodeDescriptor *descriptor : catalog.all())
        list.push_back(describeKind(*descriptor));
    return list.dump(2) + "\n";
}

std::string kindJson(const NodeDescriptor &descriptor)
{
    return describeKind(descriptor).dump(2) + "\n";
}

} // namespace sluice
