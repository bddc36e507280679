#include "core/destinations/text_needs.h"

namespace sluice {

ColumnNeeds textNeeds(const Schema &input)
{
    ColumnNeeds needs;
    needs.raw = input.whole;
    if (!input.whole) {
        for (const SchemaColumn &column : visibleColumns(input))
            needs.tokens.push_back(column.name);
    }
    return needs;
}

} // namespace sluice
