#include "core/kql/text.h"

#include "core/kql/unicode_tables.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace sluice::kql {

namespace {

constexpr char32_t kBroken = 0x110000;

constexpr char lowerAscii(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

char32_t mapByRuns(char32_t character, std::span<const CaseRun> runs)
{
    const auto run =
        std::lower_bound(runs.begin(), runs.end(), character, [](const CaseRun &r, char32_t c) {
            return r.last < c;
        });
    if (run == runs.end() || character < run->first || (character - run->first) % run->step != 0)
        return character;
    return static_cast<char32_t>(static_cast<std::int32_t>(character) + run->delta);
}

bool isAsciiTerm(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool termBefore(std::string_view text, std::size_t at)
{
    if (at == 0)
        return false;
    std::size_t begin = at - 1;
    while (begin > 0 && at - begin < 4
           && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U)
        --begin;
    const char *next = text.data() + begin;
    return isTermCharacter(nextCharacter(&next, text.data() + at));
}

bool termAt(std::string_view text, std::size_t at)
{
    if (at >= text.size())
        return false;
    const char *next = text.data() + at;
    return isTermCharacter(nextCharacter(&next, text.data() + text.size()));
}

bool has(Borders borders, Borders which)
{
    return (static_cast<unsigned>(borders) & static_cast<unsigned>(which)) != 0;
}

/// Looks at the borders of one occurrence.
bool fits(std::string_view text, std::size_t at, std::size_t size, bool left, bool right)
{
    return !(left && termBefore(text, at)) && !(right && termAt(text, at + size));
}

template<typename Find>
bool findWithBorders(std::string_view text, std::string_view needle, Borders borders, Find &&find)
{
    if (needle.empty())
        return true;
    const bool left = has(borders, Borders::Left) && termAt(needle, 0);
    const bool right = has(borders, Borders::Right) && termBefore(needle, needle.size());
    for (std::size_t at = find(0); at != std::string_view::npos; at = find(at + 1)) {
        if (fits(text, at, needle.size(), left, right))
            return true;
    }
    return false;
}

/// Both ASCII, the needle in lower case.
std::size_t findAsciiFolded(std::string_view text, std::string_view needle, std::size_t from)
{
    if (needle.size() > text.size())
        return std::string_view::npos;
    const char first = needle[0];
    // Setting bit 0x20 makes a letter small; what it makes of other bytes is looked at below.
    const char bit = first >= 'a' && first <= 'z' ? '\x20' : '\0';
    const std::size_t last = text.size() - needle.size();
    for (std::size_t at = from; at <= last; ++at) {
        if ((text[at] | bit) != first || lowerAscii(text[at]) != first)
            continue;
        std::size_t i = 1;
        while (i < needle.size() && lowerAscii(text[at + i]) == needle[i])
            ++i;
        if (i == needle.size())
            return at;
    }
    return std::string_view::npos;
}

bool equalAsciiFolded(std::string_view text, std::string_view lower)
{
    return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
        return lowerAscii(a) == b;
    });
}

std::string_view foldedInto(std::string_view text, std::string *scratch)
{
    scratch->clear();
    appendMapped(text, CaseMapping::Fold, scratch);
    return *scratch;
}

} // namespace

bool isAscii(std::string_view text)
{
    const char *at = text.data();
    std::size_t left = text.size();
    for (; left >= 8; at += 8, left -= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        if ((word & 0x8080808080808080ULL) != 0)
            return false;
    }
    for (; left > 0; ++at, --left) {
        if ((static_cast<unsigned char>(*at) & 0x80U) != 0)
            return false;
    }
    return true;
}

bool isUtf8(std::string_view text)
{
    const char *at = text.data();
    const char *const end = at + text.size();
    while (at != end) {
        if (nextCharacter(&at, end) >= 0x110000)
            return false;
    }
    return true;
}

std::size_t countCharacters(std::string_view text)
{
    std::size_t count = 0;
    for (const char c : text)
        count += static_cast<std::size_t>((static_cast<unsigned char>(c) & 0xC0U) != 0x80U);
    return count;
}

std::size_t offsetOfCharacter(std::string_view text, std::size_t character)
{
    std::size_t at = 0;
    while (at < text.size()) {
        if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U && character-- == 0)
            return at;
        ++at;
    }
    return at;
}

char32_t nextCharacter(const char **at, const char *end)
{
    const auto first = static_cast<unsigned char>(**at);
    ++*at;
    if (first < 0x80)
        return first;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC2 || first > 0xF4 || end - *at < more)
        return kBroken + first;
    char32_t character = first & (0x3FU >> static_cast<unsigned>(more));
    for (int i = 0; i < more; ++i) {
        const auto c = static_cast<unsigned char>((*at)[i]);
        if ((c & 0xC0U) != 0x80U)
            return kBroken + first;
        character = character << 6U | (c & 0x3FU);
    }
    *at += more;
    return character;
}

