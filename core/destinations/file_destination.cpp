#include "core/destinations/text_needs.h"
#include "core/event/json_encoder.h"
#include "core/node/exactly_once.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <thread>

namespace sluice {

namespace {

constexpr std::string_view kPath = "path";
constexpr std::string_view kFormat = "format";
constexpr std::string_view kIfExists = "if_exists";
constexpr std::string_view kRotate = "rotate";
constexpr std::size_t kWriteBytes = 1U << 20U;

/// Writes events as JSON lines, into one file or into numbered parts.
///
/// With `rotate` the open part is PATH.part; a full one is renamed to STEM-000001.EXT, and a name
/// that exists is never written over.
///
/// A file keeps no mark, so the checkpoint keeps its length: claim() cuts back to that, and the
/// same bytes come to the same place however often. Parts that were finished since are left as they
/// are, and what they hold already is passed over.
class FileDestination : public Destination, public ExactlyOnceDestination
{
public:
    FileDestination(const Config &config, const NodeContext &context, bool continues)
        : m_path(config.text(kPath))
        , m_ifExists(config.text(kIfExists))
        , m_rotateBytes(config.has(kRotate) ? config.byteSize(kRotate) : 0)
        , m_files(context.files)
        , m_encoder(context.inputSchemas.front())
        , m_continues(continues)
        , m_exactlyOnce(context.exactlyOnce)
    {}

    Result<void> open() override
    {
        const std::string folder = directoryOf(m_path);
        if (!m_files->exists(folder))
            return fail(ErrorCode::IoFailed, "the folder '{}' does not exist", folder)
                .hint("Create it, or choose another path.")
                .field(std::string(kPath));
        if (m_exactlyOnce && m_continues)
            return {}; // claim() knows where to go on
        if (m_rotateBytes > 0)
            return openPart();
        if (m_ifExists == "fail" && !m_continues && m_files->exists(m_path))
            return fail(ErrorCode::FileExists, "'{}' exists already", m_path)
                .hint("Choose another path, or set if_exists to replace or append.")
                .field(std::string(kPath));
        return openAnew();
    }

    Result<std::unique_ptr<Prepared>> prepare(const Batch &batch) const override
    {
        auto prepared = std::make_unique<Prepared>();
        prepared->batch = batch;
        prepared->events = batch.selection.size();
        m_encoder.encode(batch, prepared->bytes);
        return prepared;
    }

    Result<void> accept(std::unique_ptr<Prepared> prepared, std::vector<RowError> &) override
    {
        const std::string_view bytes = prepared->bytes.view();
        if (m_buffer.size() + bytes.size() > kWriteBytes)
            TRY(writeOut());
        if (bytes.size() >= kWriteBytes / 2) {
            TRY(writeOut());
            TRY(m_file->write(bytes));
            m_written += static_cast<std::int64_t>(bytes.size());
        } else {
            m_buffer.append(bytes);
        }
        if (m_rotateBytes > 0
            && m_written + static_cast<std::int64_t>(m_buffer.size()) >= m_rotateBytes)
            return finishPart();
        return {};
    }

    Result<void> flush(std::uint64_t) override
    {
        TRY(writeOut());
        return m_file->sync();
    }

    Result<void> idle() override { return writeOut(); }

    std::string state() const override
    {
        return m_waits ? fmt::format("no space is left for '{}', waiting for room", m_path)
                       : std::string();
    }
    void interrupt() override { m_interrupted = true; }

    /// What prepare() encoded is what the file gets.
    Result<void> putAside(Prepared & /*prepared*/) const override { return {}; }

    Result<std::string> identity() const override { return fmt::format("the file '{}'", m_path); }

    Result<std::optional<AppliedMark>> claim(const ProgressKey & /*key*/,
                                             const std::string &place) override
    {
        if (place.empty()) {
            if (!m_file)
                TRY(openAnew());
            return std::optional<AppliedMark>();
        }
        const auto saved = nlohmann::json::parse(place, nullptr, false);
        if (!saved.is_object())
            return fail(ErrorCode::ProgressDamaged, "the saved place of '{}' is damaged", m_path)
                .hint("Start with --from-start to begin anew.");
        m_part = saved.value("part", 1);
        m_written = saved.value("size", std::int64_t{0});
        m_mark = {saved.value("epoch", std::uint64_t{0}), saved.value("chunks", std::uint64_t{0})};
        m_passing = m_rotateBytes > 0 && m_files->exists(numberedPath(m_part));
        if (!m_passing)
            TRY(cutBack(
                {saved.value("device", std::uint64_t{0}), saved.value("inode", std::uint64_t{0})}));
        return std::optional<AppliedMark>(m_mark);
    }

