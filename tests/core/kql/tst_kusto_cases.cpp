#include "core/event/datetime.h"
#include "tests/core/kql/mini_query.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <iostream>

using namespace sluice;
using namespace sluice::kql;
using Json = nlohmann::json;

namespace {

/// One form for every way to write a value: moments, spans and numbers by value.
Json canonical(const Json &value, const std::string &type, bool lenient)
{
    if (value.is_null())
        return type == "string" || lenient ? Json("") : value;
    if (value.is_string()) {
        const auto &text = value.get_ref<const std::string &>();
        if (type == "datetime") {
            if (const auto ticks = parseDatetime(text))
                return *ticks;
        }
        if (type == "timespan") {
            if (const auto span = parseTimespan(text))
                return *span;
        }
        if (type == "decimal"
            || (lenient && !text.empty()
                && text.find_first_not_of("0123456789.-") == std::string::npos))
            return std::strtod(text.c_str(), nullptr);
    }
    if (lenient && value.is_string()) { // written by hand: spaces do not count
        std::string words;
        for (const char c : value.get<std::string>()) {
            const bool space = c == ' ' || c == '\n' || c == '\t';
            if (!space || (!words.empty() && words.back() != ' '))
                words += space ? ' ' : c;
        }
        return words;
    }
    if (lenient && value.is_boolean())
        return value.get<bool>() ? 1 : 0;
    if (type == "bool" && value.is_number())
        return value.get<double>() != 0;
    return value;
}

bool equal(const Json &a, const Json &b, double tolerance, bool arrayOrder)
{
    if (a.is_number() && b.is_number()) {
        if (a.is_number_integer() && b.is_number_integer())
            return a == b;
        const double x = a.get<double>();
        const double y = b.get<double>();
        return x == y || std::fabs(x - y) <= tolerance * std::max(std::fabs(x), std::fabs(y));
    }
    if (a.is_array() && b.is_array()) {
        std::vector<Json> left = b.get<std::vector<Json>>();
        if (a.size() != left.size())
            return false;
        for (std::size_t i = 0; i < a.size(); ++i) {
            const auto end = arrayOrder ? left.begin() + 1 : left.end();
            const auto found = std::find_if(left.begin(), end, [&](const Json &other) {
                return equal(a[i], other, tolerance, arrayOrder);
            });
            if (found == end)
                return false;
            left.erase(found);
        }
        return true;
    }
    if (a.is_object() && b.is_object()) {
        return a.size() == b.size()
               && std::all_of(a.items().begin(), a.items().end(), [&](const auto &item) {
                      return b.contains(item.key())
                             && equal(item.value(), b.at(item.key()), tolerance, arrayOrder);
                  });
    }
    return a == b;
}

/// Empty when the rows are those that Kusto gave.
std::string difference(const Json &test, const std::vector<std::vector<std::string>> &rows)
{
    const Json &columns = test["output"]["columns"];
    const bool lenient = test.value("lenient", false);
    double tolerance = lenient ? 1e-4 : 1e-9;
    bool arrayOrder = true;
    if (test.contains("compare")) {
        tolerance = test["compare"].value("rel_tol", tolerance);
        arrayOrder = test["compare"].value("array_order", true);
    }
    std::vector<Json> left;
    for (const auto &row : rows) {
        Json cells = Json::array();
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string type = i < columns.size() ? columns[i].value("type", "") : "";
            cells.push_back(canonical(Json::parse(row[i], nullptr, false), type, lenient));
        }
        left.push_back(std::move(cells));
    }
    if (left.size() != test["output"]["rows"].size())
        return "gave " + std::to_string(left.size()) + " rows";
    for (const Json &expected : test["output"]["rows"]) {
        Json wanted = Json::array();
        for (std::size_t i = 0; i < expected.size(); ++i)
            wanted.push_back(canonical(expected[i], columns[i].value("type", ""), lenient));
        const auto found = std::find_if(left.begin(), left.end(), [&](const Json &row) {
            return row.size() == wanted.size() && [&] {
                for (std::size_t i = 0; i < wanted.size(); ++i) {
                    const bool order = arrayOrder || !wanted[i].is_array();
                    if (!equal(wanted[i], row[i], tolerance, order))
                        return false;
                }
                return true;
            }();
        });
        if (found == left.end())
            return "gave " + Json(left).dump() + "\n    wanted " + wanted.dump();
        left.erase(found);
    }
    return {};
}

struct Score
{
    int right = 0;
    int wrong = 0;
    int refused = 0;
};

/// Runs the cases of a file and says what is not right.
Score runCases(const std::string &name)
{
    Score score;
    std::ifstream file(SLUICE_SOURCE_DIR "/tests/core/kql/cases/" + name);
    REQUIRE(file.good());
    for (std::string line; std::getline(file, line);) {
        const Json test = Json::parse(line);
        const std::string query = test["query"];
        const auto batch = runMiniQuery(query);
        if (!batch) {
            ++score.refused;
            std::cout << "refused: " << test["id"].get<std::string>() << ": "
                      << batch.error().message << '\n';
            continue;
        }
        const std::string problem = difference(test, jsonRows(*batch));
        ++(problem.empty() ? score.right : score.wrong);
        if (!problem.empty())
            std::cout << "wrong: " << test["id"].get<std::string>() << ": " << query << "\n    "
                      << problem << '\n';
    }
    std::cout << name << ": " << score.right << " right, " << score.wrong << " wrong, "
              << score.refused << " refused\n";
    return score;
}

} // namespace

TEST_CASE("scalar expressions give what Kusto gave")
{
    const Score score = runCases("print_cases.jsonl");
    CHECK(score.wrong == 0);
    CHECK(score.right >= 418); // of 418
}

TEST_CASE("scalar expressions over several rows give what Kusto gave")
{
    const Score score = runCases("row_cases.jsonl");
    CHECK(score.wrong == 0);
    CHECK(score.right >= 36); // of 36
}
