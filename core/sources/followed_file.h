#pragma once

#include "core/base/file_system.h"
#include "core/sources/line_reader.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace sluice {

/// A file of lines that is read from a place on, also when it was renamed (rotated) and another one
/// took its name: the old one is read to its end first.
///
/// A place is tied to what lies before it: device, inode, and hashes of the first and the last
/// bytes that were read. Another content, or less of it, is not read on. Thread: one at a time.
class FollowedFile
{
public:
    struct Options
    {
        std::string path;
        std::size_t lineLimit = 0;
        bool strict = false; // another file under the name is an error, not a new start
        FileSystem *files = nullptr;
        std::function<void(const std::string &)> log;
    };

    explicit FollowedFile(Options options);

    /// @param position  what position() gave; empty: the start of the file
    /// Errors: IoFailed, ProgressDamaged, FileRewritten
    Result<void> open(const std::string &position);

    /// See LineReader::read(); a last line without line feed is delivered where the file has been
    /// rotated away: nobody will complete it.
    Result<void> read(RawRecords &out, std::size_t rows, std::int64_t end, bool lastLine);

    /// At the end of the file: goes on with the one that has taken its name since.
    /// @return whether there is one. Errors: FileRewritten when the file was cut
    Result<bool> moveOn();

    /// Whether the file has no name any more, or another: moveOn() leads to the present one.
    bool isRotated() const { return m_rotated; }
    /// Whether moveOn() found the name taken by none.
    bool isGone() const { return m_gone; }

    std::string position() const;
    std::int64_t offset() const { return m_reader->position(); }
    Result<std::int64_t> size() const;

private:
    struct Marks
    {
        std::string head; // hash of the first bytes before the place
        std::string tail; // and of the last
    };
    Result<Marks> marksAt(File &file, std::int64_t offset) const;
    Result<void> use(std::unique_ptr<File> file, std::int64_t offset);
    Result<void> goOn(const std::string &position);
    Result<std::unique_ptr<File>> findRotated(const FileId &id) const;
    Failure rewritten(const std::string &how) const;

    const Options m_options;
    std::unique_ptr<File> m_file;
    std::optional<LineReader> m_reader;
    FileId m_id;
    bool m_rotated = false;
    bool m_gone = false;
    mutable std::int64_t m_markedAt = -1; // what m_marks are for
    mutable Marks m_marks;
};

} // namespace sluice
