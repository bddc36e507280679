#include "core/storage/database_registry.h"
#include "core/storage/kql_functions.h"
#include "core/storage/value_text.h"
#include "tests/core/storage/scratch.h"

using namespace sluice;
using namespace sluice::test;

namespace {

std::string number(std::optional<Int128> value)
{
    if (!value)
        return "none";
    const bool negative = *value < 0;
    Int128 rest = negative ? -*value : *value;
    std::string digits;
    do {
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
        rest /= 10;
    } while (rest > 0);
    return (negative ? "-" : "") + digits;
}

std::string nested(std::size_t depth)
{
    return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

TEST_CASE("decimals are written as DuckDB does, without zeros behind the point")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    Connection connection = must(must(registry.open(scratch.path("a.duckdb")))->connect());
    must(ensureKqlFunctions(connection));
    for (const char *type :
         {"DECIMAL(4,0)", "DECIMAL(4,2)", "DECIMAL(18,3)", "DECIMAL(38,0)", "DECIMAL(38,18)"}) {
        CAPTURE(type);
        const std::string differing = rows(
            connection,
            fmt::format(
                "SELECT a, b FROM (SELECT sluice_decimal(x) AS a, CASE WHEN contains(x::VARCHAR, "
                "'.') THEN rtrim(rtrim(x::VARCHAR, '0'), '.') ELSE x::VARCHAR END AS b "
                "FROM (SELECT TRY_CAST(v AS {}) AS x FROM (VALUES ('0'), ('1'), ('-1'), "
                "('0.05'), ('-0.5'), ('99.99'), ('-99.9'), ('1234'), ('0.123456789'), "
                "('123456789012345.678'), ('12345678901234567890.123456789012345678'), "
                "('-99999999999999999999999999999999999999'), "
                "('99999999999999999999999999999999999999'), "
                "('1000000000000000000'), ('999999999999999999.999'), "
                "('0.00000000000000000000000000000000000001'), (NULL)) t(v))) "
                "WHERE a IS DISTINCT FROM b",
                type));
        CHECK(differing == "");
    }
    // Here DuckDB leaves out the zero before the point, which no kernel reads back.
    CHECK(rows(connection,
               "SELECT sluice_decimal(x::DECIMAL(9,9)), sluice_decimal(x::DECIMAL(38,38)) FROM "
               "(VALUES (0.05), (-0.5), (0)) t(x)")
          == "0.05|0.05;-0.5|-0.5;0|0");
    CHECK(connection.query("SELECT sluice_decimal(1.5::DOUBLE)").error().code
          == ErrorCode::DatabaseFailed);
}

TEST_CASE("what is taken for JSON, DuckDB takes too")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    Connection connection = must(must(registry.open(scratch.path("a.duckdb")))->connect());
    const std::vector<std::string> good{"{}",
                                        " [ ] ",
                                        "null",
                                        "-0.5e+10",
                                        "0",
                                        "123456789012345678901234567890",
                                        "1e400",
                                        R"({"a":[1,true,false,null,"x\n\u00e9"],"b":{}})",
                                        R"("\ud83d\ude00")",
                                        "\"\xC3\xA9\"",
                                        R"("\u0000")",
                                        R"({"a":1,"a":2})",
                                        nested(kMaxJsonDepth)};
    for (const std::string &json : good) {
        CAPTURE(json);
        CHECK(isJson(json));
        CHECK(rows(connection, "SELECT json_valid(" + quoteText(json) + ")") == "true");
        must(connection.query("SELECT json_type(" + quoteText(json) + ")"));
    }
}

TEST_CASE("what is no JSON is refused")
{
    const std::vector<std::string> bad{"",
                                       " ",
                                       "{",
                                       "{\"a\":1",
                                       "{\"a\":1,}",
                                       "{a:1}",
                                       "{\"a\"1}",
                                       "[1 2]",
                                       "[1,]",
                                       "01",
                                       "1.",
                                       ".5",
                                       "1e",
                                       "+1",
                                       "-",
                                       "NaN",
                                       "nul",
                                       "\"a",
                                       "\"a\nb\"",
                                       R"("\x")",
                                       R"("\u12g4")",
                                       R"("\ud83d")",
                                       R"("\ud83dx")",
                                       R"("\ude00")",
                                       R"("\ud83d\u0041")",
                                       "\"\xFF\"",
                                       "1 2",
                                       "{} x",
                                       nested(kMaxJsonDepth + 2)};
    for (const std::string &json : bad) {
        CAPTURE(json);
        CHECK_FALSE(isJson(json));
    }
}

TEST_CASE("decimals keep every digit that the type holds and round the rest")
{
    CHECK(number(parseDecimal("0")) == "0");
    CHECK(number(parseDecimal("-0.000")) == "0");
    CHECK(number(parseDecimal("1")) == "1000000000000000000");
    CHECK(number(parseDecimal("-1.5")) == "-1500000000000000000");
    CHECK(number(parseDecimal("0.000000000000000001")) == "1");
    CHECK(number(parseDecimal("0.0000000000000000005")) == "1");
    CHECK(number(parseDecimal("0.0000000000000000004")) == "0");
    CHECK(number(parseDecimal("0.00000000000000000051")) == "1");
    CHECK(number(parseDecimal("1e-30")) == "0");
    CHECK(number(parseDecimal("1.25E2")) == "125000000000000000000");
    CHECK(number(parseDecimal("007.50")) == "7500000000000000000");
    CHECK(number(parseDecimal(".5")) == "500000000000000000");
    CHECK(number(parseDecimal("99999999999999999999.999999999999999999"))
          == "99999999999999999999999999999999999999");
}

TEST_CASE("decimals that do not fit and texts that are none are refused")
{
    for (const char *text : {"100000000000000000000",
                             "99999999999999999999.9999999999999999995",
                             "1e20",
                             "1e99999999999",
                             "",
                             ".",
                             "-",
                             "1e",
                             "1e+",
                             "1.2.3",
                             "0x10",
                             "NaN",
                             " 1"}) {
        CAPTURE(text);
        CHECK(number(parseDecimal(text)) == "none");
    }
}

TEST_CASE("guids are 36 characters with dashes in their places")
{
    CHECK(parseGuid("00000000-0000-0000-0000-000000000000"));
    CHECK(parseGuid("ABCDEFAB-cdef-abcd-efab-cdefabcdefab")
          == parseGuid("abcdefab-cdef-abcd-efab-cdefabcdefab"));
    CHECK_FALSE(parseGuid("abcdefab-cdef-abcd-efab-cdefabcdefa"));
    CHECK_FALSE(parseGuid("abcdefabbcdef-abcd-efab-cdefabcdefab"));
    CHECK_FALSE(parseGuid("gbcdefab-cdef-abcd-efab-cdefabcdefab"));
}

TEST_CASE("UTF-8 is checked beyond the first eight bytes")
{
    CHECK(isUtf8(""));
    CHECK(isUtf8(std::string("a\0b", 3)));
    CHECK(isUtf8("abcdefgh\xC3\xA9"));
    CHECK_FALSE(isUtf8("abcdefgh\xC3"));
    CHECK_FALSE(isUtf8("\xED\xA0\x80")); // half of a surrogate pair
}
