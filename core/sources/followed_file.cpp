#include "core/sources/followed_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <xxhash.h>

namespace sluice {

namespace {

constexpr std::int64_t kMarkBytes = 256;

} // namespace

FollowedFile::FollowedFile(Options options)
    : m_options(std::move(options))
{}

Failure FollowedFile::rewritten(const std::string &how) const
{
    return fail(ErrorCode::FileRewritten, "'{}' was rewritten since: {}", m_options.path, how)
        .hint("Start with --from-start to read it again.");
}

Result<void> FollowedFile::use(std::unique_ptr<File> file, std::int64_t offset)
{
    TRY_ASSIGN(const FileInfo info, file->info());
    m_id = info.id;
    m_reader.reset();
    m_file = std::move(file);
    m_reader.emplace(*m_file, offset, m_options.lineLimit);
    m_markedAt = -1;
    return {};
}

Result<void> FollowedFile::open(const std::string &position)
{
    TRY_ASSIGN(auto file, m_options.files->openRead(m_options.path));
    TRY_ASSIGN(const FileInfo info, file->info());
    if (info.isDirectory)
        return fail(ErrorCode::IoFailed, "'{}' is a folder, not a file", m_options.path)
            .hint("Choose a file of JSON lines.")
            .field("path");
    TRY(use(std::move(file), 0));
    return position.empty() ? Result<void>() : goOn(position);
}

/// The file of the name is open at its start: goes to where an earlier run was.
Result<void> FollowedFile::goOn(const std::string &position)
{
    const auto saved = nlohmann::json::parse(position, nullptr, false);
    if (!saved.is_object())
        return fail(ErrorCode::ProgressDamaged,
                    "the saved position of '{}' is damaged",
                    m_options.path)
            .hint("Start with --from-start.");
    const FileId id{saved.value("device", std::uint64_t{0}),
                    saved.value("inode", std::uint64_t{0})};
    const std::int64_t offset = saved.value("offset", std::int64_t{0});
    const bool samePath = saved.value("path", std::string()) == m_options.path;
    if (!samePath || id != m_id) {
        TRY_ASSIGN(auto old, samePath ? findRotated(id) : nullptr);
        if (old == nullptr && samePath && m_options.strict)
            return fail(ErrorCode::FileRewritten,
                        "'{}' is another file than the one read before, which is gone",
                        m_options.path)
                .hint("Put that one back, or start with --from-start.");
        if (old == nullptr) {
            m_options.log(
                fmt::format("'{}' is another file than the one read before: beginning at its start",
                            m_options.path));
            return {};
        }
        TRY(use(std::move(old), 0));
        m_rotated = true;
    }
    TRY_ASSIGN(const std::int64_t bytes, size());
    if (offset > bytes)
        return rewritten(fmt::format("it has {} bytes, {} were read before", bytes, offset));
    TRY_ASSIGN(const Marks marks, marksAt(*m_file, offset));
    if (saved.value("head", marks.head) != marks.head
        || saved.value("tail", marks.tail) != marks.tail)
        return rewritten("what was read before is not in it any more");
    m_reader.emplace(*m_file, offset, m_options.lineLimit);
    return {};
}

/// The file of that id beside the present one; null when it is not there.
Result<std::unique_ptr<File>> FollowedFile::findRotated(const FileId &id) const
{
    const std::string folder = directoryOf(m_options.path);
    TRY_ASSIGN(const std::vector<std::string> names, m_options.files->list(folder));
    for (const std::string &name : names) {
        const std::string path = joinPath(folder, name);
        const auto info = m_options.files->info(path);
        if (info && info->isRegular && info->id == id)
            return m_options.files->openRead(path);
    }
    return std::unique_ptr<File>();
}

Result<void> FollowedFile::read(RawRecords &out, std::size_t rows, std::int64_t end, bool lastLine)
{
    return m_reader->read(out, rows, m_rotated ? -1 : end, lastLine || m_rotated);
}

Result<bool> FollowedFile::moveOn()
{
    TRY_ASSIGN(const std::int64_t bytes, size());
    if (bytes < offset())
        return rewritten(fmt::format("it has {} bytes, {} were read before", bytes, offset()));
    const auto named = m_options.files->info(m_options.path);
    m_gone = !named;
    if (!named || named->id == m_id)
        return false;
    if (!m_rotated) {
        m_rotated = true; // what was added before the rotation is read first
        return true;
    }
    TRY_ASSIGN(auto file, m_options.files->openRead(m_options.path));
    m_options.log(fmt::format("'{}' is a new file now: reading it from its start", m_options.path));
    m_rotated = false;
    TRY(use(std::move(file), 0));
    return true;
}

Result<std::int64_t> FollowedFile::size() const
{
    TRY_ASSIGN(const FileInfo info, m_file->info());
    return info.size;
}

Result<FollowedFile::Marks> FollowedFile::marksAt(File &file, std::int64_t offset) const
{
    const auto hashAt = [&](std::int64_t begin) -> Result<std::string> {
        std::string bytes(static_cast<std::size_t>(std::min(offset, kMarkBytes)), '\0');
        std::size_t done = 0;
        while (done < bytes.size()) {
            TRY_ASSIGN(const std::size_t n,
                       file.readAt(begin + static_cast<std::int64_t>(done),
                                   bytes.data() + done,
                                   bytes.size() - done));
            if (n == 0)
                break;
            done += n;
        }
        return fmt::format("{:016x}", XXH3_64bits(bytes.data(), done));
    };
    Marks marks;
    TRY_ASSIGN(marks.head, hashAt(0));
    TRY_ASSIGN(marks.tail, hashAt(std::max<std::int64_t>(0, offset - kMarkBytes)));
    return marks;
}

std::string FollowedFile::position() const
{
    const std::int64_t place = m_reader ? offset() : 0;
    if (m_file && m_markedAt != place) {
        // A file that cannot be read any more says so at the next read.
        if (auto marks = marksAt(*m_file, place)) {
            m_marks = std::move(*marks);
            m_markedAt = place;
        }
    }
    return nlohmann::json{{"path", m_options.path},
                          {"device", m_id.device},
                          {"inode", m_id.inode},
                          {"offset", place},
                          {"head", m_marks.head},
                          {"tail", m_marks.tail}}
        .dump();
}

} // namespace sluice
