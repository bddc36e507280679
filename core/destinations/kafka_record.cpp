#include "core/destinations/kafka_record.h"

namespace sluice {

namespace {

constexpr char kFormat = 1;
constexpr unsigned kNumberBits = 63; // more would not fit a size on any machine

} // namespace

KafkaRecordWriter::KafkaRecordWriter(ByteBuffer &bytes, std::size_t messages)
    : m_bytes(bytes)
{
    m_bytes.append(kFormat);
    putNumber(messages);
}

void KafkaRecordWriter::add(const KafkaOutMessage &message)
{
    putNumber(message.hasKey ? message.key.size() + 1 : 0);
    if (message.hasKey)
        m_bytes.append(message.key);
    putNumber(message.payload.size());
    m_bytes.append(message.payload);
}

void KafkaRecordWriter::putNumber(std::size_t number)
{
    while (number >= 0x80U) {
        m_bytes.append(static_cast<char>((number & 0x7FU) | 0x80U));
        number >>= 7U;
    }
    m_bytes.append(static_cast<char>(number));
}

KafkaRecordReader::KafkaRecordReader(std::string_view record)
    : m_rest(record)
{
    if (m_rest.empty() || m_rest.front() != kFormat) {
        damage();
        return;
    }
    m_rest.remove_prefix(1);
    if (!takeNumber(m_left))
        m_left = 0;
}

bool KafkaRecordReader::next(KafkaOutMessage &message)
{
    if (m_damaged)
        return false;
    if (m_left == 0) {
        if (!m_rest.empty())
            damage();
        return false;
    }
    --m_left;
    std::size_t key = 0;
    std::size_t payload = 0;
    message.key = {};
    if (!takeNumber(key))
        return false;
    message.hasKey = key != 0;
    if (message.hasKey && !takeBytes(key - 1, message.key))
        return false;
    return takeNumber(payload) && takeBytes(payload, message.payload);
}

bool KafkaRecordReader::takeNumber(std::size_t &number)
{
    number = 0;
    for (unsigned shift = 0; !m_rest.empty() && shift < kNumberBits; shift += 7) {
        const auto byte = static_cast<unsigned char>(m_rest.front());
        m_rest.remove_prefix(1);
        number |= static_cast<std::size_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) == 0)
            return true;
    }
    return damage();
}

bool KafkaRecordReader::takeBytes(std::size_t size, std::string_view &bytes)
{
    if (size > m_rest.size())
        return damage();
    bytes = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return true;
}

bool KafkaRecordReader::damage()
{
    m_damaged = true;
    return false;
}

} // namespace sluice
