#pragma once

#include "core/event/column_type.h"

#include <cstddef>
#include <string>
#include <vector>

namespace sluice {

/// A field of JSON records as they were seen, with what lies inside it: for people to look at.
struct InferredField
{
    std::string name; // in its object; of what the elements of an array have: "[0]"
    std::string path; // as an expression writes it: site.floor, items[0].sku
    ColumnType type = ColumnType::Dynamic; // that fits all that came
    std::vector<ColumnType> types;       // all that came, the first one seen first; nulls have none
    std::size_t records = 0;             // how many records had it
    std::vector<InferredField> children; // of an object or of an array's elements

    bool isMixed() const { return types.size() > 1; }
    friend bool operator==(const InferredField &, const InferredField &) = default;
};

/// The fields of records in the order they first appear; what is no JSON object counts for nothing.
std::vector<InferredField> inferFields(const std::vector<std::string> &records);

/// All that lies inside a field, itself not included, depth first.
std::vector<const InferredField *> fieldsInside(const InferredField &field);

} // namespace sluice
