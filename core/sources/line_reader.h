#pragma once

#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/event/batch.h"

#include <cstdint>
#include <string>

namespace sluice {

/// Cuts a file into records, one a line. Blank lines and a byte order mark at the start are
/// skipped, a CR before the LF is taken off. A line over the limit is delivered cut one byte
/// behind the limit, so that the decoder gives it up, and the rest of it is skipped.
/// Thread: one at a time.
class LineReader
{
public:
    LineReader(File &file, std::int64_t offset, std::size_t lineLimit);

    /// Appends up to `rows` records to the empty `out`.
    /// @param end       do not read behind this byte; -1: no such place
    /// @param lastLine  deliver a last line that has no line feed
    Result<void> read(RawRecords &out, std::size_t rows, std::int64_t end, bool lastLine);

    /// The byte behind the last record delivered.
    std::int64_t position() const { return m_position; }

private:
    Result<bool> fill(RawRecords &out, std::size_t wanted, std::int64_t end);
    std::size_t cutLines(RawRecords &out, std::size_t rows);
    void addLine(RawRecords &out, std::size_t begin, std::size_t size);
    void deliver(RawRecords &out, std::size_t size);
    Result<void> skipLongLine(std::int64_t end);

    File &m_file;
    std::int64_t m_position; // in the file, behind what was delivered
    std::size_t m_lineLimit;
    std::size_t m_bytesPerRow = 128; // running estimate, so that one read holds a batch
    std::string m_carry;             // read, not yet delivered
};

} // namespace sluice
