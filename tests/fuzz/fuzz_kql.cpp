// Lexer, parser, binder and evaluator of KQL expressions. The input is the text of an expression
// over a small table of all types, some of whose dynamic values are no JSON.
#include "core/kql/expression.h"
#include "core/kql/functions.h"
#include "core/kql/lexer.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/kql_table.h"

#include <cstdlib>

using namespace sluice;
using namespace sluice::kql;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const Schema schema = fuzzSchema();
    static const Batch batch = fuzzBatch(schema);
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    std::size_t end = 0;
    for (const Token &token : tokenize(text)) {
        require(token.at.offset >= end && !token.text.empty());
        end = token.at.offset + token.at.length;
    }
    const BindResult result = compile(text, {&schema, nullptr});
    require((result.expression == nullptr) == !result.problems.empty());
    for (const Problem &problem : result.problems)
        require(problem.at.offset <= size && problem.at.line >= 1 && problem.at.column >= 1
                && !problem.message.empty());
    if (!result.expression)
        return 0;
    std::vector<std::size_t> places;
    for (const std::string &name : result.expression->columns())
        places.push_back(*schema.find(name));
    Evaluator evaluator(result.expression, places);
    const auto column = evaluator.evaluate(batch, 0);
    require(!column || (*column)->rows() == kFuzzRows);
    if (result.expression->type() != ColumnType::Bool || !column)
        return 0;
    // The two ways to a bool agree wherever nothing is random.
    const auto selected = evaluator.select(batch, 0);
    require(selected.has_value());
    if (text.find("rand") != std::string_view::npos
        || text.find("new_guid") != std::string_view::npos)
        return 0;
    std::size_t next = 0;
    for (std::size_t row = 0; row < kFuzzRows; ++row) {
        const bool isTrue = (*column)->valid[row] != 0 && (*column)->bytes[row] != 0;
        const bool isSelected = next < selected->size() && (*selected)[next] == row;
        require(isTrue == isSelected);
        next += isSelected ? 1 : 0;
    }
    return 0;
}

std::vector<std::string> fuzzSeeds()
{
    std::vector<std::string> seeds{
        "r > 20 and s has 'error' or n in (1, 2, 0x1F)",
        "d.a[0] == 1 or d['k'] startswith 'v' and not(b)",
        "t between (datetime(2020-01-01) .. 3d) or span !between (1h .. 1.5d)",
        "iff(n % 3 == 0, strcat(s, @'\"x\"', 1.5), tostring(d))",
        "s matches regex @'(\\d+)[a-z]*' or s !in~ ('a', \"b\")",
        "case(i > 0, 1, i < -5, 2, 3) + coalesce(n, long(null), 5)",
        "bin(t, 7d) == startofweek(t) or m * 2 > decimal(1.5)",
        "dynamic({'a': [1, 2, {\"b\": null}]}).a[-1].b",
        "replace_regex(s, '(.)', @'\\1\\1') == extract('(x)', 1, s)",
        "parse_json(s).x[2] > 1.0 or g == '74be27de-1e4e-49d9-b579-fe0b331d3642'",
        "array_sort_desc(array_concat(d, dynamic([3, null, 'x'])))",
        "format_datetime(t, 'yyyy-MM-dd HH:mm:ss.fff') !~ format_timespan(span, 'd.hh:mm')",
        "datetime_add('month', n, t) < datetime_add('year', -1, now())",
        "parse_xml('<a b=\"c\">d<e/><e>&lt;</e></a>').a.e[1] == parse_xml(s)",
        "parse_command_line(@'\"a b\\\\\" c\\\"d', 'windows')[1] has 'c'",
        "zlib_decompress_from_base64_string(zlib_compress_to_base64_string(s)) == s",
        "ipv6_is_match('fe80::1/64', s) or ipv4_is_in_range(s, '10.0.0.0/8')",
        "series_fill_linear(dynamic([null, 1, null, 3]), 1, false, n)",
        "geo_point_in_polygon(r, r, "
        "dynamic({'type':'Polygon','coordinates':[[[0,0],[1,0],[1,1]]]}))",
        "geo_geohash_to_polygon(geo_point_to_geohash(r, r, n))",
    };
    for (const FunctionInfo &function : functionList()) {
        seeds.emplace_back(function.example);
        if (!function.isOperator) {
            for (const char *arguments : {"(s)",
                                          "(n)",
                                          "(r)",
                                          "(d)",
                                          "(t)",
                                          "(s, s)",
                                          "(n, n)",
                                          "(d, s)",
                                          "(d, d)",
                                          "(s, n, n)",
                                          "(d, n, n)",
                                          "(t, span)",
                                          "(s, s, s)",
                                          "(s, n, s)",
                                          "(s, n, t)",
                                          "(n, n, n)",
                                          "()",
                                          "(m)",
                                          "(b)",
                                          "(g)",
                                          "(m, n)",
                                          "(t, s)",
                                          "(d, d, d)",
                                          "(d, r, r)",
                                          "(r, r, d)",
                                          "(d, d, b, b)",
                                          "(r, r, r, r)",
                                          "(r, s, s)",
                                          "(s, s, n, n, n)",
                                          "(r, r, r, r, r)"})
                seeds.push_back(std::string(function.name) + arguments);
        }
    }
    return seeds;
}
