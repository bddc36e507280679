#include "core/event/gather.h"

namespace sluice {

namespace {

template<typename T>
void gatherValues(const std::vector<T> &from,
                  std::vector<T> &to,
                  std::span<const std::uint32_t> rows)
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] != kNoRow)
            to[i] = from[rows[i]];
    }
}

} // namespace

ColumnPtr gather(const ColumnPtr &column, std::span<const std::uint32_t> rows)
{
    if (!column)
        return nullptr;
    auto result = takeColumn(column->type, rows.size());
    gatherValues(column->valid, result->valid, rows);
    switch (column->storage()) {
    case Storage::Byte:
        gatherValues(column->bytes, result->bytes, rows);
        break;
    case Storage::Integer:
        gatherValues(column->integers, result->integers, rows);
        break;
    case Storage::Float:
        gatherValues(column->floats, result->floats, rows);
        break;
    case Storage::Text:
        gatherValues(column->texts, result->texts, rows);
        break;
    }
    if (!column->tokens.empty()) {
        result->tokens.resize(rows.size());
        gatherValues(column->tokens, result->tokens, rows);
    }
    if (!column->tokens.empty() || column->storage() == Storage::Text)
        result->sources.push_back(column);
    return result;
}

Batch derivedBatch(const Batch &source,
                   std::shared_ptr<const Schema> schema,
                   std::span<const std::uint32_t> rows)
{
    auto origins = takeSelection();
    for (const std::uint32_t row : rows)
        origins->push_back(static_cast<std::uint16_t>(source.originOf(row)));
    Batch batch = source;
    batch.schema = std::move(schema);
    batch.columns.clear();
    batch.rows = rows.size();
    batch.selection = Selection(rows.size());
    batch.origins = std::move(origins);
    return batch;
}

} // namespace sluice