    Result<void> apply(const std::vector<std::string_view> &records,
                       const AppliedMark &mark) override
    {
        for (const std::string_view record : records) {
            if (!m_passing)
                TRY(writeWhenThereIsRoom(record));
            m_written += static_cast<std::int64_t>(record.size());
            if (m_rotateBytes > 0 && m_written >= m_rotateBytes)
                TRY(m_passing ? passPart() : finishPart());
        }
        if (!m_passing)
            TRY(m_file->sync());
        m_mark = mark;
        return {};
    }

    std::string place() const override
    {
        return nlohmann::json{{"part", m_part},
                              {"size", m_written},
                              {"epoch", m_mark.epoch},
                              {"chunks", m_mark.chunks},
                              {"device", m_id.device},
                              {"inode", m_id.inode}}
            .dump();
    }

    Result<void> close(bool finished) override
    {
        if (!m_file || m_passing)
            return {};
        TRY(writeOut());
        TRY(m_file->sync());
        if (m_rotateBytes > 0 && finished && m_written > 0)
            TRY(finishPart());
        m_file.reset();
        return {};
    }

private:
    /// The file as it is written to by a run that has no place to go back to.
    Result<void> openAnew()
    {
        if (m_rotateBytes > 0)
            return openPart();
        const bool append = m_ifExists == "append" || m_continues;
        TRY(cutTornLine(m_path, append));
        TRY_ASSIGN(m_file,
                   m_files->openWrite(m_path, append ? WriteMode::Append : WriteMode::Replace));
        TRY(noteFile());
        return m_files->syncDirectory(directoryOf(m_path));
    }

    /// A full disk is waited for; what was half written is taken back first.
    Result<void> writeWhenThereIsRoom(std::string_view bytes)
    {
        constexpr std::chrono::milliseconds kPause{200};
        while (true) {
            auto written = m_file->write(bytes);
            m_waits = !written && written.error().code == ErrorCode::DiskFull;
            if (!m_waits)
                return written;
            TRY(m_file->truncate(m_written));
            if (m_interrupted)
                return fail(ErrorCode::Cancelled, "the run was broken off");
            std::this_thread::sleep_for(kPause);
        }
    }

    Result<void> noteFile()
    {
        TRY_ASSIGN(const FileInfo info, m_file->info());
        m_id = info.id;
        m_written = info.size;
        return {};
    }

    /// Opens the file that an earlier run wrote to, as long as it was at the checkpoint.
    Result<void> cutBack(const FileId &id)
    {
        const std::string path = m_rotateBytes > 0 ? partPath() : m_path;
        if (!m_files->exists(path))
            return replaced(path, "is gone");
        TRY_ASSIGN(m_file, m_files->openWrite(path, WriteMode::Append));
        TRY_ASSIGN(const FileInfo info, m_file->info());
        // With numbered parts the open one may have been made since.
        if (info.id != id && m_rotateBytes == 0)
            return replaced(path, "is another file than the one the last run wrote to");
        if (info.size < m_written)
            return replaced(path, "is shorter than the last run left it");
        m_id = info.id;
        return m_file->truncate(m_written);
    }

    static Failure replaced(const std::string &path, std::string_view what)
    {
        return fail(ErrorCode::TargetChanged, "'{}' {}", path, what)
            .hint("Put it back, or begin anew with --from-start.");
    }

    /// A part that was finished before, passed over to its end; what follows may be there, too.
    Result<void> passPart()
    {
        TRY_ASSIGN(const FileInfo part, m_files->info(numberedPath(m_part)));
        if (part.size != m_written)
            return replaced(numberedPath(m_part), "is not the part that the last run wrote");
        ++m_part;
        m_written = 0;
        m_passing = m_files->exists(numberedPath(m_part));
        if (m_passing)
            return {};
        TRY_ASSIGN(m_file, m_files->openWrite(partPath(), WriteMode::Replace));
        TRY(noteFile());
        return m_files->syncDirectory(directoryOf(m_path));
    }

    Result<void> writeOut()
    {
        if (m_buffer.empty())
            return {};
        TRY(m_file->write(m_buffer.view()));
        m_written += static_cast<std::int64_t>(m_buffer.size());
        m_buffer.clear();
        return {};
    }

