#include "core/event/datetime.h"
#include "core/operators/reference_table.h"

#include <doctest/doctest.h>

using namespace sluice;

namespace {

std::shared_ptr<Column> column(ColumnType type, std::size_t rows)
{
    auto result = std::make_shared<Column>();
    result->reset(type, rows);
    return result;
}

ColumnPtr texts(const std::vector<const char *> &values)
{
    auto result = column(ColumnType::String, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] != nullptr) {
            result->texts[i] = values[i];
            result->valid[i] = 1;
        }
    }
    return result;
}

ColumnPtr integers(ColumnType type, const std::vector<std::optional<std::int64_t>> &values)
{
    auto result = column(type, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i]) {
            result->integers[i] = *values[i];
            result->valid[i] = 1;
        }
    }
    return result;
}

TableColumns table(std::vector<SchemaColumn> schema, std::vector<ColumnPtr> columns)
{
    TableColumns result;
    result.schema.columns = std::move(schema);
    result.rows = columns.front()->rows();
    result.columns = std::move(columns);
    return result;
}

/// Rows that a key means: "0,2".
std::string found(const ReferenceTable &reference,
                  const std::vector<const Column *> &columns,
                  std::size_t row,
                  Ticks time = kMaxTicks)
{
    KeyEncoder encoder(reference.keyKinds());
    std::string rows;
    for (std::uint32_t match = reference.find(encoder.encode(columns, row), time);
         match != ReferenceTable::kNone;
         match = reference.next(match))
        rows += (rows.empty() ? "" : ",") + std::to_string(match);
    return rows;
}

} // namespace

TEST_CASE("a key finds all its rows, in their order")
{
    const ColumnPtr names = texts({"a", "b", "a", nullptr, "a"});
    const auto reference =
        ReferenceTable::create(table({{"name", ColumnType::String}}, {names}), {0}, std::nullopt);
    REQUIRE(reference);
    CHECK(reference->keyCount() == 3);
    const ColumnPtr asked = texts({"a", "b", "c", nullptr, ""});
    CHECK(found(*reference, {asked.get()}, 0) == "0,2,4");
    CHECK(found(*reference, {asked.get()}, 1) == "1");
    CHECK(found(*reference, {asked.get()}, 2).empty());
    CHECK(found(*reference, {asked.get()}, 3) == "3"); // null and "" are one, as in KQL
    CHECK(found(*reference, {asked.get()}, 4) == "3");
}

TEST_CASE("int and long are equal as keys, and null is equal to null")
{
    const auto reference = ReferenceTable::create(
        table({{"n", ColumnType::Long}}, {integers(ColumnType::Long, {7, std::nullopt, 0})}),
        {0},
        std::nullopt);
    REQUIRE(reference);
    const ColumnPtr asked = integers(ColumnType::Int, {7, 0, std::nullopt, 8});
    CHECK(found(*reference, {asked.get()}, 0) == "0");
    CHECK(found(*reference, {asked.get()}, 1) == "2");
    CHECK(found(*reference, {asked.get()}, 2) == "1");
    CHECK(found(*reference, {asked.get()}, 3).empty());
}

TEST_CASE("keys of several columns do not run into each other")
{
    const auto reference =
        ReferenceTable::create(table({{"a", ColumnType::String}, {"b", ColumnType::String}},
                                     {texts({"x", "xy"}), texts({"yz", "z"})}),
                               {0, 1},
                               std::nullopt);
    REQUIRE(reference);
    const ColumnPtr a = texts({"x", "xy", "xyz"});
    const ColumnPtr b = texts({"yz", "z", ""});
    CHECK(found(*reference, {a.get(), b.get()}, 0) == "0");
    CHECK(found(*reference, {a.get(), b.get()}, 1) == "1");
    CHECK(found(*reference, {a.get(), b.get()}, 2).empty());
}

TEST_CASE("equal numbers are equal keys, whatever their bits or digits")
{
    auto reals = column(ColumnType::Real, 1);
    reals->floats[0] = 0.0;
    reals->valid[0] = 1;
    auto decimals = column(ColumnType::Decimal, 1);
    decimals->texts[0] = "1.50";
    decimals->valid[0] = 1;
    const auto reference = ReferenceTable::create(
        table({{"r", ColumnType::Real}, {"d", ColumnType::Decimal}}, {reals, decimals}),
        {0, 1},
        std::nullopt);
    REQUIRE(reference);
    auto minusZero = column(ColumnType::Real, 1);
    minusZero->floats[0] = -0.0;
    minusZero->valid[0] = 1;
    auto same = column(ColumnType::Decimal, 1);
    same->texts[0] = "1.5";
    same->valid[0] = 1;
    CHECK(found(*reference, {minusZero.get(), same.get()}, 0) == "0");
}

TEST_CASE("a version counts from its moment until the next one")
{
    const ColumnPtr names = texts({"a", "b", "a", "a", "a"});
    const ColumnPtr moments = integers(ColumnType::Datetime, {100, 50, 0, 100, std::nullopt});
    const auto reference = ReferenceTable::create(
        table({{"name", ColumnType::String}, {"from", ColumnType::Datetime}}, {names, moments}),
        {0},
        1);
    REQUIRE(reference);
    const ColumnPtr asked = texts({"a", "b"});
    CHECK(found(*reference, {asked.get()}, 0, -1).empty());
    CHECK(found(*reference, {asked.get()}, 0, 0) == "2");
    CHECK(found(*reference, {asked.get()}, 0, 99) == "2");
    CHECK(found(*reference, {asked.get()}, 0, 100) == "0,3");
    CHECK(found(*reference, {asked.get()}, 0, kMaxTicks) == "0,3");
    CHECK(found(*reference, {asked.get()}, 1, 49).empty());
    CHECK(found(*reference, {asked.get()}, 1, 50) == "1");
}

TEST_CASE("many keys are all found")
{
    std::vector<std::optional<std::int64_t>> numbers;
    for (std::int64_t i = 0; i < 10'000; ++i)
        numbers.emplace_back(i * 977);
    const ColumnPtr keys = integers(ColumnType::Long, numbers);
    const auto reference =
        ReferenceTable::create(table({{"n", ColumnType::Long}}, {keys}), {0}, std::nullopt);
    REQUIRE(reference);
    CHECK(reference->keyCount() == 10'000);
    KeyEncoder encoder(reference->keyKinds());
    const std::vector<const Column *> columns{keys.get()};
    for (std::uint32_t row = 0; row < 10'000; ++row)
        REQUIRE(reference->find(encoder.encode(columns, row), 0) == row);
}

TEST_CASE("a dynamic column cannot be a key")
{
    const auto reference = ReferenceTable::create(
        table({{"d", ColumnType::Dynamic}}, {column(ColumnType::Dynamic, 1)}), {0}, std::nullopt);
    REQUIRE_FALSE(reference);
    CHECK(reference.error().code == ErrorCode::WrongType);
}
