#pragma once

#include "core/event/byte_buffer.h"

#include <cstddef>
#include <string_view>

namespace sluice {

/// One message on its way to a topic.
struct KafkaOutMessage
{
    std::string_view key;
    bool hasKey = false; // an empty key is a key
    std::string_view payload;
};

/// Messages one behind another as bytes: what an outbox holds for a topic.
///
///   format (1 byte) │ count │ { key length + 1, 0: no key │ key │ payload length │ payload }*
///
/// Numbers are LEB128. The format is on disk: it is never changed, a new one gets a new number.
class KafkaRecordWriter
{
public:
    /// @param bytes  empty
    KafkaRecordWriter(ByteBuffer &bytes, std::size_t messages);
    void add(const KafkaOutMessage &message);

private:
    void putNumber(std::size_t number);

    ByteBuffer &m_bytes;
};

/// Reads what KafkaRecordWriter wrote, trusting none of it.
class KafkaRecordReader
{
public:
    explicit KafkaRecordReader(std::string_view record);
    /// @return false: there is no further message, or the record is damaged
    bool next(KafkaOutMessage &message);
    bool damaged() const { return m_damaged; }

private:
    bool takeNumber(std::size_t &number);
    bool takeBytes(std::size_t size, std::string_view &bytes);
    bool damage();

    std::string_view m_rest;
    std::size_t m_left = 0; // messages to come
    bool m_damaged = false;
};

} // namespace sluice