    /// A killed run may have left half a line: what follows must not be glued to it.
    Result<void> cutTornLine(const std::string &path, bool append)
    {
        if (!append || !m_files->exists(path))
            return {};
        TRY_ASSIGN(const auto reader, m_files->openRead(path));
        TRY_ASSIGN(const FileInfo info, reader->info());
        std::int64_t end = info.size;
        std::string block(4096, '\0');
        while (end > 0) {
            const auto size = static_cast<std::size_t>(std::min<std::int64_t>(end, 4096));
            const std::int64_t begin = end - static_cast<std::int64_t>(size);
            TRY_ASSIGN(const std::size_t n, reader->readAt(begin, block.data(), size));
            const std::size_t feed = std::string_view(block.data(), n).rfind('\n');
            if (feed != std::string_view::npos) {
                end = begin + static_cast<std::int64_t>(feed) + 1;
                break;
            }
            end = begin;
        }
        if (end == info.size)
            return {};
        TRY_ASSIGN(const auto writer, m_files->openWrite(path, WriteMode::Append));
        return writer->truncate(end);
    }

    std::string partPath() const { return m_path + ".part"; }

    std::string numberedPath(int number) const
    {
        const std::size_t dot = m_path.rfind('.');
        const std::size_t slash = m_path.rfind('/');
        const bool hasEnding =
            dot != std::string::npos && (slash == std::string::npos || dot > slash + 1);
        return fmt::format("{}-{:06}{}",
                           hasEnding ? m_path.substr(0, dot) : m_path,
                           number,
                           hasEnding ? m_path.substr(dot) : std::string());
    }

    Result<void> openPart()
    {
        while (m_files->exists(numberedPath(m_part)))
            ++m_part;
        TRY(cutTornLine(partPath(), true));
        TRY_ASSIGN(m_file, m_files->openWrite(partPath(), WriteMode::Append));
        TRY(noteFile());
        return m_files->syncDirectory(directoryOf(m_path));
    }

    Result<void> finishPart()
    {
        TRY(writeOut());
        TRY(m_file->sync());
        TRY(m_files->rename(partPath(), numberedPath(m_part)));
        return openPart(); // which makes both names durable
    }

    std::string m_path;
    std::string m_ifExists;
    std::int64_t m_rotateBytes;
    FileSystem *m_files;
    JsonEncoder m_encoder;
    bool m_continues; // an earlier run is continued: its output stays
    bool m_exactlyOnce;
    bool m_passing = false; // what comes is in a finished part already
    std::atomic<bool> m_waits = false;
    std::atomic<bool> m_interrupted = false;
    AppliedMark m_mark;
    FileId m_id; // of the open file
    std::unique_ptr<File> m_file;
    ByteBuffer m_buffer;
    std::int64_t m_written = 0; // in the open file
    int m_part = 1;
};

std::vector<FieldSpec> fields()
{
    return {
        pathField(kPath)
            .label("File")
            .help("One JSON event a line.")
            .example("hot.ndjson")
            .filter("*.ndjson")
            .filter("*.jsonl")
            .output()
            .must(),
        choiceField(kFormat).label("Format").choice("ndjson", "JSON lines").defaultTo("ndjson"),
        choiceField(kIfExists)
            .label("When the file exists")
            .choice("replace", "Replace it")
            .choice("append", "Append to it")
            .choice("fail", "Stop with an error")
            .defaultTo("replace")
            .help("A run that continues an earlier one always appends."),
        byteSizeField(kRotate)
            .label("Start a new file after")
            .example("100MB")
            .atLeast(1024)
            .help("Full files are numbered: hot-000001.ndjson. Empty: one file.")
            .inAdvanced(),
    };
}

std::string describeConfig(const ValueMap &config)
{
    for (const auto &[name, value] : config) {
        if (name == kPath && value.asString() != nullptr)
            return fileNameOf(*value.asString());
    }
    return {};
}

} // namespace

const NodeDescriptor &fileDestinationDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "file_destination",
        .role = NodeRole::Destination,
        .title = "File",
        .summary = "Writes events to a file of JSON lines.",
        .icon = "file",
        .keywords = {"ndjson", "json", "disk", "export", "rotate"},
        .inputs = {{.id = "in", .many = true}},
        .fields = fields(),
        .exampleConfig = R"({"path": "out.ndjson"})",
        .describe = describeConfig,
        .outputSchemas = [](const Config &,
                            const std::vector<Schema> &,
                            const NodeContext &) -> SchemaFlow { return {}; },
        .columnNeeds = [](const Config &,
                          const std::vector<Schema> &inputs,
                          const std::vector<ColumnNeeds> &,
                          const NodeContext &) -> std::vector<ColumnNeeds> {
            return {textNeeds(inputs.front())};
        },
        .createDestination = [](const Config &config, const NodeContext &context)
            -> Result<std::unique_ptr<Destination>> {
            return std::unique_ptr<Destination>(
                std::make_unique<FileDestination>(config, context, context.continues));
        },
        .exactlyOnce = true,
    };
    return descriptor;
}

} // namespace sluice
