#include "core/kql/key_value_pattern.h"

#include "core/kql/text_value.h"
#include "core/kql/values.h"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <array>

namespace sluice::kql {

/// Puts pairs where they belong; the first value of a key stays.
struct KeyValuePattern::Found
{
    const ParseKv &parse;
    std::span<Column *const> results;
    std::size_t row;
    boost::container::small_vector<bool, 32> taken;

    void put(std::string_view key, std::string_view value)
    {
        for (std::size_t i = 0; i < parse.columns.size(); ++i) {
            if (taken[i] || parse.columns[i].name != key)
                continue;
            taken[i] = true;
            if (!putTextValue(*results[i], row, value))
                putNothing(*results[i], row);
        }
    }
};

Result<std::shared_ptr<const KeyValuePattern>> KeyValuePattern::compile(const ParseKv &parse)
{
    std::shared_ptr<KeyValuePattern> pattern(new KeyValuePattern(parse)); // NOLINT: private
    if (!parse.regex.empty()) {
        TRY_ASSIGN(pattern->m_regex, compileRegex(parse.regex));
        if (pattern->m_regex->NumberOfCapturingGroups() < 2)
            return fail(ErrorCode::WrongArguments,
                        "the regular expression '{}' has no two groups",
                        parse.regex)
                .hint("The first group is the key, the second the value: (\\w+)=(\\w+)");
    }
    return std::shared_ptr<const KeyValuePattern>(std::move(pattern));
}

void KeyValuePattern::take(std::string_view text,
                           std::span<Column *const> results,
                           std::size_t row) const
{
    for (Column *column : results)
        putNothing(*column, row);
    Found found{m_parse, results, row, {}};
    found.taken.resize(results.size(), false);
    if (m_regex)
        byRegex(text, found);
    else
        byDelimiters(text, found);
}

void KeyValuePattern::byRegex(std::string_view text, Found &found) const
{
    const re2::StringPiece input(text.data(), text.size());
    std::array<re2::StringPiece, 3> groups;
    std::size_t at = 0;
    while (at <= text.size()
           && m_regex->Match(input, at, text.size(), re2::RE2::UNANCHORED, groups.data(), 3)) {
        const auto view = [](const re2::StringPiece &piece) {
            return piece.data() == nullptr ? std::string_view()
                                           : std::string_view(piece.data(), piece.size());
        };
        found.put(view(groups[1]), view(groups[2]));
        const auto end =
            static_cast<std::size_t>(groups[0].data() - text.data()) + groups[0].size();
        at = std::max(end, at + (groups[0].empty() ? 1 : 0));
    }
}

/// A text in quotes at the beginning, escapes resolved; else nothing is taken.
std::string_view
KeyValuePattern::readQuoted(std::string_view *text, std::string *storage, bool *quoted) const
{
    *quoted = false;
    for (const auto &[open, close] : m_parse.quotes) {
        if (!text->starts_with(open))
            continue;
        storage->clear();
        std::size_t at = open.size();
        while (at < text->size() && !text->substr(at).starts_with(close)) {
            if (!m_parse.escape.empty() && text->substr(at).starts_with(m_parse.escape)
                && at + m_parse.escape.size() < text->size())
                at += m_parse.escape.size();
            storage->push_back((*text)[at++]);
        }
        text->remove_prefix(std::min(text->size(), at + close.size()));
        *quoted = true;
        return *storage;
    }
    return {};
}

/// Where a value without quotes ends: at the next delimiter; a greedy one goes on while what
/// follows is no key of another pair.
std::size_t KeyValuePattern::endOfValue(std::string_view text) const
{
    std::size_t end = text.find(m_parse.pairDelimiter);
    while (m_parse.greedy && end != std::string_view::npos) {
        const std::size_t next = end + m_parse.pairDelimiter.size();
        const std::size_t delimiter = text.find(m_parse.pairDelimiter, next);
        const std::size_t key = text.find(m_parse.keyDelimiter, next);
        if (key != std::string_view::npos && key < delimiter)
            break;
        end = delimiter;
    }
    return std::min(end, text.size());
}

void KeyValuePattern::byDelimiters(std::string_view text, Found &found) const
{
    std::string key;
    std::string value;
    bool quoted = false;
    while (!text.empty()) {
        if (text.starts_with(m_parse.pairDelimiter)) {
            text.remove_prefix(m_parse.pairDelimiter.size());
            continue;
        }
        const bool spaces = m_parse.pairDelimiter != " " && text.front() == ' ';
        if (spaces) {
            text.remove_prefix(1);
            continue;
        }
        const std::string_view inQuotes = readQuoted(&text, &key, &quoted);
        const std::size_t delimiter = text.find(m_parse.keyDelimiter);
        if (delimiter == std::string_view::npos)
            return;
        if (!quoted) {
            key = std::string(trimSpaces(text.substr(0, delimiter)));
            // What stands before the last delimiter of pairs is no part of the key.
            const std::size_t last = key.rfind(m_parse.pairDelimiter);
            if (last != std::string::npos)
                key.erase(0, last + m_parse.pairDelimiter.size());
        } else {
            key = std::string(inQuotes);
        }
        text.remove_prefix(delimiter + m_parse.keyDelimiter.size());
        while (!text.empty() && text.front() == ' ')
            text.remove_prefix(1);
        readQuoted(&text, &value, &quoted);
        if (!quoted) {
            const std::size_t end = endOfValue(text);
            value = std::string(trimSpaces(text.substr(0, end)));
            text.remove_prefix(end);
        } else {
            const std::size_t end = text.find(m_parse.pairDelimiter);
            text.remove_prefix(std::min(end, text.size()));
        }
        found.put(key, value);
    }
}

} // namespace sluice::kql
