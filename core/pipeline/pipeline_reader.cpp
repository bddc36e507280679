#include "core/base/units.h"
#include "core/pipeline/dashboard_file.h"
#include "core/pipeline/pipeline_file.h"
#include "core/pipeline/ports.h"

#include <initializer_list>

namespace sluice {

namespace {

/// Builds a pipeline from the file's values; notes what it does not know and keeps it.
class Reader
{
public:
    Result<Pipeline> read(const Value &file);
    std::vector<Diagnostic> notes;

private:
    Result<void> readSettings(const Value &value);
    Result<void> readParameters(const Value &value);
    Result<void> readNodes(const Value &value);
    Result<Node> readNode(const Value &value, const std::string &place);
    Result<void> readWires(const Value &value);
    Result<void> readLayout(const Value &value);
    Result<void> readEntry(const std::string &key, const Value &value);

    ValueMap keepUnknown(const Value &map,
                         std::initializer_list<std::string_view> known,
                         const std::string &place,
                         const std::string &node = {});
    void note(ErrorCode code, std::string message, const std::string &node = {});

    Pipeline m_pipeline;
};

Failure damaged(const std::string &place, std::string_view what)
{
    return fail(ErrorCode::FileDamaged, "{} {}", place, what)
        .hint("Correct the file in a text editor, or take an earlier copy of it.");
}

Result<std::string> textAt(const Value &map, std::string_view key, const std::string &place)
{
    const Value *value = map.find(key);
    if (value == nullptr)
        return damaged(place, fmt::format("has no \"{}\"", key));
    if (value->asString() == nullptr)
        return damaged(place, fmt::format("has a \"{}\" that is not a text", key));
    return *value->asString();
}

/// The entries of an object. A single entry may have been read as a reference: undone here.
std::optional<ValueMap> objectOf(const Value &value)
{
    if (const ValueMap *map = value.asMap())
        return *map;
    if (const Reference *reference = value.asReference()) {
        static constexpr const char *kKeys[] = {"param", "env", "secret"};
        return ValueMap{{kKeys[static_cast<int>(reference->kind)], Value(reference->name)}};
    }
    return std::nullopt;
}

std::optional<Position> positionOf(const Value &value)
{
    const ValueList *pair = value.asList();
    if (pair == nullptr || pair->size() != 2)
        return std::nullopt;
    const auto x = (*pair)[0].asNumber();
    const auto y = (*pair)[1].asNumber();
    if (!x || !y)
        return std::nullopt;
    return Position{*x, *y};
}

ColumnType guessType(const Value &value)
{
    if (value.asBool() != nullptr)
        return ColumnType::Bool;
    if (value.asInteger() != nullptr)
        return ColumnType::Long;
    if (value.asReal() != nullptr)
        return ColumnType::Real;
    if (value.asList() != nullptr || value.asMap() != nullptr)
        return ColumnType::Dynamic;
    return ColumnType::String;
}

void Reader::note(ErrorCode code, std::string message, const std::string &node)
{
    Diagnostic diagnostic;
    diagnostic.severity = Severity::Note;
    diagnostic.code = code;
    diagnostic.node = node;
    diagnostic.message = std::move(message);
    diagnostic.hint = "It is kept when the file is saved.";
    notes.push_back(std::move(diagnostic));
}

ValueMap Reader::keepUnknown(const Value &map,
                             std::initializer_list<std::string_view> known,
                             const std::string &place,
                             const std::string &node)
{
    ValueMap kept;
    for (const auto &[key, value] : *map.asMap()) {
        bool isKnown = false;
        for (const std::string_view name : known)
            isKnown = isKnown || name == key;
        if (isKnown)
            continue;
        note(ErrorCode::UnknownField,
             fmt::format(
                 "{} has a field '{}' that this version of Sluice does not know", place, key),
             node);
        kept.emplace_back(key, value);
    }
    return kept;
}

Result<void> Reader::readSettings(const Value &value)
{
    if (value.asMap() == nullptr)
        return damaged("\"settings\"", "is not an object");
    Settings &settings = m_pipeline.settings;
    settings.unknown = keepUnknown(
        value, {"delivery", "checkpoint_interval", "state_bytes", "state_keys"}, "\"settings\"");
    if (const Value *delivery = value.find("delivery")) {
        const std::string *text = delivery->asString();
        if (text != nullptr && *text == "exactly_once")
            settings.delivery = Delivery::ExactlyOnce;
        else if (text == nullptr || *text != "at_least_once")
            settings.unknown.emplace_back("delivery", *delivery); // validation objects to it
    }
    const auto readText = [&](std::string_view key, std::string &target) {
        const Value *found = value.find(key);
        if (found == nullptr)
            return;
        if (const std::string *text = found->asString())
            target = *text;
        else
            settings.unknown.emplace_back(std::string(key), *found);
    };
    readText("checkpoint_interval", settings.checkpointInterval);
    readText("state_bytes", settings.stateBytes);
    if (const Value *keys = value.find("state_keys")) {
        if (const auto count = keys->asInteger())
            settings.stateKeys = *count;
        else
            settings.unknown.emplace_back("state_keys", *keys);
    }
    return {};
}

Result<void> Reader::readParameters(const Value &value)
{
    const auto entries = objectOf(value);
    if (!entries)
        return damaged("\"parameters\"", "is not an object");
    for (const auto &[name, entry] : *entries) {
        const std::string place = fmt::format("parameter '{}'", name);
        if (entry.asMap() == nullptr)
            return damaged(place, "is not an object with \"type\" and \"value\"");
        Parameter parameter;
        parameter.name = name;
        parameter.unknown = keepUnknown(entry, {"type", "value"}, place);
        if (const Value *content = entry.find("value"))
            parameter.value = *content;
        parameter.type = guessType(parameter.value);
        if (const Value *type = entry.find("type")) {
            const std::string *text = type->asString();
            if (const auto known = text == nullptr ? std::nullopt : typeFromName(*text))
                parameter.type = *known;
            else
                parameter.unknown.emplace_back("type", *type); // validation objects to it
        }
        m_pipeline.parameters.push_back(std::move(parameter));
    }
    return {};
}

Result<Node> Reader::readNode(const Value &value, const std::string &place)
{
    if (value.asMap() == nullptr)
        return damaged(place, "is not an object");
    Node node;
    TRY_ASSIGN(node.id, textAt(value, "id", place));
    const std::string name = fmt::format("node '{}'", node.id);
    TRY_ASSIGN(node.kind, textAt(value, "kind", name));
    if (value.find("title") != nullptr) {
        TRY_ASSIGN(node.title, textAt(value, "title", name));
    }
    if (const Value *config = value.find("config")) {
        auto fields = objectOf(*config);
        if (!fields)
            return damaged(name, "has a \"config\" that is not an object");
        node.config = std::move(*fields);
    }
    node.unknown = keepUnknown(value, {"id", "kind", "title", "config"}, name, node.id);
    return node;
}

Result<void> Reader::readNodes(const Value &value)
{
    const ValueList *list = value.asList();
    if (list == nullptr)
        return damaged("\"nodes\"", "is not a list");
    for (std::size_t i = 0; i < list->size(); ++i) {
        TRY_ASSIGN(Node node, readNode((*list)[i], fmt::format("entry {} of \"nodes\"", i + 1)));
        m_pipeline.nodes.push_back(std::make_shared<const Node>(std::move(node)));
    }
    return {};
}

Result<void> Reader::readWires(const Value &value)
{
    const ValueList *list = value.asList();
    if (list == nullptr)
        return damaged("\"wires\"", "is not a list");
    for (std::size_t i = 0; i < list->size(); ++i) {
        const Value &entry = (*list)[i];
        const std::string place = fmt::format("entry {} of \"wires\"", i + 1);
        if (entry.asMap() == nullptr)
            return damaged(place, "is not an object");
        TRY_ASSIGN(const std::string from, textAt(entry, "from", place));
        TRY_ASSIGN(const std::string to, textAt(entry, "to", place));
        Wire wire{endFromText(from), endFromText(to)};
        wire.unknown = keepUnknown(entry, {"from", "to"}, place);
        m_pipeline.wires.push_back(std::make_shared<const Wire>(std::move(wire)));
    }
    return {};
}

Result<void> Reader::readLayout(const Value &value)
{
    const auto entries = objectOf(value);
    if (!entries)
        return damaged("\"layout\"", "is not an object");
    for (const auto &[id, place] : *entries) {
        if (const auto position = positionOf(place)) {
            m_pipeline.layout[id] = *position;
            continue;
        }
        note(ErrorCode::UnknownField,
             fmt::format("the place of '{}' in \"layout\" is not of the form [x, y]", id));
        m_pipeline.unknownLayout.emplace_back(id, place);
    }
    return {};
}

Result<void> Reader::readEntry(const std::string &key, const Value &value)
{
    if (key == "sluice")
        return {};
    if (key == "name") {
        if (value.asString() == nullptr)
            return damaged("\"name\"", "is not a text");
        m_pipeline.name = *value.asString();
        return {};
    }
    if (key == "settings")
        return readSettings(value);
    if (key == "parameters")
        return readParameters(value);
    if (key == "nodes")
        return readNodes(value);
    if (key == "wires")
        return readWires(value);
    if (key == "layout")
        return readLayout(value);
    if (key == "dashboard") {
        m_pipeline.dashboard = readDashboard(value, notes);
        return {};
    }
    if (key == "alerts") {
        m_pipeline.alerts = value;
        return {};
    }
    if (key == "tests") {
        m_pipeline.tests = value;
        return {};
    }
    note(ErrorCode::UnknownField,
         fmt::format("the file has a field '{}' that this version of Sluice does not know", key));
    m_pipeline.unknown.emplace_back(key, value);
    return {};
}

Result<Pipeline> Reader::read(const Value &file)
{
    for (const auto &[key, value] : *file.asMap())
        TRY(readEntry(key, value));
    return std::move(m_pipeline);
}

Result<void> checkVersion(const Value &file)
{
    const Value *version = file.find("sluice");
    if (version == nullptr) {
        return fail(ErrorCode::FileDamaged,
                    "this is JSON, but not a Sluice pipeline: it has no \"sluice\" version")
            .hint("A pipeline file begins with {\"sluice\": 1, …}.");
    }
    const std::int64_t *number = version->asInteger();
    if (number == nullptr || *number < 1) {
        return fail(ErrorCode::FileDamaged,
                    "the file version {} is not a whole number from 1",
                    version->toJson());
    }
    if (*number > kPipelineFileVersion) {
        return fail(ErrorCode::FileTooNew,
                    "the file has version {}; this Sluice reads up to version {}",
                    *number,
                    kPipelineFileVersion)
            .hint("Open it with a newer Sluice.");
    }
    return {};
}

} // namespace

Result<LoadedPipeline> parsePipeline(std::string_view text)
{
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return fail(ErrorCode::FileDamaged, "line 1, column 1: the file is empty");
    TRY_ASSIGN(const Value file, valueFromJson(text));
    if (file.asMap() == nullptr) {
        return fail(ErrorCode::FileDamaged,
                    "this is JSON, but not a Sluice pipeline: it is not an object")
            .hint("A pipeline file begins with {\"sluice\": 1, …}.");
    }
    TRY(checkVersion(file));
    Reader reader;
    TRY_ASSIGN(Pipeline pipeline, reader.read(file));
    return LoadedPipeline{std::move(pipeline), std::move(reader.notes)};
}

} // namespace sluice
