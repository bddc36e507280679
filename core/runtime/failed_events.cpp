#include "core/runtime/failed_events.h"

#include "core/event/json_encoder.h"

namespace sluice {

namespace {

std::shared_ptr<Column> textColumn(std::size_t rows)
{
    return takeColumn(ColumnType::String, rows);
}

void setText(Column &column, std::size_t row, std::string_view text)
{
    column.texts[row] = column.arena.copy(text);
    column.valid[row] = 1;
}

} // namespace

/// The event as it came in, with $error_code, $error_message and $error_node.
Batch errorBatch(const Batch &batch,
                 const std::vector<RowError> &errors,
                 const std::shared_ptr<const Schema> &schema,
                 const std::string &node)
{
    Batch result = batch;
    result.schema = schema;
    auto rows = takeSelection();
    const auto code = textColumn(batch.rows);
    const auto message = textColumn(batch.rows);
    const auto origin = textColumn(batch.rows);
    for (const RowError &error : errors) {
        rows->push_back(static_cast<std::uint16_t>(error.row));
        setText(*code, error.row, std::to_string(static_cast<int>(error.code)));
        setText(*message, error.row, error.message);
        setText(*origin, error.row, node);
    }
    result.selection = Selection(std::move(rows));
    result.columns.resize(schema->columns.size() - 3);
    if (schema->columns.front().name == "$raw" && batch.raw) {
        const auto raw = textColumn(batch.rows);
        for (const RowError &error : errors) {
            raw->texts[error.row] = batch.raw->record(batch.originOf(error.row));
            raw->valid[error.row] = 1;
        }
        result.columns.front() = raw;
    }
    result.columns.push_back(code);
    result.columns.push_back(message);
    result.columns.push_back(origin);
    return result;
}

DeadLetter
makeDeadLetter(const std::string &node, const Batch &batch, const RowError &error, Ticks now)
{
    DeadLetter letter;
    letter.at = now;
    letter.node = node;
    letter.code = error.code;
    letter.message = error.message;
    if (batch.raw) {
        const std::size_t origin = batch.originOf(error.row);
        const RecordSlice &record = batch.raw->records[origin];
        letter.source = batch.raw->source;
        letter.partition = record.partition;
        letter.offset = record.offset;
        letter.payload = std::string(batch.raw->record(origin));
    } else {
        ByteBuffer text;
        JsonEncoder(*batch.schema).encodeRow(batch, error.row, text);
        letter.payload = std::string(text.view());
    }
    return letter;
}

} // namespace sluice
