#include "core/base/random.h"
#include "core/event/json_decoder.h"
#include "tests/core/event/record_helpers.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace sluice;
using namespace sluice::test;

namespace {

using Rows = std::vector<std::size_t>;

DecodedRecords decode(const std::vector<std::string> &texts,
                      std::vector<DecodeField> fields,
                      const RawRecords *&kept)
{
    static std::shared_ptr<RawRecords> raw; // texts of the columns point into it
    raw = records(texts);
    kept = raw.get();
    DecodedRecords out;
    JsonDecoder(std::move(fields)).decode(*raw, out);
    return out;
}

DecodedRecords decode(const std::vector<std::string> &texts, std::vector<DecodeField> fields)
{
    const RawRecords *kept = nullptr;
    return decode(texts, std::move(fields), kept);
}

std::vector<std::string> withBadInTheMiddle(const std::string &bad)
{
    std::vector<std::string> texts;
    for (int i = 0; i < 10; ++i)
        texts.push_back(R"({"a":)" + std::to_string(i) + "}");
    texts.insert(texts.begin() + 5, bad);
    return texts;
}

} // namespace

TEST_CASE("a bad record never harms its neighbours")
{
    const std::vector<std::pair<std::string, ErrorCode>> shapes{
        {R"({"a":5)", ErrorCode::MalformedJson},
        {R"({"a":"x})", ErrorCode::MalformedJson},
        {"{\"a\":\"x\ny\"}", ErrorCode::MalformedJson},
        {"{\"a\":\"\xff\xfe\"}", ErrorCode::MalformedJson},
        {R"({"a":1}})", ErrorCode::MalformedJson},
        {"hello", ErrorCode::MalformedJson},
        {"NaN", ErrorCode::MalformedJson},
        {R"({"a":1} {"a":2})", ErrorCode::MalformedJson},
        {"42", ErrorCode::NotAnObject},
        {R"("text")", ErrorCode::NotAnObject},
        {"[1,2]", ErrorCode::NotAnObject},
        {"", ErrorCode::NotAnObject},
        {R"({"a":1e400})", ErrorCode::MalformedJson},
        {R"({"a":01})", ErrorCode::MalformedJson},
        {R"(} {"a":1)", ErrorCode::MalformedJson},
    };
    for (const auto &[text, code] : shapes) {
        CAPTURE(text);
        const auto out = decode(withBadInTheMiddle(text), {{"a", ColumnType::Long}});
        CHECK(rowsOf(out.good) == Rows{0, 1, 2, 3, 4, 6, 7, 8, 9, 10});
        REQUIRE(out.bad.size() == 1);
        CHECK(out.bad[0].row == 5);
        CHECK(out.bad[0].code == code);
        CHECK(out.columns[0]->integers[4] == 4);
        CHECK(out.columns[0]->integers[6] == 5);
    }
}

TEST_CASE("two records that only make sense together are both bad")
{
    const auto out =
        decode({R"({"a":1})", R"({"a":)", "2}", R"({"a":3})"}, {{"a", ColumnType::Long}});
    CHECK(rowsOf(out.good) == Rows{0, 3});
    CHECK(out.bad.size() == 2);
}

TEST_CASE("a record that is too long is given up, one at the limit is not")
{
    const std::string fits = R"({"a":")" + std::string(32, 'x') + "\"}";
    const auto raw = records({fits, fits + " ", R"({"a":"y"})"});
    DecodedRecords out;
    JsonDecoder({{"a", ColumnType::String}}, fits.size()).decode(*raw, out);
    CHECK(rowsOf(out.good) == Rows{0, 2});
    REQUIRE(out.bad.size() == 1);
    CHECK(out.bad[0].code == ErrorCode::RecordTooLong);
}

TEST_CASE("nesting beyond 1024 levels is given up")
{
    const std::string deep = R"({"a":)" + std::string(1025, '[') + std::string(1025, ']') + "}";
    const auto out = decode({deep, R"({"a":1})"}, {{"a", ColumnType::Dynamic}});
    CHECK(rowsOf(out.good) == Rows{1});
    REQUIRE(out.bad.size() == 1);
    CHECK(out.bad[0].code == ErrorCode::TooDeep);
}

