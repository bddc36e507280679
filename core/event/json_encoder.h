#pragma once

#include "core/event/batch.h"
#include "core/event/byte_buffer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// Writes events as JSON objects, one a line, without system columns. Whole events go out as the
/// bytes they came in; a value that was only passed through keeps its text, a computed one is
/// canonical. Const and without shared state: any thread.
class JsonEncoder
{
public:
    explicit JsonEncoder(const Schema &schema);

    /// Appends the selected rows. @param ends  receives the offset behind each event, its line
    /// feed included; may be null
    void
    encode(const Batch &batch, ByteBuffer &out, std::vector<std::size_t> *ends = nullptr) const;
    /// Appends one event without a line feed.
    void encodeRow(const Batch &batch, std::size_t row, ByteBuffer &out) const;

private:
    bool m_whole;
    std::vector<std::string> m_keys;   // `{"device_id":`, `,"temp":`
    std::vector<std::size_t> m_places; // of each key's column in the schema
};

/// Appends one value of a column as JSON.
void appendJsonValue(ByteBuffer &out, const Column &column, std::size_t row);

} // namespace sluice
