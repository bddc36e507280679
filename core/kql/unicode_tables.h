#pragma once

#include <array>
#include <cstdint>

namespace sluice::kql {

/// Unicode's simple case mappings and the characters that make a term, beyond ASCII.
/// The tables are written by unicode_tables.py.

struct CharacterRange
{
    char32_t first = 0;
    char32_t last = 0;
};

/// Every `step`th character from first to last has its image `delta` further on.
struct CaseRun
{
    char32_t first = 0;
    char32_t last = 0;
    std::int32_t delta = 0;
    std::uint32_t step = 1;
};

extern const std::array<CharacterRange, 689> kTermRanges; // letters and decimal digits
extern const std::array<CaseRun, 180> kLowerRuns;
extern const std::array<CaseRun, 193> kUpperRuns;
extern const std::array<CaseRun, 201> kFoldRuns;

} // namespace sluice::kql
