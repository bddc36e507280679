#include "core/event/batch_codec.h"

#include "core/base/state_bytes.h"

#include <algorithm>
#include <cstring>

namespace sluice {

namespace {

/// Size of a token that is not there.
constexpr std::uint32_t kNoToken = ~std::uint32_t{0};

template<typename T>
void put(ByteBuffer &out, const T &value)
{
    std::memcpy(out.reserveMore(sizeof(T)), &value, sizeof(T));
    out.advance(sizeof(T));
}

void putText(ByteBuffer &out, std::string_view text)
{
    put(out, static_cast<std::uint64_t>(text.size()));
    out.append(text);
}

template<typename T>
void putRows(ByteBuffer &out, const std::vector<T> &values, std::span<const std::uint16_t> rows)
{
    char *place = out.reserveMore(rows.size() * sizeof(T));
    for (const std::uint16_t row : rows) {
        std::memcpy(place, &values[row], sizeof(T));
        place += sizeof(T);
    }
    out.advance(rows.size() * sizeof(T));
}

/// Sizes of all texts, then their bytes.
void putTexts(ByteBuffer &out,
              const std::vector<std::string_view> &texts,
              std::span<const std::uint16_t> rows,
              bool mayMiss)
{
    std::uint64_t bytes = 0;
    char *place = out.reserveMore(rows.size() * sizeof(std::uint32_t));
    for (const std::uint16_t row : rows) {
        const std::string_view text = texts[row];
        const bool missing = mayMiss && text.data() == nullptr;
        const auto size = missing ? kNoToken : static_cast<std::uint32_t>(text.size());
        std::memcpy(place, &size, sizeof(size));
        place += sizeof(size);
        bytes += text.size();
    }
    out.advance(rows.size() * sizeof(std::uint32_t));
    put(out, bytes);
    place = out.reserveMore(bytes);
    for (const std::uint16_t row : rows) {
        const std::string_view text = texts[row];
        if (!text.empty())
            std::memcpy(place, text.data(), text.size());
        place += text.size();
    }
    out.advance(bytes);
}

void putColumn(ByteBuffer &out, const Column &column, std::span<const std::uint16_t> rows)
{
    putRows(out, column.valid, rows);
    switch (column.storage()) {
    case Storage::Byte:
        putRows(out, column.bytes, rows);
        break;
    case Storage::Integer:
        putRows(out, column.integers, rows);
        break;
    case Storage::Float:
        putRows(out, column.floats, rows);
        break;
    case Storage::Text:
        putTexts(out, column.texts, rows, false);
        break;
    }
    put(out, !column.tokens.empty());
    if (!column.tokens.empty())
        putTexts(out, column.tokens, rows, true);
}

template<typename T>
void readRows(StateReader &in, std::vector<T> &values, std::size_t rows)
{
    const std::string_view bytes = in.getBytes(rows * sizeof(T));
    values.resize(rows);
    if (!bytes.empty())
        std::memcpy(values.data(), bytes.data(), bytes.size());
}

void readTexts(StateReader &in,
               Column &column,
               std::vector<std::string_view> &texts,
               std::size_t rows)
{
    std::vector<std::uint32_t> sizes;
    readRows(in, sizes, rows);
    const auto bytes = in.get<std::uint64_t>();
    const std::string_view all = column.arena.copy(in.getBytes(bytes));
    texts.assign(rows, {});
    std::size_t begin = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        if (sizes[row] == kNoToken)
            continue;
        if (sizes[row] > all.size() - begin)
            return in.fail();
        // An empty text that is there has an address.
        texts[row] = all.empty() ? std::string_view("") : all.substr(begin, sizes[row]);
        begin += sizes[row];
    }
    if (begin != all.size())
        in.fail();
}

ColumnPtr readColumn(StateReader &in, ColumnType type, std::size_t rows)
{
    auto column = takeColumn(type, rows);
    readRows(in, column->valid, rows);
    switch (column->storage()) {
    case Storage::Byte:
        readRows(in, column->bytes, rows);
        break;
    case Storage::Integer:
        readRows(in, column->integers, rows);
        break;
    case Storage::Float:
        readRows(in, column->floats, rows);
        break;
    case Storage::Text:
        readTexts(in, *column, column->texts, rows);
        break;
    }
    if (in.get<bool>())
        readTexts(in, *column, column->tokens, rows);
    return column;
}

Schema readSchema(StateReader &in)
{
    constexpr std::size_t kLeastColumn = 10;
    Schema schema;
    schema.open = in.get<bool>();
    schema.whole = in.get<bool>();
    const std::size_t columns = in.getCount(kLeastColumn);
    for (std::size_t i = 0; i < columns && in.ok(); ++i) {
        SchemaColumn column;
        column.name = in.getText();
        const auto type = in.get<std::uint8_t>();
        if (type > static_cast<std::uint8_t>(ColumnType::Dynamic))
            in.fail();
        column.type = static_cast<ColumnType>(in.ok() ? type : 0);
        column.system = in.get<bool>();
        schema.columns.push_back(std::move(column));
    }
    return schema;
}

} // namespace

void encodeBatch(const Batch &batch, std::span<const std::uint16_t> rows, ByteBuffer &out)
{
    put(out, static_cast<std::uint32_t>(rows.size()));
    put(out, batch.ingestedAt);
    put(out, batch.schema->open);
    put(out, batch.schema->whole);
    put(out, static_cast<std::uint64_t>(batch.schema->columns.size()));
    for (const SchemaColumn &column : batch.schema->columns) {
        putText(out, column.name);
        put(out, static_cast<std::uint8_t>(column.type));
        put(out, column.system);
    }
    for (const ColumnPtr &column : batch.columns) {
        put(out, column != nullptr);
        if (column != nullptr)
            putColumn(out, *column, rows);
    }
}

Result<Batch> decodeBatch(std::string_view bytes, const std::shared_ptr<const Schema> &known)
{
    StateReader in(bytes);
    Batch batch;
    batch.rows = in.get<std::uint32_t>();
    if (batch.rows > kBatchRows)
        in.fail();
    batch.ingestedAt = in.get<Ticks>();
    Schema schema = readSchema(in);
    for (std::size_t i = 0; i < schema.columns.size() && in.ok(); ++i)
        batch.columns.push_back(in.get<bool>() ? readColumn(in, schema.columns[i].type, batch.rows)
                                               : nullptr);
    if (!in.ok() || !in.atEnd())
        return fail(ErrorCode::OutboxDamaged, "a batch in the outbox is damaged");
    batch.schema =
        known != nullptr && *known == schema ? known : std::make_shared<Schema>(std::move(schema));
    batch.selection = Selection(batch.rows);
    return batch;
}

} // namespace sluice
