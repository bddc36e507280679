#include "core/kql/text_pattern.h"

#include "core/kql/text_value.h"

#include <boost/container/small_vector.hpp>

namespace sluice::kql {

namespace {

/// What a value looks like where nothing else says where it ends.
std::string_view shapeOf(ColumnType type)
{
    switch (type) {
    case ColumnType::Int:
    case ColumnType::Long:
        return "[+-]?\\d+";
    case ColumnType::Real:
    case ColumnType::Decimal:
        return "[+-]?\\d*\\.?\\d+(?:[eE][+-]?\\d+)?";
    case ColumnType::Bool:
        return "true|false|True|False|[01]";
    case ColumnType::Guid:
        return "[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}";
    case ColumnType::Datetime:
        return "[0-9][0-9/\\-.]*(?:[ T][0-9:.]+Z?)?";
    case ColumnType::Timespan:
        return "-?[0-9.:]+[a-z]*";
    default:
        return {};
    }
}

std::string columnRegex(const Parse &parse, std::size_t place)
{
    const ColumnType type = parse.pieces[place].type;
    const std::string shape(shapeOf(type));
    if (parse.kind == ParseKind::Regex)
        return shape.empty() ? "(.*)" : "(" + shape + ")";
    const bool skipBehind =
        place + 1 < parse.pieces.size() && parse.pieces[place + 1].kind != ParsePiece::Kind::Text;
    return skipBehind && !shape.empty() ? "(" + shape + ")" : "(.*?)";
}

} // namespace

Result<std::shared_ptr<const TextPattern>> TextPattern::compile(const Parse &parse)
{
    std::shared_ptr<TextPattern> pattern(new TextPattern); // NOLINT: private constructor
    const bool regex = parse.kind == ParseKind::Regex;
    pattern->m_relaxed = parse.kind == ParseKind::Relaxed;
    std::string text = "(?s" + (regex ? parse.flags : std::string()) + ")";
    if (!regex)
        text += "\\A";
    int groups = 0;
    for (std::size_t i = 0; i < parse.pieces.size(); ++i) {
        const ParsePiece &piece = parse.pieces[i];
        switch (piece.kind) {
        case ParsePiece::Kind::Skip:
            text += regex ? ".*" : ".*?";
            break;
        case ParsePiece::Kind::Text: {
            if (!regex) {
                text += re2::RE2::QuoteMeta(piece.text);
                break;
            }
            TRY_ASSIGN(const RegexPtr own, compileRegex(piece.text));
            groups += own->NumberOfCapturingGroups();
            text += "(?:" + piece.text + ")";
            break;
        }
        case ParsePiece::Kind::Column:
            text += columnRegex(parse, i);
            pattern->m_columns.push_back({piece.column, piece.type});
            pattern->m_groups.push_back(++groups);
            break;
        }
    }
    if (!regex)
        text += "\\z";
    pattern->m_groupCount = groups;
    TRY_ASSIGN(pattern->m_regex, compileRegex(text));
    return std::shared_ptr<const TextPattern>(std::move(pattern));
}

bool TextPattern::take(std::string_view text,
                       std::span<Column *const> results,
                       std::size_t row) const
{
    constexpr std::size_t kUsualGroups = 16; // without memory from the heap
    const auto count = static_cast<std::size_t>(m_groupCount) + 1;
    boost::container::small_vector<re2::StringPiece, kUsualGroups> groups(count);
    const re2::StringPiece input(text.data(), text.size());
    bool good = m_regex->Match(
        input, 0, text.size(), re2::RE2::UNANCHORED, groups.data(), static_cast<int>(count));
    const bool matched = good;
    for (std::size_t i = 0; matched && i < results.size(); ++i) {
        const re2::StringPiece &group = groups[static_cast<std::size_t>(m_groups[i])];
        const std::string_view value = group.data() == nullptr
                                           ? std::string_view()
                                           : std::string_view(group.data(), group.size());
        const bool fits = putTextValue(*results[i], row, value);
        good = good && (fits || m_relaxed);
    }
    if (!good) {
        for (Column *column : results)
            putNothing(*column, row);
    }
    return good;
}

} // namespace sluice::kql