TEST_CASE("a value that does not fit its type is null and counted")
{
    const auto out = decode({R"({"r":"warm","l":1.5,"d":"soon","b":1,"i":3000000000})",
                             R"({"r":2.5,"l":7,"d":"2026-01-01T00:00:00Z","b":true,"i":3})"},
                            {{"r", ColumnType::Real},
                             {"l", ColumnType::Long},
                             {"d", ColumnType::Datetime},
                             {"b", ColumnType::Bool},
                             {"i", ColumnType::Int}});
    CHECK(out.good.size() == 2);
    CHECK(out.conversionErrors == 5);
    for (const auto &column : out.columns) {
        CHECK(column->valid[0] == 0);
        CHECK(column->valid[1] == 1);
    }
    CHECK(out.columns[0]->floats[1] == 2.5);
    CHECK(out.columns[2]->integers[1] == 1'767'225'600LL * kTicksPerSecond);
}

TEST_CASE("missing and null fields are null and no error")
{
    const auto out = decode({R"({"a":null})", R"({"b":1})"}, {{"a", ColumnType::String}});
    CHECK(out.conversionErrors == 0);
    CHECK(out.columns[0]->valid[0] == 0);
    CHECK(out.columns[0]->valid[1] == 0);
    CHECK(out.columns[0]->texts[1].empty());
}

TEST_CASE("of duplicate keys the first counts and the counter rises")
{
    const auto out = decode({R"({"a":1,"a":2})"}, {{"a", ColumnType::Long}});
    CHECK(out.columns[0]->integers[0] == 1);
    CHECK(out.conversionErrors == 1);
}

TEST_CASE("a number keeps its text and a string its escapes")
{
    const RawRecords *kept = nullptr;
    const auto out =
        decode({R"({ "t" : 22.0 , "s" : "a\u00e9\n\ud83d\ude00" })"},
               {{"t", ColumnType::Real, true, true}, {"s", ColumnType::String, true, true}},
               kept);
    CHECK(out.columns[0]->tokens[0] == "22.0");
    CHECK(out.columns[0]->floats[0] == 22.0);
    CHECK(out.columns[1]->texts[0] == "a\xC3\xA9\n\xF0\x9F\x98\x80");
    CHECK(out.columns[1]->tokens[0] == R"("a\u00e9\n\ud83d\ude00")");
}

TEST_CASE("keys are found in any order, escaped, and behind nested values")
{
    const auto out = decode({R"({"n":{"a":9,"x":[1,{"a":8}]},"a":1})",
                             R"({"a":2,"n":[]})",
                             R"({"\u0061":3})",
                             R"({"ab":7,"b":{},"a":4})"},
                            {{"a", ColumnType::Long}});
    CHECK(out.columns[0]->integers == std::vector<std::int64_t>{1, 2, 3, 4});
}

TEST_CASE("a text column takes other values as their text")
{
    const auto out = decode({R"({"s":5})", R"({"s":{"a":1}})", R"({"s":true})"},
                            {{"s", ColumnType::String, true, true}});
    CHECK(out.columns[0]->texts[0] == "5");
    CHECK(out.columns[0]->tokens[0] == "\"5\"");
    CHECK(out.columns[0]->texts[1] == R"({"a":1})");
    CHECK(out.columns[0]->texts[2] == "true");
    CHECK(out.conversionErrors == 0);
}

TEST_CASE("parsing together and one by one give the same, whatever stands beside what")
{
    const std::vector<std::string> shapes{R"({"a":1,"s":"x"})",
                                          R"({"a":-2.5e3,"s":"y\"z"})",
                                          R"( {"s":null} )",
                                          R"({})",
                                          R"({"a":"no"})",
                                          R"({"a":1)",
                                          R"("a)",
                                          R"(})",
                                          R"({"a":{"b":[1,2]}})",
                                          R"([1])",
                                          R"({"a":1}{})",
                                          R"({"s":"})",
                                          "",
                                          R"({"a" : 12345678901234567890123})",
                                          R"({"é":"ü","a":3})"};
    const std::vector<DecodeField> fields{{"a", ColumnType::Real, true, true},
                                          {"s", ColumnType::String, true, true}};
    JsonDecoder together(fields);
    JsonDecoder single(fields);
    Random random(7);
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::string> texts;
        const std::size_t good = random.below(3); // rounds without bad records too
        for (std::size_t i = 0; i < 1 + random.below(12); ++i)
            texts.push_back(shapes[good == 0 ? random.below(4) : random.below(shapes.size())]);
        const auto raw = records(texts);
        DecodedRecords a;
        DecodedRecords b;
        together.decode(*raw, a);
        single.decodeOneByOne(*raw, b);
        REQUIRE(rowsOf(a.good) == rowsOf(b.good));
        REQUIRE(a.bad.size() == b.bad.size());
        REQUIRE(a.conversionErrors == b.conversionErrors);
        for (const std::size_t row : rowsOf(a.good)) {
            for (std::size_t field = 0; field < fields.size(); ++field) {
                REQUIRE(a.columns[field]->valid[row] == b.columns[field]->valid[row]);
                REQUIRE(a.columns[field]->tokens[row] == b.columns[field]->tokens[row]);
            }
        }
    }
}

