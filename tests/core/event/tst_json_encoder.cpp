#include "core/event/json_encoder.h"
#include "core/event/json_text.h"
#include "core/event/schema_inference.h"
#include "core/event/sensor_gen.h"
#include "tests/core/event/record_helpers.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace sluice;
using namespace sluice::test;

namespace {

template<typename Write>
std::string written(Write &&write)
{
    ByteBuffer out;
    write(out);
    return std::string(out.view());
}

Batch batchOf(const std::shared_ptr<RawRecords> &raw, Schema schema)
{
    Batch batch;
    batch.schema = std::make_shared<Schema>(std::move(schema));
    batch.raw = raw;
    batch.rows = raw->records.size();
    batch.selection = Selection(batch.rows);
    return batch;
}

} // namespace

TEST_CASE("a whole event goes out as the bytes it came in")
{
    const auto raw = records({R"({ "a": 1.0 })", R"({"b":2})"});
    Schema schema;
    schema.whole = true;
    ByteBuffer out;
    const Batch batch = batchOf(raw, schema);
    JsonEncoder(schema).encode(batch, out);
    CHECK(out.view() == "{ \"a\": 1.0 }\n{\"b\":2}\n");
    ByteBuffer again;
    std::vector<std::size_t> ends;
    JsonEncoder(schema).encode(batch, again, &ends);
    CHECK(again.view() == out.view());
    CHECK(ends == std::vector<std::size_t>{13, 21});
}

TEST_CASE("a record of several lines goes out on one line")
{
    const auto raw = records({"{\n \"a\": 1\n}"});
    Schema schema;
    schema.whole = true;
    std::vector<std::size_t> ends;
    ByteBuffer out;
    JsonEncoder(schema).encode(batchOf(raw, schema), out, &ends);
    CHECK(out.view() == "{  \"a\": 1 }\n");
}

TEST_CASE("columns go out in order, null where there is nothing")
{
    auto number = takeColumn(ColumnType::Real, 2);
    number->floats = {21.5, 0};
    number->valid = {1, 0};
    auto text = takeColumn(ColumnType::String, 2);
    text->texts = {"a\"b", {}};
    text->valid = {1, 0};
    Schema schema;
    schema.columns = {{"n", ColumnType::Real}, {"t", ColumnType::String}, {"m", ColumnType::Long}};
    Batch batch = batchOf(records({"{}", "{}"}), schema);
    batch.columns = {number, text, nullptr};
    ByteBuffer out;
    JsonEncoder(schema).encode(batch, out);
    CHECK(out.view()
          == "{\"n\":21.5,\"t\":\"a\\\"b\",\"m\":null}\n{\"n\":null,\"t\":null,\"m\":null}\n");
}

TEST_CASE("a real is written as the shortest text that reads back, and stays a real")
{
    const auto real = [](double value) {
        return written([&](ByteBuffer &out) { appendJsonReal(out, value); });
    };
    CHECK(real(5) == "5.0");
    CHECK(real(0.1) == "0.1");
    CHECK(real(-10) == "-10.0");
    CHECK(real(69.62) == "69.62");
    CHECK(real(1e300) == "1e+300");
    CHECK(real(std::nan("")) == "\"NaN\"");
    CHECK(real(std::numeric_limits<double>::infinity()) == "\"Infinity\"");
}

TEST_CASE("any bytes become a valid JSON string")
{
    const auto text = [](std::string_view value) {
        return written([&](ByteBuffer &out) { appendJsonString(out, value); });
    };
    CHECK(text("a\x01\n\t\\") == R"("a\u0001\n\t\\")");
    CHECK(text("\xC3\xA9") == "\"\xC3\xA9\"");
    CHECK(text("x\xFFy") == "\"x\xEF\xBF\xBDy\"");
    CHECK(text("\xED\xA0\x80") == "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST_CASE("numbers are read exactly, like strtod")
{
    for (const char *token : {"0",
                              "-0.5",
                              "39.9",
                              "123456789012345",
                              "1234567890123456789",
                              "0.1e-7",
                              "2.2250738585072014e-308",
                              "1e-400",
                              "3.14159265358979"}) {
        CAPTURE(token);
        CHECK(parseJsonNumber(token) == std::strtod(token, nullptr));
    }
    CHECK(parseJsonInteger("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
    CHECK_FALSE(parseJsonInteger("9223372036854775808"));
    CHECK_FALSE(parseJsonInteger("1.0"));
}

TEST_CASE("columns are inferred in order of appearance and widened")
{
    const Schema schema = inferSchema({R"({"i":1,"r":1,"t":"2026-01-01T00:00:00Z","x":null})",
                                       "not json",
                                       R"({"i":2,"r":1.5,"t":"2026-01-02T00:00:00Z","s":"a"})",
                                       R"({"i":3,"s":5,"o":{"a":1},"x":true})"});
    const std::vector<SchemaColumn> expected{{"i", ColumnType::Long},
                                             {"r", ColumnType::Real},
                                             {"t", ColumnType::Datetime},
                                             {"x", ColumnType::Bool},
                                             {"s", ColumnType::Dynamic},
                                             {"o", ColumnType::Dynamic}};
    CHECK(schema.columns == expected);
    CHECK(schema.open);
    CHECK(schema.whole);
}

TEST_CASE("SensorGen gives its closed-form events")
{
    const auto event = [](std::uint64_t index) {
        std::string text;
        appendSensorGenEvent(text, index);
        return text;
    };
    CHECK(event(0)
          == R"({"device_id":"sensor000","temp":0.0,"timestamp":"2026-01-01T00:00:00.000Z"})");
    CHECK(event(1)
          == R"({"device_id":"sensor919","temp":1.1,"timestamp":"2026-01-01T00:00:00.000Z"})");
    CHECK(event(400'000)
          == R"({"device_id":"sensor000","temp":0.0,"timestamp":"2026-01-01T00:00:10.000Z"})");
    int hot = 0;
    for (std::uint64_t i = 0; i < 400'000; i += 1000) // device 0
        hot += std::stod(event(i).substr(32)) > 20 ? 1 : 0;
    CHECK(hot == 199);
}
