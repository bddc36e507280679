#include "core/event/batch.h"

#include "core/event/pool.h"

#include <algorithm>

namespace sluice {

namespace {

template<typename T>
std::shared_ptr<T> takeFromPool()
{
    static const auto pool = std::make_shared<Pool<T>>();
    return pool->take();
}

} // namespace

void Column::reset(ColumnType newType, std::size_t rows)
{
    type = newType;
    valid.assign(rows, 0);
    bytes.clear();
    integers.clear();
    floats.clear();
    texts.clear();
    tokens.clear();
    sources.clear();
    arena.clear();
    switch (storage()) {
    case Storage::Byte:
        bytes.resize(rows);
        break;
    case Storage::Integer:
        integers.resize(rows);
        break;
    case Storage::Float:
        floats.resize(rows);
        break;
    case Storage::Text:
        texts.resize(rows);
        break;
    }
}

std::shared_ptr<Column> takeColumn(ColumnType type, std::size_t rows)
{
    auto column = takeFromPool<Column>();
    column->reset(type, rows);
    return column;
}

void RawRecords::clear()
{
    used = 0;
    records.clear();
    keys.clear();
    headers.clear();
    arena.clear();
    ingestedAt = 0;
    source = {};
    constexpr std::size_t kKeepBytes = 4U << 20U;
    if (bytes.size() > kKeepBytes)
        bytes = {};
}

void RawRecords::append(std::string_view record,
                        std::int64_t offset,
                        std::int32_t partition,
                        Ticks timestamp)
{
    const std::size_t needed = used + record.size() + 1 + kRecordPadding;
    if (bytes.size() < needed)
        bytes.resize(std::max(needed, bytes.size() * 2));
    std::copy(record.begin(), record.end(), bytes.data() + used);
    records.push_back({static_cast<std::uint32_t>(used),
                       static_cast<std::uint32_t>(record.size()),
                       offset,
                       partition,
                       timestamp});
    used += record.size();
    bytes[used++] = '\n';
}

std::shared_ptr<RawRecords> takeRawRecords()
{
    auto records = takeFromPool<RawRecords>();
    records->clear();
    return records;
}

std::shared_ptr<std::vector<std::uint16_t>> takeSelection()
{
    auto selection = takeFromPool<std::vector<std::uint16_t>>();
    selection->clear();
    return selection;
}

std::size_t Batch::byteSize() const
{
    if (!raw)
        return selection.size() * 64;
    if (!origins && selection.isDense() && selection.size() == raw->records.size())
        return raw->used;
    std::size_t sum = 0;
    selection.forEach([&](std::size_t row) { sum += raw->records[originOf(row)].size + 1; });
    return sum;
}

} // namespace sluice
