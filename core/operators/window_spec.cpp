#include "core/operators/window_spec.h"

#include "core/base/units.h"
#include "core/event/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace sluice {

namespace {

struct TypeRules
{
    std::string_view name;
    WindowType type;
    std::vector<std::string_view> needs;
    std::vector<std::string_view> takes; // beside these

    bool has(std::string_view part) const
    {
        const auto holds = [part](const std::vector<std::string_view> &parts) {
            return std::find(parts.begin(), parts.end(), part) != parts.end();
        };
        return holds(needs) || holds(takes);
    }
};

const std::vector<TypeRules> &typeRules()
{
    static const std::vector<TypeRules> rules{
        {"tumbling", WindowType::Tumbling, {"size"}, {"offset", "closed"}},
        {"hopping", WindowType::Hopping, {"size", "hop"}, {"offset", "closed"}},
        {"sliding", WindowType::Sliding, {"size"}, {}},
        {"session", WindowType::Session, {"gap"}, {"max_size"}},
        {"snapshot", WindowType::Snapshot, {}, {}},
    };
    return rules;
}

Result<const TypeRules *> readType(const Value &value)
{
    std::vector<std::string> names;
    for (const TypeRules &rules : typeRules())
        names.emplace_back(rules.name);
    const std::string choices = fmt::format("Choose one of {}.", fmt::join(names, ", "));
    const Value *type = value.find("type");
    if (type == nullptr || type->isNull())
        return &typeRules().front(); // the form's default
    const std::string *name = type->asString();
    for (const TypeRules &rules : typeRules()) {
        if (name != nullptr && *name == rules.name)
            return &rules;
    }
    const auto near = name == nullptr ? std::nullopt : nearestName(*name, names);
    return fail(ErrorCode::InvalidValue, "there is no window of type {}", type->toJson())
        .hint(near ? fmt::format("Did you mean '{}'?", *near) : choices);
}

Result<TickSpan> readSpan(const Value &value, std::string_view part, bool mayBeZero)
{
    const Value *found = value.find(part);
    if (found == nullptr || found->isNull())
        return TickSpan{0};
    const std::string *text = found->asString();
    const auto span = parseDuration(text == nullptr ? std::string_view() : *text);
    if (!span)
        return fail(ErrorCode::InvalidDuration,
                    "the window's {} {} is not a duration",
                    part,
                    found->toJson())
            .hint(span.error().hint);
    if (*span < 0 && part != "offset")
        return fail(ErrorCode::InvalidValue, "the window's {} is negative", part);
    if (*span == 0 && !mayBeZero)
        return fail(ErrorCode::InvalidValue, "the window's {} is 0", part)
            .hint("Write a duration such as \"10s\".");
    return *span;
}

Result<void> checkParts(const Value &value, const TypeRules &rules)
{
    for (const std::string_view part : rules.needs) {
        const Value *found = value.find(part);
        if (found == nullptr || found->isNull())
            return fail(ErrorCode::MissingValue, "a {} window needs a {}", rules.name, part)
                .hint(
                    fmt::format(R"(Write it as {{"type": "{}", "{}": "10s"}}.)", rules.name, part));
    }
    // What another type of window has is kept in the file and does not count.
    std::vector<std::string> names{"type"};
    for (const TypeRules &other : typeRules()) {
        for (const auto &parts : {other.needs, other.takes})
            names.insert(names.end(), parts.begin(), parts.end());
    }
    for (const auto &[part, setting] : *value.asMap()) {
        if (std::find(names.begin(), names.end(), part) != names.end())
            continue;
        const auto near = nearestName(part, names);
        return fail(ErrorCode::InvalidValue, "a window has no '{}'", part)
            .hint(near ? fmt::format("Did you mean '{}'?", *near) : std::string("Remove it."));
    }
    return {};
}

Result<bool> readClosedEnd(const Value &value)
{
    const Value *closed = value.find("closed");
    if (closed == nullptr || closed->isNull())
        return false;
    const std::string *text = closed->asString();
    if (text != nullptr && (*text == "start" || *text == "end"))
        return *text == "end";
    return fail(ErrorCode::InvalidValue, "the window is closed at {}", closed->toJson())
        .hint("Choose start or end: the border that belongs to the window.");
}

} // namespace

