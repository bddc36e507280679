#include "core/event/system_columns.h"

namespace sluice {

namespace {

template<typename ValueOf>
ColumnPtr integers(ColumnType type, std::size_t rows, ValueOf &&valueOf)
{
    auto column = takeColumn(type, rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::int64_t value = valueOf(row);
        column->integers[row] = value;
        column->valid[row] = value != kNoTicks;
    }
    return column;
}

/// The batch keeps the bytes that the views point to.
ColumnPtr views(ColumnType type, std::size_t rows, const std::vector<std::string_view> &texts)
{
    auto column = takeColumn(type, rows);
    for (std::size_t row = 0; row < rows && row < texts.size(); ++row) {
        column->texts[row] = texts[row];
        column->valid[row] = texts[row].data() != nullptr;
    }
    return column;
}

ColumnPtr constantText(std::size_t rows, std::string_view text)
{
    auto column = takeColumn(ColumnType::String, rows);
    column->texts.assign(rows, column->arena.copy(text));
    column->valid.assign(rows, 1);
    return column;
}

} // namespace

ColumnPtr makeSystemColumn(SystemColumn which, const Batch &batch, std::string_view source)
{
    if (which == SystemColumn::Source)
        return constantText(batch.rows, source);
    const RawRecords &raw = *batch.raw;
    const std::size_t rows = batch.rows;
    switch (which) {
    case SystemColumn::Partition:
        return integers(
            ColumnType::Long, rows, [&](std::size_t row) { return raw.records[row].partition; });
    case SystemColumn::Offset:
        return integers(
            ColumnType::Long, rows, [&](std::size_t row) { return raw.records[row].offset; });
    case SystemColumn::Key:
        return views(ColumnType::String, rows, raw.keys);
    case SystemColumn::Headers:
        return views(ColumnType::Dynamic, rows, raw.headers);
    case SystemColumn::IngestedAt:
        return integers(ColumnType::Datetime, rows, [&](std::size_t) { return raw.ingestedAt; });
    case SystemColumn::EventTime:
    case SystemColumn::Source:
        break;
    }
    return integers(
        ColumnType::Datetime, rows, [&](std::size_t row) { return batch.eventTime(row); });
}

} // namespace sluice
