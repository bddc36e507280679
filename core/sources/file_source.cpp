#include "core/sources/followed_file.h"
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
constexpr double kLongestLine = 0x1p30; // it is held in memory
constexpr TickSpan kFollowPause = 50 * kTicksPerMillisecond;

/// Reads a file of lines, each a JSON event.
class FileSource : public Source
{
public:
    FileSource(const Config &config, const NodeContext &context)
        : m_path(config.text(kPath))
        , m_follow(config.boolean(kFollow))
        , m_context(context)
        , m_pacer(config.real(kRate), *context.clock)
        , m_file({m_path,
                  static_cast<std::size_t>(config.byteSize(kLineLimit)),
                  context.exactlyOnce,
                  context.files,
                  context.log})
    {}

    Result<void> open(const SourceStart &start) override
    {
        TRY(m_file.open(start.position));
        m_untilCaughtUp = start.untilCaughtUp;
        return noteSize();
    }

    Result<PollResult> poll(RawRecords &out) override
    {
        const std::size_t allowed = m_pacer.allowed(m_context.batchRows);
        if (allowed == 0)
            return PollResult{PollState::Idle, m_pacer.next(), true};
        const std::int64_t end = m_untilCaughtUp ? m_end : -1;
        TRY(m_file.read(out, allowed, end, !m_follow || m_untilCaughtUp));
        m_position = m_file.offset();
        m_pacer.took(out.records.size());
        if (!out.records.empty())
            return PollResult{PollState::Data, m_pacer.isLimited() ? m_pacer.next() : 0};
        const bool present = !m_file.isRotated();
        if (present && (!m_follow || (m_untilCaughtUp && m_file.offset() >= m_end)))
            return PollResult{PollState::End, 0};
        return lookOn();
    }

    std::string position() const override { return m_file.position(); }

    SourceFigures figures() const override
    {
        const std::int64_t position = m_position;
        const std::int64_t size = m_size;
        SourceFigures figures;
        figures.partitions = {{fileNameOf(m_path), position, size, size - position, true}};
        figures.troubled = m_gone;
        if (m_gone)
            figures.state = fmt::format("'{}' is gone, waiting for it", m_path);
        return figures;
    }

private:
    /// At the end: waits for more, or goes on with the file that has taken the name.
    Result<PollResult> lookOn()
    {
        TRY_ASSIGN(const bool moved, m_file.moveOn());
        m_gone = m_file.isGone();
        if (moved && !m_file.isRotated())
            TRY(noteSize());
        m_position = m_file.offset();
        TRY_ASSIGN(m_size, m_file.size());
        return PollResult{PollState::Idle, moved ? 0 : m_context.clock->monotonic() + kFollowPause};
    }

    Result<void> noteSize()
    {
        TRY_ASSIGN(m_end, m_file.size());
        m_size = m_end;
        m_position = m_file.offset();
        return {};
    }

    std::string m_path;
    bool m_follow;
    NodeContext m_context;
    Pacer m_pacer;
    FollowedFile m_file;
    bool m_untilCaughtUp = false;
    std::int64_t m_end = 0;                   // of the present file, when it was opened
    std::atomic<std::int64_t> m_position = 0; // for figures(), which any thread may call
    std::atomic<std::int64_t> m_size = 0;
    std::atomic<bool> m_gone = false;
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
            .atMost(kLongestLine)
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
