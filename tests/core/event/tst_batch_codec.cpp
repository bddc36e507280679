#include "core/base/random.h"
#include "core/event/batch_codec.h"

#include <doctest/doctest.h>

#include <numeric>

using namespace sluice;

namespace {

/// A batch of all types with nulls, empty texts and tokens.
Batch sample(std::size_t rows)
{
    Batch batch;
    Schema schema;
    schema.open = true;
    schema.columns = {{"flag", ColumnType::Bool},
                      {"count", ColumnType::Long},
                      {"temp", ColumnType::Real},
                      {"name", ColumnType::String},
                      {"bag", ColumnType::Dynamic},
                      {"unread", ColumnType::Real},
                      {"$offset", ColumnType::Long, true}};
    batch.schema = std::make_shared<Schema>(schema);
    batch.rows = rows;
    batch.selection = Selection(rows);
    batch.ingestedAt = 123;
    for (const SchemaColumn &column : schema.columns) {
        if (column.name == "unread") {
            batch.columns.push_back(nullptr);
            continue;
        }
        auto made = takeColumn(column.type, rows);
        for (std::size_t row = 0; row < rows; ++row) {
            made->valid[row] = row % 5 != 0;
            if (!made->bytes.empty())
                made->bytes[row] = row % 2;
            if (!made->integers.empty())
                made->integers[row] = static_cast<std::int64_t>(row) * 7 - 3;
            if (!made->floats.empty())
                made->floats[row] = static_cast<double>(row) / 3;
            if (!made->texts.empty() && row % 5 != 0)
                made->texts[row] = made->arena.copy(std::string(row % 9, 'a'));
        }
        if (column.name == "temp") {
            made->tokens.resize(rows);
            for (std::size_t row = 1; row < rows; row += 2)
                made->tokens[row] = made->arena.copy("1.50");
        }
        batch.columns.push_back(std::move(made));
    }
    return batch;
}

std::string encoded(const Batch &batch, const std::vector<std::uint16_t> &rows)
{
    ByteBuffer bytes;
    encodeBatch(batch, rows, bytes);
    return std::string(bytes.view());
}

std::vector<std::uint16_t> allRows(const Batch &batch)
{
    std::vector<std::uint16_t> rows(batch.rows);
    std::iota(rows.begin(), rows.end(), std::uint16_t{0});
    return rows;
}

} // namespace

TEST_CASE("a batch reads back with the chosen rows, nulls, tokens and columns nobody read")
{
    const Batch batch = sample(100);
    const std::vector<std::uint16_t> rows{0, 1, 17, 18, 99};
    const auto read = decodeBatch(encoded(batch, rows), batch.schema);
    REQUIRE(read);
    CHECK(read->schema == batch.schema);
    CHECK(read->rows == rows.size());
    CHECK(read->ingestedAt == 123);
    CHECK(read->columns[5] == nullptr);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(read->columns[0]->bytes[i] == batch.columns[0]->bytes[rows[i]]);
        CHECK(read->columns[1]->integers[i] == batch.columns[1]->integers[rows[i]]);
        CHECK(read->columns[2]->floats[i] == batch.columns[2]->floats[rows[i]]);
        CHECK(read->columns[2]->tokens[i] == batch.columns[2]->tokens[rows[i]]);
        CHECK((read->columns[2]->tokens[i].data() == nullptr)
              == (batch.columns[2]->tokens[rows[i]].data() == nullptr));
        CHECK(read->columns[3]->texts[i] == batch.columns[3]->texts[rows[i]]);
        CHECK(read->columns[4]->valid[i] == batch.columns[4]->valid[rows[i]]);
    }
}

TEST_CASE("bytes that were cut anywhere are refused")
{
    const Batch batch = sample(20);
    const std::string bytes = encoded(batch, allRows(batch));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(decodeBatch(std::string_view(bytes).substr(0, size)));
    CHECK_FALSE(decodeBatch(bytes + "x"));
}

TEST_CASE("changed bytes never lead outside of them")
{
    const Batch batch = sample(20);
    const std::string bytes = encoded(batch, allRows(batch));
    Random random(5);
    for (int i = 0; i < 20'000; ++i) {
        std::string changed = bytes;
        for (int change = 0; change < 3; ++change)
            changed[random.next() % changed.size()] = static_cast<char>(random.next());
        const auto read = decodeBatch(changed); // a batch or an error: the sanitizers watch
        if (read)
            CHECK(read->rows <= kBatchRows);
    }
}