void appendCharacter(char32_t character, std::string *out)
{
    const auto put = [out](char32_t byte) { out->push_back(static_cast<char>(byte)); };
    if (character >= kBroken) {
        put(character - kBroken);
    } else if (character < 0x80) {
        put(character);
    } else if (character < 0x800) {
        put(0xC0U | character >> 6U);
        put(0x80U | (character & 0x3FU));
    } else if (character < 0x10000) {
        put(0xE0U | character >> 12U);
        put(0x80U | (character >> 6U & 0x3FU));
        put(0x80U | (character & 0x3FU));
    } else {
        put(0xF0U | character >> 18U);
        put(0x80U | (character >> 12U & 0x3FU));
        put(0x80U | (character >> 6U & 0x3FU));
        put(0x80U | (character & 0x3FU));
    }
}

bool isTermCharacter(char32_t character)
{
    if (character < 0x80)
        return isAsciiTerm(static_cast<unsigned char>(character));
    const auto range = std::lower_bound(
        kTermRanges.begin(), kTermRanges.end(), character, [](const CharacterRange &r, char32_t c) {
            return r.last < c;
        });
    return range != kTermRanges.end() && character >= range->first;
}

char32_t mapCharacter(char32_t character, CaseMapping mapping)
{
    if (character < 0x80) {
        const bool upper = character >= 'A' && character <= 'Z';
        const bool lower = character >= 'a' && character <= 'z';
        if (mapping == CaseMapping::Upper)
            return lower ? character - 32 : character;
        return upper ? character + 32 : character;
    }
    switch (mapping) {
    case CaseMapping::Lower:
        return mapByRuns(character, kLowerRuns);
    case CaseMapping::Upper:
        return mapByRuns(character, kUpperRuns);
    case CaseMapping::Fold:
        break;
    }
    return mapByRuns(character, kFoldRuns);
}

void appendMapped(std::string_view text, CaseMapping mapping, std::string *out)
{
    if (isAscii(text)) { // most texts: no branch for a character
        const std::size_t before = out->size();
        out->append(text);
        const char first = mapping == CaseMapping::Upper ? 'a' : 'A';
        for (char *c = out->data() + before; c != out->data() + out->size(); ++c)
            *c = static_cast<char>(*c ^ (static_cast<unsigned char>(*c - first) < 26 ? 0x20 : 0));
        return;
    }
    const char *at = text.data();
    const char *end = at + text.size();
    while (at != end)
        appendCharacter(mapCharacter(nextCharacter(&at, end), mapping), out);
}

bool equalFolded(std::string_view a, std::string_view b)
{
    const char *left = a.data();
    const char *right = b.data();
    const char *leftEnd = left + a.size();
    const char *rightEnd = right + b.size();
    while (left != leftEnd && right != rightEnd) {
        if (mapCharacter(nextCharacter(&left, leftEnd), CaseMapping::Fold)
            != mapCharacter(nextCharacter(&right, rightEnd), CaseMapping::Fold))
            return false;
    }
    return left == leftEnd && right == rightEnd;
}

bool findText(std::string_view text, std::string_view needle, Borders borders)
{
    return findWithBorders(text, needle, borders, [&](std::size_t from) {
        if (from > text.size() || text.size() - from < needle.size())
            return std::string_view::npos;
        if (needle.empty())
            return from; // memmem() takes no null pointer
        const void *found =
            ::memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
        return found == nullptr
                   ? std::string_view::npos
                   : static_cast<std::size_t>(static_cast<const char *>(found) - text.data());
    });
}

bool findFolded(std::string_view text,
                std::string_view folded,
                Borders borders,
                std::string *scratch)
{
    // Two characters beyond ASCII (the Kelvin sign, the long s) fold into it: a text with such
    // bytes is folded as a whole.
    if (!isAscii(text))
        return findText(foldedInto(text, scratch), folded, borders);
    if (!isAscii(folded))
        return false;
    return findWithBorders(text, folded, borders, [&](std::size_t from) {
        return findAsciiFolded(text, folded, from);
    });
}

bool startsWithFolded(std::string_view text, std::string_view folded, std::string *scratch)
{
    if (!isAscii(text))
        return foldedInto(text, scratch).starts_with(folded);
    return text.size() >= folded.size() && equalAsciiFolded(text.substr(0, folded.size()), folded);
}

bool endsWithFolded(std::string_view text, std::string_view folded, std::string *scratch)
{
    if (!isAscii(text))
        return foldedInto(text, scratch).ends_with(folded);
    return text.size() >= folded.size()
           && equalAsciiFolded(text.substr(text.size() - folded.size()), folded);
}

} // namespace sluice::kql
