#pragma once

#include "core/event/batch.h"

#include <cstdint>
#include <span>

namespace sluice {

/// A row that gather() leaves null.
inline constexpr std::uint32_t kNoRow = ~std::uint32_t{0};

/// A column with row rows[i] of `column` as its row i. Texts stay views into what the column views:
/// the new column keeps the old one alive, its batch must keep the raw bytes.
/// @return null for a null column
ColumnPtr gather(const ColumnPtr &column, std::span<const std::uint32_t> rows);

/// A batch with no columns yet, whose row i was made from row rows[i] of `source`: it keeps that
/// one's raw bytes, origin and time.
Batch derivedBatch(const Batch &source,
                   std::shared_ptr<const Schema> schema,
                   std::span<const std::uint32_t> rows);

} // namespace sluice
