#include "core/sources/line_reader.h"

#include <algorithm>
#include <cstring>

namespace sluice {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kSmallestRead = 4U * 1024U;
constexpr std::size_t kLargestRead = 4U << 20U;

bool isBlank(std::string_view text)
{
    return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

} // namespace

LineReader::LineReader(File &file, std::int64_t offset, std::size_t lineLimit)
    : m_file(file)
    , m_position(offset)
    , m_lineLimit(lineLimit)
{}

/// Brings `out.bytes` to `wanted` bytes of unread file. @return whether the file ended before that
Result<bool> LineReader::fill(RawRecords &out, std::size_t wanted, std::int64_t end)
{
    if (out.bytes.size() < wanted + 1 + kRecordPadding)
        out.bytes.resize(wanted + 1 + kRecordPadding);
    std::memcpy(out.bytes.data(), m_carry.data(), m_carry.size());
    out.used = m_carry.size();
    m_carry.clear();
    while (out.used < wanted) {
        const std::int64_t at = m_position + static_cast<std::int64_t>(out.used);
        std::size_t size = wanted - out.used;
        if (end >= 0)
            size = std::min(size, static_cast<std::size_t>(std::max<std::int64_t>(0, end - at)));
        if (size == 0)
            return true;
        TRY_ASSIGN(const std::size_t n, m_file.readAt(at, out.bytes.data() + out.used, size));
        if (n == 0)
            return true;
        out.used += n;
    }
    return false;
}

void LineReader::addLine(RawRecords &out, std::size_t begin, std::size_t size)
{
    std::int64_t offset = m_position + static_cast<std::int64_t>(begin);
    std::string_view line(out.bytes.data() + begin, size);
    if (offset == 0 && line.starts_with(kByteOrderMark)) {
        line.remove_prefix(kByteOrderMark.size());
        offset += static_cast<std::int64_t>(kByteOrderMark.size());
        begin += kByteOrderMark.size();
    }
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    if (isBlank(line))
        return;
    const std::size_t kept = std::min(line.size(), m_lineLimit + 1);
    out.records.push_back(
        {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(kept), offset, 0, kNoTicks});
}

/// Makes records of the whole lines in `out`. @return bytes that they and their line feeds take
std::size_t LineReader::cutLines(RawRecords &out, std::size_t rows)
{
    std::size_t begin = 0;
    while (out.records.size() < rows && begin < out.used) {
        const char *text = out.bytes.data() + begin;
        const void *feed = std::memchr(text, '\n', out.used - begin);
        if (feed == nullptr)
            break;
        const auto size = static_cast<std::size_t>(static_cast<const char *>(feed) - text);
        addLine(out, begin, size);
        begin += size + 1;
    }
    return begin;
}

/// Keeps what lies behind the first `size` bytes for the next read.
void LineReader::deliver(RawRecords &out, std::size_t size)
{
    m_carry.assign(out.bytes.data() + size, out.used - size);
    m_position += static_cast<std::int64_t>(size);
    out.used = size;
    if (!out.records.empty())
        m_bytesPerRow = size / out.records.size() + 2;
}

Result<void> LineReader::read(RawRecords &out, std::size_t rows, std::int64_t end, bool lastLine)
{
    std::size_t wanted = std::clamp((rows + 1) * m_bytesPerRow, kSmallestRead, kLargestRead);
    while (true) {
        TRY_ASSIGN(const bool ended, fill(out, std::max(wanted, m_carry.size()), end));
        std::size_t size = cutLines(out, rows);
        if (ended && lastLine && size < out.used && out.records.size() < rows
            && out.used - size <= m_lineLimit + 2) {
            addLine(out, size, out.used - size);
            out.bytes[out.used] = '\n';
            deliver(out, out.used);
            return {};
        }
        if (!out.records.empty() || (ended && out.used - size <= m_lineLimit + 1)) {
            deliver(out, size);
            return {};
        }
        if (out.used - size > m_lineLimit + 1) { // a line that is too long stands at the front
            addLine(out, size, out.used - size);
            m_position += static_cast<std::int64_t>(out.used);
            TRY(skipLongLine(end));
            return {};
        }
        deliver(out, size);
        out.used = 0;
        wanted = std::max(wanted, kSmallestRead) * 2;
    }
}

/// Moves behind the line feed of a line whose beginning was delivered.
Result<void> LineReader::skipLongLine(std::int64_t end)
{
    m_carry.clear();
    std::string block(kSmallestRead * 16, '\0');
    while (end < 0 || m_position < end) {
        TRY_ASSIGN(const std::size_t n, m_file.readAt(m_position, block.data(), block.size()));
        if (n == 0)
            return {};
        const void *feed = std::memchr(block.data(), '\n', n);
        if (feed != nullptr) {
            m_position += static_cast<const char *>(feed) - block.data() + 1;
            return {};
        }
        m_position += static_cast<std::int64_t>(n);
    }
    return {};
}

} // namespace sluice
