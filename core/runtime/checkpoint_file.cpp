#include "core/runtime/checkpoint_file.h"

#include "core/base/state_bytes.h"

#include <xxhash.h>

namespace sluice {

namespace {

constexpr std::string_view kMagic = "SLUICECP";
/// Older ones have no lineage and wrote at least once.
constexpr std::uint32_t kVersionWithOutboxes = 2;

/// Written to files: never renumber.
enum class RecordType : std::uint8_t {
    Header = 1,
    Position = 2,
    Inferred = 3,
    State = 4,
    Outbox = 5,
    StateSchema = 6,
    Footer = 255
};

std::uint64_t hashOf(std::string_view bytes)
{
    return XXH3_64bits(bytes.data(), bytes.size());
}

class Encoder
{
public:
    Encoder()
    {
        m_bytes = kMagic;
        StateWriter version;
        version.put(kCheckpointVersion);
        m_bytes += version.take();
    }

    void add(RecordType type, StateWriter payload)
    {
        const std::size_t begin = m_bytes.size();
        StateWriter head;
        head.put(static_cast<std::uint8_t>(type));
        head.putText(payload.take()); // its size and its bytes
        m_bytes += head.take();
        StateWriter check;
        check.put(hashOf(std::string_view(m_bytes).substr(begin)));
        m_bytes += check.take();
        ++m_records;
    }

