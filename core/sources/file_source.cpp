#include "core/sources/line_reader.h"
#include "core/sources/pacer.h"
#include "core/sources/record_schema.h"

#include <nlohmann/json.hpp>

#include <atomic>

namespace sluice {

namespace {

constexpr std::string_view kPath = "path";
constexpr std::string_view kFormat = "format";
constexpr std::string_view kRate = "rate";
constexpr std::string_view kFollow = "follow";
constexpr std::string_view kLineLimit = "max_line_bytes";
constexpr TickSpan kFollowPause = 50 * kTicksPerMillisecond;

/// Reads a file of lines, each a JSON event.
class FileSource : public Source
{
public:
    FileSource(const Config &config, const NodeContext &context)
        : m_path(config.text(kPath))
        , m_follow(config.boolean(kFollow))
        , m_lineLimit(static_cast<std::size_t>(config.byteSize(kLineLimit)))
        , m_context(context)
        , m_pacer(config.real(kRate), *context.clock)
    {}

    Result<void> open(const SourceStart &start) override
    {
        TRY_ASSIGN(m_file, m_context.files->openRead(m_path));
        TRY_ASSIGN(const FileInfo info, m_file->info());
        if (info.isDirectory)
            return fail(ErrorCode::IoFailed, "'{}' is a folder, not a file", m_path)
                .hint("Choose a file of JSON lines.")
                .field(std::string(kPath));
        m_id = info.id;
        TRY_ASSIGN(const std::int64_t offset, startOffset(start, info));
        m_reader.emplace(*m_file, offset, m_lineLimit);
        m_end = start.untilCaughtUp ? info.size : -1;
        m_size = info.size;
        m_position = offset;
        return {};
    }

    Result<PollResult> poll(RawRecords &out) override
    {
        const std::size_t allowed = m_pacer.allowed(m_context.batchRows);
        if (allowed == 0)
            return PollResult{PollState::Idle, m_pacer.next(), true};
        const bool lastLine = !m_follow || m_end >= 0;
        TRY(m_reader->read(out, allowed, m_end, lastLine));
        m_position = m_reader->position();
        m_pacer.took(out.records.size());
        if (!out.records.empty())
            return PollResult{PollState::Data, m_pacer.isLimited() ? m_pacer.next() : 0};
        const bool caughtUp = m_end >= 0 && m_reader->position() >= m_end;
        if (caughtUp || !m_follow)
            return PollResult{PollState::End, 0};
        return followPause();
    }

    std::string position() const override
    {
        return nlohmann::json{{"path", m_path},
                              {"device", m_id.device},
                              {"inode", m_id.inode},
                              {"offset", m_reader ? m_reader->position() : 0}}
            .dump();
    }

    SourceFigures figures() const override
    {
        const std::int64_t position = m_position;
        const std::int64_t size = m_size;
        return {{{fileNameOf(m_path), position, size, size - position, true}}, {}, false};
    }

    void close() override
    {
        m_reader.reset();
        m_file.reset();
    }

private:
    Result<std::int64_t> startOffset(const SourceStart &start, const FileInfo &info)
    {
        if (start.position.empty())
            return 0;
        const auto saved = nlohmann::json::parse(start.position, nullptr, false);
        if (saved.is_discarded() || !saved.is_object())
            return fail(ErrorCode::ProgressDamaged, "the saved position of '{}' is damaged", m_path)
                .hint("Start with --from-start.");
        const FileId id{saved.value("device", std::uint64_t{0}),
                        saved.value("inode", std::uint64_t{0})};
        if (saved.value("path", std::string()) != m_path || id != info.id) {
            m_context.log(fmt::format(
                "'{}' is another file than the one read before: beginning at its start", m_path));
            return 0;
        }
        const std::int64_t offset = saved.value("offset", std::int64_t{0});
        if (offset > info.size)
            return fail(ErrorCode::FileRewritten,
                        "'{}' was rewritten: it has {} bytes, {} were read before",
                        m_path,
                        info.size,
                        offset)
                .hint("Start with --from-start to read it again.");
        return offset;
    }