TEST_CASE("a record changed in any byte is judged as a whole JSON parser judges it")
{
    const std::vector<std::string> seeds{
        R"({"a":25.3,"s":"sensor001","t":"2026-01-01T00:00:00Z"})",
        R"({"n":{"a":[1,-2,{"b":[]},{}],"c":null},"a":-0.5e-3,"s":"x\"\\\/\n\u00e9"})",
        R"( { "a" : 0 , "s" : "" , "l" : [ true , false , [ [ 1.0 ] , "y" ] ] } )",
        R"({"a":12345678901234567,"b":1234567890123456789012,"s":"\ud83d\ude00","d":{"d":{"d":{}}}})"};
    const std::string bytes = "{}[]:,\"\\ \t\r0123456789+-.eEutfalsrn\x01\x7f\x80\xC3\xA9";
    const std::vector<DecodeField> fields{{"a", ColumnType::Real, true, true},
                                          {"s", ColumnType::String, true, true},
                                          {"n", ColumnType::Dynamic, true, false}};
    JsonDecoder together(fields);
    JsonDecoder single(fields);
    Random random(11);
    std::size_t accepted = 0;
    for (int round = 0; round < 40'000; ++round) {
        std::string text = seeds[random.below(seeds.size())];
        for (std::size_t i = random.below(3); i > 0; --i) {
            const std::size_t place = random.below(text.size());
            const char byte = bytes[random.below(bytes.size())];
            switch (random.below(3)) {
            case 0:
                text[place] = byte;
                break;
            case 1:
                text.insert(place, 1, byte);
                break;
            default:
                text.erase(place, 1 + random.below(4));
                break;
            }
        }
        CAPTURE(text);
        const auto raw = records({text, seeds[0]});
        DecodedRecords a;
        DecodedRecords b;
        together.decode(*raw, a);
        single.decodeOneByOne(*raw, b);
        REQUIRE(rowsOf(a.good) == rowsOf(b.good));
        REQUIRE(a.conversionErrors == b.conversionErrors);
        accepted += a.good.size() - 1;
        for (const std::size_t row : rowsOf(a.good)) {
            for (std::size_t field = 0; field < fields.size(); ++field) {
                REQUIRE(a.columns[field]->valid[row] == b.columns[field]->valid[row]);
                REQUIRE(a.columns[field]->texts == b.columns[field]->texts);
                if (fields[field].token)
                    REQUIRE(a.columns[field]->tokens[row] == b.columns[field]->tokens[row]);
            }
        }
    }
    CHECK(accepted > 10'000);
    CHECK(accepted < 35'000);
}
