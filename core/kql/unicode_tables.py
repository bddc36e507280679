#!/usr/bin/env python3
"""Writes unicode_tables.cpp from Python's own Unicode data: python3 unicode_tables.py > unicode_tables.cpp"""
import sys
import unicodedata

CHARACTERS = [c for c in range(0x80, 0x110000) if not 0xD800 <= c <= 0xDFFF]


def ranges(test):
    found = []
    for c in CHARACTERS:
        if test(c):
            if found and found[-1][1] == c - 1:
                found[-1][1] = c
            else:
                found.append([c, c])
    return found


def mappings(change):
    """Runs [first, last, distance to the image, step between members]."""
    runs = []
    for c in CHARACTERS:
        to = change(chr(c))
        if len(to) != 1 or ord(to) == c:
            continue
        delta = ord(to) - c
        if runs and runs[-1][2] == delta:
            first, last, _, step = runs[-1]
            gap = c - last
            if gap <= 2 and step in (0, gap):
                runs[-1][1], runs[-1][3] = c, gap
                continue
        runs.append([c, c, delta, 0])
    return [[a, b, d, s or 1] for a, b, d, s in runs]


def fold(character):
    folded = character.casefold()
    return folded if len(folded) == 1 else character.lower()


def table(kind, name, rows):
    print(f"const std::array<{kind}, {len(rows)}> {name}{{{{")
    for row in rows:
        print("    {" + ", ".join(hex(v) if i < 2 else str(v) for i, v in enumerate(row)) + "},")
    print("}};\n")


print(f"// Written by unicode_tables.py from Unicode {unicodedata.unidata_version}. Do not edit.")
print("// clang-format off")
print('#include "core/kql/unicode_tables.h"\n')
print("namespace sluice::kql {\n")
term = ranges(lambda c: unicodedata.category(chr(c)) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd"))
table("CharacterRange", "kTermRanges", term)
maps = {"kLowerRuns": str.lower, "kUpperRuns": str.upper, "kFoldRuns": fold}
sizes = {"kTermRanges": len(term)}
for name, change in maps.items():
    rows = mappings(change)
    sizes[name] = len(rows)
    table("CaseRun", name, rows)
print("} // namespace sluice::kql")
print(sizes, file=sys.stderr)
