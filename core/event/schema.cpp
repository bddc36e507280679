#include "core/event/schema.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace sluice {

namespace {

/// Levenshtein distance, letters compared without case.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = std::tolower(static_cast<unsigned char>(a[i - 1]))
                              == std::tolower(static_cast<unsigned char>(b[j - 1]));
            const std::size_t next = std::min({row[j] + 1, row[j - 1] + 1, diagonal + !same});
            diagonal = row[j];
            row[j] = next;
        }
    }
    return row[b.size()];
}

} // namespace

const std::vector<SchemaColumn> &systemColumns()
{
    static const std::vector<SchemaColumn> columns{
        {"$partition", ColumnType::Long, true},
        {"$offset", ColumnType::Long, true},
        {"$key", ColumnType::String, true},
        {"$headers", ColumnType::Dynamic, true},
        {"$ingested_at", ColumnType::Datetime, true},
        {std::string(kEventTimeColumn), ColumnType::Datetime, true},
        {"$source", ColumnType::String, true},
    };
    return columns;
}

std::optional<SystemColumn> systemColumn(std::string_view name)
{
    const auto &columns = systemColumns();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name == name)
            return static_cast<SystemColumn>(i);
    }
    return std::nullopt;
}

std::vector<SchemaColumn> visibleColumns(const Schema &schema)
{
    std::vector<SchemaColumn> columns;
    std::copy_if(schema.columns.begin(),
                 schema.columns.end(),
                 std::back_inserter(columns),
                 [](const SchemaColumn &column) { return !column.system; });
    return columns;
}

void addSystemColumns(Schema &schema, const std::vector<SchemaColumn> &from)
{
    for (const SchemaColumn &column : from) {
        if (column.system && !schema.find(column.name))
            schema.columns.push_back(column);
    }
}

std::optional<std::string> nearestName(std::string_view wanted,
                                       const std::vector<std::string> &names)
{
    std::optional<std::string> best;
    std::size_t bestDistance = std::max<std::size_t>(1, wanted.size() / 3) + 1;
    for (const std::string &name : names) {
        const std::size_t d = distance(wanted, name);
        if (d < bestDistance) {
            bestDistance = d;
            best = name;
        }
    }
    return best;
}

} // namespace sluice
