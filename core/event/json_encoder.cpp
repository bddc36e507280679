#include "core/event/json_encoder.h"

#include "core/event/datetime.h"
#include "core/event/json_text.h"

namespace sluice {

namespace {

/// True when the selected rows lie one behind the other, each with its line feed.
bool isOneRun(const Batch &batch)
{
    const RawRecords &raw = *batch.raw;
    if (!batch.selection.isDense() || batch.selection.size() != raw.records.size())
        return false;
    std::size_t next = raw.records.front().begin;
    for (const RecordSlice &record : raw.records) {
        if (record.begin != next || raw.bytes[record.begin + record.size] != '\n')
            return false;
        next = record.begin + record.size + 1;
    }
    return true;
}

/// JSON text on one line: white space between tokens may hold line feeds in a Kafka record.
void appendOnOneLine(ByteBuffer &out, std::string_view record)
{
    while (true) {
        const void *feed = std::memchr(record.data(), '\n', record.size());
        if (feed == nullptr)
            break;
        const auto length =
            static_cast<std::size_t>(static_cast<const char *>(feed) - record.data());
        out.append(record.substr(0, length));
        out.append(' ');
        record.remove_prefix(length + 1);
    }
    out.append(record);
}

} // namespace

void appendJsonValue(ByteBuffer &out, const Column &column, std::size_t row)
{
    if (!column.tokens.empty() && column.tokens[row].data() != nullptr) {
        out.append(column.tokens[row]);
        return;
    }
    if (column.valid[row] == 0) {
        out.append("null");
        return;
    }
    switch (column.type) {
    case ColumnType::Bool:
        out.append(column.bytes[row] != 0 ? "true" : "false");
        break;
    case ColumnType::Int:
    case ColumnType::Long:
        appendJsonInteger(out, column.integers[row]);
        break;
    case ColumnType::Real:
        appendJsonReal(out, column.floats[row]);
        break;
    case ColumnType::Datetime:
    case ColumnType::Timespan: {
        char *place = out.reserveMore(48);
        *place = '"';
        const std::size_t size = column.type == ColumnType::Datetime
                                     ? formatDatetime(column.integers[row], place + 1)
                                     : formatTimespan(column.integers[row], place + 1);
        place[size + 1] = '"';
        out.advance(size + 2);
        break;
    }
    case ColumnType::Dynamic:
    case ColumnType::Decimal:
        out.append(column.texts[row]);
        break;
    case ColumnType::String:
    case ColumnType::Guid:
        appendJsonString(out, column.texts[row]);
        break;
    }
}

JsonEncoder::JsonEncoder(const Schema &schema)
    : m_whole(schema.whole)
{
    for (const SchemaColumn &column : schema.columns) {
        if (column.system)
            continue;
        m_places.push_back(static_cast<std::size_t>(&column - schema.columns.data()));
        ByteBuffer key;
        key.append(m_keys.empty() ? '{' : ',');
        appendJsonString(key, column.name);
        key.append(':');
        m_keys.emplace_back(key.view());
    }
}

void JsonEncoder::encode(const Batch &batch, ByteBuffer &out, std::vector<std::size_t> *ends) const
{
    if (batch.selection.empty())
        return;
    if (m_whole && batch.raw && !batch.origins && ends == nullptr && isOneRun(batch)) {
        const RecordSlice &first = batch.raw->records.front();
        const RecordSlice &last = batch.raw->records.back();
        out.append(
            {batch.raw->bytes.data() + first.begin, last.begin + last.size + 1U - first.begin});
        return;
    }
    batch.selection.forEach([&](std::size_t row) {
        encodeRow(batch, row, out);
        out.append('\n');
        if (ends != nullptr)
            ends->push_back(out.size());
    });
}

void JsonEncoder::encodeRow(const Batch &batch, std::size_t row, ByteBuffer &out) const
{
    if (m_whole && batch.raw) {
        appendOnOneLine(out, batch.raw->record(batch.originOf(row)));
        return;
    }
    if (m_keys.empty()) {
        out.append("{}");
        return;
    }
    for (std::size_t i = 0; i < m_keys.size(); ++i) {
        out.append(m_keys[i]);
        const std::size_t place = m_places[i];
        const Column *column = place < batch.columns.size() ? batch.columns[place].get() : nullptr;
        if (column != nullptr)
            appendJsonValue(out, *column, row);
        else
            out.append("null");
    }
    out.append('}');
}

} // namespace sluice
