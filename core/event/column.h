#pragma once

#include "core/event/arena.h"
#include "core/event/column_type.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice {

/// The values of one field of a batch, row by row; dense: row i of the batch is element i.
/// Only the vector of the type's storage is used. Rows that are not selected hold anything.
///
/// valid[i] == 0 means null. For String it means "was never there": KQL reads it as "",
/// a destination writes null; the text of a null row is always empty.
///
/// Text views point into `arena`, into the batch's raw bytes, or into a column listed in `sources`.
/// Thread: one writer until it is published in a Batch; immutable afterwards.
struct Column
{
    ColumnType type = ColumnType::Dynamic;
    std::vector<std::uint8_t> valid;
    std::vector<std::uint8_t> bytes;
    std::vector<std::int64_t> integers;
    std::vector<double> floats;
    std::vector<std::string_view> texts;
    /// The value's own JSON text where it was only passed through, else empty (data() == nullptr).
    /// Empty vector: no row has one. What a destination of text writes, so that no digit changes.
    std::vector<std::string_view> tokens;
    Arena arena;
    std::vector<std::shared_ptr<const Column>> sources; // kept alive for the views into them

    Storage storage() const { return storageOf(type); }

    /// Empties the column and makes room for `rows` values of `newType`; all null.
    void reset(ColumnType newType, std::size_t rows);
    /// Lets go of other columns before the column waits in the free list.
    void recycle() { sources.clear(); }
    std::size_t rows() const { return valid.size(); }
};

using ColumnPtr = std::shared_ptr<const Column>;

/// A column from a free list; goes back to it when the last owner lets go. Thread: any.
std::shared_ptr<Column> takeColumn(ColumnType type, std::size_t rows);

} // namespace sluice
