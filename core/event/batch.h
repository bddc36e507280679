#pragma once

#include "core/base/time.h"
#include "core/event/column.h"
#include "core/event/schema.h"
#include "core/event/time_track.h"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice {

/// Rows of a batch at most: DuckDB's vector size, so that columns copy one to one.
inline constexpr std::size_t kBatchRows = 2048;
/// Bytes behind the last record that a JSON parser may read (simdjson's padding).
inline constexpr std::size_t kRecordPadding = 64;

/// One raw event inside RawRecords::bytes, and where it came from.
struct RecordSlice
{
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
    std::int64_t offset = 0; // the source's own: byte where the line begins, Kafka offset
    std::int32_t partition = 0;
    Ticks timestamp = kNoTicks; // the record's own time where the source has one
};

/// What a source delivers in one poll: the bytes of whole records, in the source's order.
/// Immutable once decoded. Recycled through a free list (takeRawRecords()).
struct RawRecords
{
    std::vector<char> bytes; // size includes kRecordPadding bytes behind `used`
    std::size_t used = 0;
    std::vector<RecordSlice> records;
    std::vector<std::string_view> keys;    // one a record, or empty; into `bytes` or `arena`
    std::vector<std::string_view> headers; // JSON object text, one a record, or empty
    Arena arena;
    Ticks ingestedAt = 0;    // wall time, ticks: when the source took it in
    std::string_view source; // id of the source node; lives as long as the run

    std::string_view record(std::size_t row) const
    {
        return {bytes.data() + records[row].begin, records[row].size};
    }
    void clear();
    /// Appends one record and a line feed behind it.
    void append(std::string_view record,
                std::int64_t offset,
                std::int32_t partition,
                Ticks timestamp = kNoTicks);
};

std::shared_ptr<RawRecords> takeRawRecords();

/// Which rows of a batch are alive, ascending.
class Selection
{
public:
    Selection() = default;
    explicit Selection(std::size_t rows)
        : m_count(static_cast<std::uint32_t>(rows))
    {}
    /// @param rows  ascending row numbers
    explicit Selection(std::shared_ptr<const std::vector<std::uint16_t>> rows)
        : m_count(static_cast<std::uint32_t>(rows->size()))
        , m_rows(std::move(rows))
    {}

    std::size_t size() const { return m_count; }
    bool empty() const { return m_count == 0; }
    /// Every row from 0 to size()-1.
    bool isDense() const { return m_rows == nullptr; }
    std::size_t operator[](std::size_t i) const { return m_rows ? (*m_rows)[i] : i; }
    const std::uint16_t *data() const { return m_rows ? m_rows->data() : nullptr; }

    template<typename Function>
    void forEach(Function &&function) const
    {
        if (!m_rows) {
            for (std::size_t i = 0; i < m_count; ++i)
                function(i);
        } else {
            for (const std::uint16_t row : *m_rows)
                function(static_cast<std::size_t>(row));
        }
    }

private:
    std::uint32_t m_count = 0;
    std::shared_ptr<const std::vector<std::uint16_t>> m_rows; // shared by the batches of one cut
};

std::shared_ptr<std::vector<std::uint16_t>> takeSelection();

/// The unit the engine moves. A value: copies share bytes and columns.
/// columns[i] belongs to schema->columns[i]; null where the plan found that nobody reads it.
struct Batch
{
    std::shared_ptr<const Schema> schema;
    std::shared_ptr<const RawRecords> raw; // null for events that no source delivered
    std::vector<ColumnPtr> columns;
    std::size_t rows = 0; // dense rows behind the selection
    Selection selection;
    Ticks ingestedAt = 0;
    std::uint64_t epoch = 0;
    /// Event times by record; null where no node behind asks for them. Row-mapping operators pass
    /// it on as it is.
    std::shared_ptr<const TimeTrack> times;
    /// For each row the record of `raw` and `times` that it was made from; null: its own number.
    /// Set by operators that make several rows of one, so that these keep their time and origin.
    std::shared_ptr<const std::vector<std::uint16_t>> origins;

    std::size_t originOf(std::size_t row) const { return origins ? (*origins)[row] : row; }
    /// The event's time; kNoTicks when it has none or nobody asked for times.
    Ticks eventTime(std::size_t row) const
    {
        return times ? times->events[originOf(row)] : kNoTicks;
    }
    /// Bytes of the selected rows as they came in; an estimate for computed events.
    std::size_t byteSize() const;
};

} // namespace sluice