Result<WindowSpec> readWindowSpec(const Value &value)
{
    if (value.asMap() == nullptr)
        return fail(ErrorCode::InvalidValue, "{} is not a window", value.toJson())
            .hint(R"(Write it as {"type": "tumbling", "size": "10s"}.)");
    TRY_ASSIGN(const TypeRules *rules, readType(value));
    TRY(checkParts(value, *rules));
    WindowSpec spec;
    spec.type = rules->type;
    const auto span = [&](std::string_view part, bool mayBeZero) -> Result<TickSpan> {
        return rules->has(part) ? readSpan(value, part, mayBeZero) : Result<TickSpan>(TickSpan{0});
    };
    TRY_ASSIGN(spec.size, span("size", false));
    TRY_ASSIGN(spec.hop, span("hop", false));
    TRY_ASSIGN(spec.gap, span("gap", false));
    TRY_ASSIGN(spec.maxSize, span("max_size", true));
    TRY_ASSIGN(spec.offset, span("offset", true));
    if (rules->has("closed")) {
        TRY_ASSIGN(spec.closedEnd, readClosedEnd(value));
    }
    if (spec.type == WindowType::Tumbling)
        spec.hop = spec.size;
    if (spec.type == WindowType::Hopping && spec.hop > spec.size)
        return fail(ErrorCode::InvalidValue,
                    "the hop of {} is longer than the window of {}",
                    formatDuration(spec.hop),
                    formatDuration(spec.size))
            .hint("Events between two windows would be lost: make the window longer or the hop "
                  "shorter.");
    if (spec.type == WindowType::Session && spec.maxSize != 0 && spec.maxSize < spec.gap)
        return fail(ErrorCode::InvalidValue,
                    "the longest session of {} is shorter than its gap of {}",
                    formatDuration(spec.maxSize),
                    formatDuration(spec.gap));
    return spec;
}

FieldSpec windowField(std::string_view name)
{
    return groupField(name)
        .label("Window")
        .help("Which events belong together.")
        .example(R"({"type": "tumbling", "size": "10s"})")
        .must()
        .member(choiceField("type")
                    .label("Type")
                    .choice("tumbling", "Tumbling: one behind the other")
                    .choice("hopping", "Hopping: overlapping")
                    .choice("sliding", "Sliding: at every change")
                    .choice("session", "Session: until a gap")
                    .choice("snapshot", "Snapshot: events of one moment")
                    .defaultTo("tumbling"))
        .member(durationField("size")
                    .label("Size")
                    .help("How long a window is.")
                    .example("10s")
                    .atLeast(1)
                    .must()
                    .visibleWhen("type", {"tumbling", "hopping", "sliding"}))
        .member(durationField("hop")
                    .label("Hop")
                    .help("A window begins every so often; it is at most as long as the window.")
                    .example("5s")
                    .atLeast(1)
                    .must()
                    .visibleWhen("type", {"hopping"}))
        .member(durationField("gap")
                    .label("Gap")
                    .help("A session ends when no event comes for so long.")
                    .example("30s")
                    .atLeast(1)
                    .must()
                    .visibleWhen("type", {"session"}))
        .member(durationField("max_size")
                    .label("Longest")
                    .help("A longer session is cut; without it a session may go on for ever.")
                    .example("1h")
                    .atLeast(0)
                    .visibleWhen("type", {"session"}))
        .member(durationField("offset")
                    .label("Offset")
                    .help("Windows begin at multiples of their step, plus this.")
                    .example("5s")
                    .visibleWhen("type", {"tumbling", "hopping"}))
        .member(choiceField("closed")
                    .label("Includes")
                    .help("Which border belongs to the window.")
                    .choice("start", "its start")
                    .choice("end", "its end")
                    .defaultTo("start")
                    .visibleWhen("type", {"tumbling", "hopping"}));
}

std::string describeWindow(const WindowSpec &spec)
{
    switch (spec.type) {
    case WindowType::Tumbling:
        return fmt::format("tumbling {}", formatDuration(spec.size));
    case WindowType::Hopping:
        return fmt::format(
            "hopping {} every {}", formatDuration(spec.size), formatDuration(spec.hop));
    case WindowType::Sliding:
        return fmt::format("sliding {}", formatDuration(spec.size));
    case WindowType::Session:
        return fmt::format("session, gap {}", formatDuration(spec.gap));
    case WindowType::Snapshot:
        break;
    }
    return "snapshot";
}

} // namespace sluice