    Result<PollResult> followPause()
    {
        TRY_ASSIGN(const FileInfo info, m_file->info());
        m_size = info.size;
        if (info.size < m_reader->position())
            return fail(ErrorCode::FileRewritten, "'{}' was cut while it was followed", m_path)
                .hint("Start with --from-start to read it again.");
        return PollResult{PollState::Idle, m_context.clock->monotonic() + kFollowPause};
    }

    std::string m_path;
    bool m_follow;
    std::size_t m_lineLimit;
    NodeContext m_context;
    Pacer m_pacer;
    std::unique_ptr<File> m_file;
    std::optional<LineReader> m_reader;
    FileId m_id;
    std::int64_t m_end = -1;                  // stop here; -1: no such place
    std::atomic<std::int64_t> m_position = 0; // for figures(), which any thread may call
    std::atomic<std::int64_t> m_size = 0;
};

std::vector<FieldSpec> fields()
{
    return {
        pathField(kPath)
            .label("File")
            .help("One JSON event a line.")
            .example("sensors.ndjson")
            .filter("*.ndjson")
            .filter("*.jsonl")
            .filter("*.json")
            .must(),
        choiceField(kFormat).label("Format").choice("ndjson", "JSON lines").defaultTo("ndjson"),
        schemaField(),
        booleanField(kFollow)
            .label("Follow the file")
            .defaultTo(false)
            .help("Wait at the end for lines that are added, instead of stopping there."),
        realField(kRate)
            .label("Rate")
            .unit("events/s")
            .defaultTo(std::int64_t{0})
            .atLeast(0)
            .help("0 reads as fast as it goes."),
        eventTimeField(),
        byteSizeField(kLineLimit)
            .label("Longest line")
            .defaultTo("1MiB")
            .atLeast(64)
            .help("A longer line becomes a dead letter.")
            .inAdvanced(),
    };
}

Result<std::vector<std::string>> sample(const Config &config,
                                        const NodeContext &context,
                                        std::size_t limit,
                                        const std::stop_token &stop)
{
    TRY_ASSIGN(const auto file, context.files->openRead(config.text(kPath)));
    LineReader reader(*file, 0, static_cast<std::size_t>(config.byteSize(kLineLimit)));
    std::vector<std::string> records;
    while (records.size() < limit && !stop.stop_requested()) {
        const auto raw = takeRawRecords();
        TRY(reader.read(*raw, std::min(kBatchRows, limit - records.size()), -1, true));
        if (raw->records.empty())
            break;
        for (std::size_t row = 0; row < raw->records.size(); ++row)
            records.emplace_back(raw->record(row));
    }
    return records;
}

ProbeReport probe(const Config &config, const NodeContext &context, const std::stop_token &stop)
{
    constexpr std::size_t kLook = 100;
    const auto records = sample(config, context, kLook, stop);
    if (!records)
        return {false, records.error().message, {}, {}, {}};
    return {true,
            fmt::format("The file can be read; looked at {} lines.", records->size()),
            {},
            {},
            {}};
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

const NodeDescriptor &fileSourceDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "file_source",
        .role = NodeRole::Source,
        .title = "File",
        .summary = "Reads events from a file of JSON lines, once or following what is added.",
        .icon = "file",
        .keywords = {"ndjson", "json", "log", "disk", "tail"},
        .outputs = recordPorts(),
        .fields = fields(),
        .exampleConfig = R"({"path": "sensors.ndjson"})",
        .describe = describeConfig,
        .outputSchemas = recordSchemas,
        .createSource = [](const Config &config,
                           const NodeContext &context) -> Result<std::unique_ptr<Source>> {
            return std::unique_ptr<Source>(std::make_unique<FileSource>(config, context));
        },
        .replayable = true,
        .sample = sample,
        .probe = probe,
    };
    return descriptor;
}

} // namespace sluice