    std::string finish()
    {
        StateWriter footer;
        footer.put(m_records);
        footer.put(hashOf(m_bytes));
        add(RecordType::Footer, std::move(footer));
        return std::move(m_bytes);
    }

private:
    std::string m_bytes;
    std::uint64_t m_records = 0;
};

Failure damaged()
{
    return fail(ErrorCode::ProgressDamaged, "the checkpoint is damaged");
}

void readSchema(StateReader &in, Schema &schema)
{
    schema.open = true;
    schema.whole = true;
    const std::size_t columns = in.getCount(1);
    for (std::size_t i = 0; i < columns; ++i) {
        SchemaColumn column;
        column.name = in.getText();
        column.type = typeFromName(in.getText()).value_or(ColumnType::Dynamic);
        schema.columns.push_back(std::move(column));
    }
}

OutboxProgress readOutbox(StateReader &in)
{
    constexpr std::size_t kLeastHandle = 5 * sizeof(std::uint64_t);
    OutboxProgress outbox;
    outbox.identity = in.getText();
    outbox.place = in.getText();
    outbox.applied = in.get<std::uint64_t>();
    const std::size_t pending = in.getCount(kLeastHandle);
    for (std::size_t i = 0; i < pending; ++i) {
        OutboxHandle handle;
        handle.epoch = in.get<std::uint64_t>();
        handle.name = in.getText();
        handle.bytes = in.get<std::uint64_t>();
        handle.records = in.get<std::uint64_t>();
        handle.check = in.get<std::uint64_t>();
        outbox.pending.push_back(std::move(handle));
    }
    const auto said = in.get<std::uint8_t>();
    if (said > static_cast<std::uint8_t>(PendingOutput::NotApplied))
        in.fail();
    outbox.said = static_cast<PendingOutput>(in.ok() ? said : 0);
    return outbox;
}

StateWriter outboxRecord(const std::string &node, const OutboxProgress &outbox)
{
    StateWriter record;
    record.putText(node);
    record.putText(outbox.identity);
    record.putText(outbox.place);
    record.put(outbox.applied);
    record.put(static_cast<std::uint64_t>(outbox.pending.size()));
    for (const OutboxHandle &handle : outbox.pending) {
        record.put(handle.epoch);
        record.putText(handle.name);
        record.put(handle.bytes);
        record.put(handle.records);
        record.put(handle.check);
    }
    record.put(static_cast<std::uint8_t>(outbox.said));
    return record;
}

Result<void>
readRecord(RecordType type, std::uint32_t version, std::string_view payload, Progress &progress)
{
    StateReader in(payload);
    switch (type) {
    case RecordType::Header:
        progress.epoch = in.get<std::uint64_t>();
        if (version >= kVersionWithOutboxes) {
            progress.lineage = in.getText();
            progress.exactlyOnce = in.get<bool>();
        }
        break;
    case RecordType::StateSchema: {
        const std::string node(in.getText());
        progress.stateSchemas[node] = in.getText();
        break;
    }
    case RecordType::Outbox: {
        const std::string node(in.getText());
        progress.outboxes[node] = readOutbox(in);
        break;
    }
    case RecordType::Position: {
        const std::string node(in.getText());
        progress.positions[node] = in.getText();
        break;
    }
    case RecordType::Inferred: {
        const std::string node(in.getText());
        readSchema(in, progress.inferred[node]);
        break;
    }
    case RecordType::State: {
        const std::string node(in.getText());
        progress.states[node] = in.getText();
        break;
    }
    default:
        return damaged();
    }
    if (!(in.ok() && in.atEnd()))
        return damaged();
    return {};
}

} // namespace

std::string encodeCheckpoint(const Progress &progress)
{
    Encoder encoder;
    StateWriter header;
    header.put(progress.epoch);
    header.putText(progress.lineage);
    header.put(progress.exactlyOnce);
    encoder.add(RecordType::Header, std::move(header));
    const auto addTexts = [&](RecordType type, const std::map<std::string, std::string> &texts) {
        for (const auto &[node, text] : texts) {
            StateWriter record;
            record.putText(node);
            record.putText(text);
            encoder.add(type, std::move(record));
        }
    };
    addTexts(RecordType::Position, progress.positions);
    for (const auto &[node, schema] : progress.inferred) {
        StateWriter record;
        record.putText(node);
        const std::vector<SchemaColumn> columns = visibleColumns(schema);
        record.put(static_cast<std::uint64_t>(columns.size()));
        for (const SchemaColumn &column : columns) {
            record.putText(column.name);
            record.putText(typeName(column.type));
        }
        encoder.add(RecordType::Inferred, std::move(record));
    }
    addTexts(RecordType::State, progress.states);
    addTexts(RecordType::StateSchema, progress.stateSchemas);
    for (const auto &[node, outbox] : progress.outboxes)
        encoder.add(RecordType::Outbox, outboxRecord(node, outbox));
    return encoder.finish();
}

Result<Progress> decodeCheckpoint(std::string_view bytes)
{
    StateReader in(bytes);
    if (bytes.substr(0, kMagic.size()) != kMagic)
        return damaged();
    for (std::size_t i = 0; i < kMagic.size(); ++i)
        in.get<char>();
    const auto version = in.get<std::uint32_t>();
    if (version > kCheckpointVersion)
        return fail(ErrorCode::ProgressDamaged, "the checkpoint is of a newer version of Sluice")
            .hint("Update Sluice, or start with --from-start to begin anew.");
    Progress progress;
    for (std::uint64_t records = 0; in.ok(); ++records) {
        const std::size_t begin = bytes.size() - in.left();
        const auto type = static_cast<RecordType>(in.get<std::uint8_t>());
        const std::string_view payload = in.getText();
        const std::size_t end = bytes.size() - in.left();
        if (in.get<std::uint64_t>() != hashOf(bytes.substr(begin, end - begin)) || !in.ok())
            return damaged();
        if (type == RecordType::Footer) {
            StateReader footer(payload);
            const bool whole = footer.get<std::uint64_t>() == records
                               && footer.get<std::uint64_t>() == hashOf(bytes.substr(0, begin));
            if (!whole || !(footer.ok() && footer.atEnd()) || !(in.ok() && in.atEnd())
                || version == 0)
                return damaged();
            return progress;
        }
        TRY(readRecord(type, version, payload, progress));
    }
    return damaged();
}

} // namespace sluice
