#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::kql {

/// UTF-8 text as KQL looks at it. Bytes that are no UTF-8 stand for themselves.

bool isAscii(std::string_view text);
bool isUtf8(std::string_view text);
/// Code points, which is what strlen() counts.
std::size_t countCharacters(std::string_view text);
/// Byte offset of a character; the end of the text when it has fewer.
std::size_t offsetOfCharacter(std::string_view text, std::size_t character);
/// Reads one code point and moves on; a broken byte gives itself plus 0x110000.
char32_t nextCharacter(const char **at, const char *end);
void appendCharacter(char32_t character, std::string *out);

/// A letter or a decimal digit: what a term is made of.
bool isTermCharacter(char32_t character);

enum class CaseMapping { Lower, Upper, Fold };
char32_t mapCharacter(char32_t character, CaseMapping mapping);
void appendMapped(std::string_view text, CaseMapping mapping, std::string *out);

bool equalFolded(std::string_view a, std::string_view b);

/// Where a search looks at the borders of terms.
enum class Borders : std::uint8_t { None = 0, Left = 1, Right = 2, Both = 3 };

/// Whether `needle` stands in `text`. Its border is looked at only where the needle itself begins
/// or ends with a character of a term.
bool findText(std::string_view text, std::string_view needle, Borders borders);
/// The same for a needle that is folded already; `scratch` holds the folded text where that is
/// needed.
bool findFolded(std::string_view text,
                std::string_view folded,
                Borders borders,
                std::string *scratch);
bool startsWithFolded(std::string_view text, std::string_view folded, std::string *scratch);
bool endsWithFolded(std::string_view text, std::string_view folded, std::string *scratch);

} // namespace sluice::kql
