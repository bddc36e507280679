#include "core/pipeline/dashboard_file.h"

#include "core/base/units.h"
#include "core/base/value_json.h"
#include "core/pipeline/dashboard_edits.h"

#include <array>
#include <optional>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t kLineLength = 120;
constexpr TickSpan kLeastRefresh = kTicksPerSecond;
constexpr TickSpan kMostRefresh = 5 * kTicksPerMinute;

using Text = std::pair<std::string_view, std::string DashboardTile::*>;
constexpr std::array<Text, 5> kTexts{{{"id", &DashboardTile::id},
                                      {"title", &DashboardTile::title},
                                      {"database", &DashboardTile::database},
                                      {"query", &DashboardTile::query},
                                      {"refresh", &DashboardTile::refresh}}};

std::optional<TilePlace> placeOf(const Value &value)
{
    const ValueList *list = value.asList();
    if (list == nullptr || list->size() != 4)
        return std::nullopt;
    std::array<int, 4> cells{};
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::int64_t *number = (*list)[i].asInteger();
        if (number == nullptr || *number < 0 || *number > kMostTileRow)
            return std::nullopt;
        cells.at(i) = static_cast<int>(*number);
    }
    const TilePlace place{cells[0], cells[1], cells[2], cells[3]};
    return placeInGrid(place) == place ? std::optional(place) : std::nullopt;
}

/// Reads tiles one by one; what it notes names the entry.
class TileReader
{
public:
    TileReader(Dashboard &dashboard, std::vector<Diagnostic> &notes)
        : m_dashboard(dashboard)
        , m_notes(notes)
    {}

    void note(std::string message, Severity severity = Severity::Note)
    {
        Diagnostic diagnostic;
        diagnostic.severity = severity;
        diagnostic.code =
            severity == Severity::Note ? ErrorCode::UnknownField : ErrorCode::InvalidValue;
        diagnostic.message = std::move(message);
        diagnostic.hint = "It is kept when the file is saved.";
        m_notes.push_back(std::move(diagnostic));
    }

    void damaged(const Value &value, std::string message)
    {
        note(std::move(message), Severity::Warning);
        m_dashboard.damaged.push_back(value);
    }

    void read(const Value &value, std::size_t number)
    {
        const std::string place = fmt::format("tile {} of the dashboard", number);
        const Value *query = value.find("query");
        if (value.asMap() == nullptr || query == nullptr || query->asString() == nullptr)
            return damaged(value, fmt::format("{} has no query, and is not shown", place));
        DashboardTile tile;
        for (const auto &[key, field] : *value.asMap())
            readField(tile, key, field, place);
        if (tile.id.empty() || m_dashboard.find(tile.id))
            tile.id = freeId(tile.id);
        if (tile.place.width == 0) {
            const int half = kDashboardColumns / 2;
            tile.place = freePlace(m_dashboard, half, half);
        }
        m_dashboard.tiles.push_back(std::make_shared<const DashboardTile>(std::move(tile)));
    }

private:
    void readField(DashboardTile &tile,
                   const std::string &key,
                   const Value &value,
                   const std::string &place)
    {
        for (const auto &[name, member] : kTexts) {
            if (name != key)
                continue;
            const std::string *text = value.asString();
            const bool good = text != nullptr && (key != "refresh" || isTileRefresh(*text));
            if (good)
                tile.*member = *text;
            else
                keep(tile, key, value, place);
            return;
        }
        if (key == "place") {
            if (const auto cells = placeOf(value))
                tile.place = *cells;
            else
                keep(tile, key, value, place);
            return;
        }
        note(fmt::format(
            "{} has a field '{}' that this version of Sluice does not know", place, key));
        tile.unknown.emplace_back(key, value);
    }

    /// A known field with a value that makes no sense: the tile goes by its default.
    void
    keep(DashboardTile &tile, const std::string &key, const Value &value, const std::string &place)
    {
        const char *wanted = key == "refresh" ? "a time from 1s to 5m"
                             : key == "place" ? "[column, row, width, height] of the grid"
                                              : "a text";
        note(fmt::format("{}: \"{}\" is {}, and not {}", place, key, value.toJson(), wanted),
             Severity::Warning);
        tile.unknown.emplace_back(key, value);
    }

    std::string freeId(const std::string &wanted) const
    {
        for (int number = 1;; ++number) {
            std::string id = wanted.empty() ? fmt::format("tile_{}", number)
                                            : fmt::format("{}_{}", wanted, number + 1);
            if (!m_dashboard.find(id))
                return id;
        }
    }

    Dashboard &m_dashboard;
    std::vector<Diagnostic> &m_notes;
};

std::string tileText(const DashboardTile &tile)
{
    const auto holds = [&](std::string_view key) {
        for (const auto &entry : tile.unknown) {
            if (entry.first == key)
                return true;
        }
        return false;
    };
    std::string head;
    std::string query;
    for (const auto &[name, member] : kTexts) {
        const std::string &text = tile.*member;
        if (holds(name) || (text.empty() && name != "query"))
            continue;
        const std::string entry = fmt::format("{}: {}", jsonString(name), jsonString(text));
        if (name == "query")
            query = entry;
        else
            head += (head.empty() ? "" : ", ") + entry;
    }
    if (!holds("place"))
        head += fmt::format("{}\"place\": [{}, {}, {}, {}]",
                            head.empty() ? "" : ", ",
                            tile.place.x,
                            tile.place.y,
                            tile.place.width,
                            tile.place.height);
    std::string tail;
    for (const auto &[key, value] : tile.unknown)
        tail += fmt::format(", {}: {}", jsonString(key), value.toJson());
    const bool fits = head.size() + query.size() + tail.size() + 10 <= kLineLength;
    return "{" + head + (fits ? ", " : ",\n       ") + query + tail + "}";
}

} // namespace

bool isTileRefresh(std::string_view text)
{
    const auto span = parseDuration(text);
    return span && *span >= kLeastRefresh && *span <= kMostRefresh;
}

Dashboard readDashboard(const Value &value, std::vector<Diagnostic> &notes)
{
    Dashboard dashboard;
    TileReader reader(dashboard, notes);
    if (value.asMap() == nullptr) {
        reader.damaged(value, "\"dashboard\" is not an object, and is not shown");
        return dashboard;
    }
    for (const auto &[key, entry] : *value.asMap()) {
        if (key != "tiles") {
            reader.note(fmt::format("\"dashboard\" has a field '{}' that this version of Sluice "
                                    "does not know",
                                    key));
            dashboard.unknown.emplace_back(key, entry);
            continue;
        }
        const ValueList *list = entry.asList();
        if (list == nullptr) {
            reader.damaged(entry, "\"tiles\" of the dashboard is not a list, and is not shown");
            continue;
        }
        for (std::size_t i = 0; i < list->size(); ++i)
            reader.read((*list)[i], i + 1);
    }
    return dashboard;
}

std::string dashboardText(const Dashboard &dashboard)
{
    std::string text = "{\"tiles\": [";
    std::size_t count = 0;
    const auto add = [&](const std::string &item) {
        text += (count++ > 0 ? ",\n      " : "\n      ") + item;
    };
    for (const DashboardTilePtr &tile : dashboard.tiles)
        add(tileText(*tile));
    for (const Value &value : dashboard.damaged)
        add(value.toJson());
    text += count > 0 ? "\n    ]" : "]";
    for (const auto &[key, value] : dashboard.unknown)
        text += fmt::format(", {}: {}", jsonString(key), value.toJson());
    return text + "}";
}

} // namespace sluice
