#pragma once

#include "core/base/result.h"
#include "core/event/batch.h"
#include "core/event/byte_buffer.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace sluice {

/// Appends rows of a batch, with their schema, as bytes that decodeBatch() reads: columns and the
/// JSON text of what was only passed through, not the raw records, keys or times. For outboxes:
/// numbers as they lie in memory, read on the machine that wrote them.
/// @param rows  row numbers, ascending
void encodeBatch(const Batch &batch, std::span<const std::uint16_t> rows, ByteBuffer &out);

/// A dense batch with copies of everything. Never reads outside of `bytes`, whatever they are.
/// @param known  used as the batch's schema when it is the one in the bytes; may be null
/// Errors: OutboxDamaged
Result<Batch> decodeBatch(std::string_view bytes,
                          const std::shared_ptr<const Schema> &known = nullptr);

} // namespace sluice
