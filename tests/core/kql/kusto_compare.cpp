#include "tests/core/kql/kusto_compare.h"

#include "core/event/datetime.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sluice::kql {

namespace {

using Json = nlohmann::json;

struct Rules
{
    bool lenient = false;
    bool arrayOrder = true;
    double tolerance = 1e-9;
};

bool isNumberText(const std::string &text)
{
    char *end = nullptr;
    std::strtod(text.c_str(), &end);
    return !text.empty() && *end == '\0'
           && text.find_first_not_of("0123456789+-.eE") == std::string::npos;
}

/// Words with one space between them: what a person typed.
std::string words(const std::string &text)
{
    std::string out;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!space)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    while (!out.empty() && out.back() == ' ')
        out.pop_back();
    return out;
}

Json canonicalLenient(const Json &value)
{
    if (value.is_boolean())
        return value.get<bool>() ? 1.0 : 0.0;
    if (value.is_number())
        return value.get<double>();
    if (!value.is_string())
        return value;
    const std::string text = words(value.get<std::string>());
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    if (lower == "null" || lower == "(null)")
        return "";
    if (lower == "true" || lower == "false")
        return lower == "true" ? 1.0 : 0.0;
    if (isNumberText(text))
        return std::strtod(text.c_str(), nullptr);
    if (const auto span = parseTimespan(text); span && text.find(':') != std::string::npos)
        return *span;
    if (const auto moment = parseIsoDatetime(text))
        return *moment;
    if (!text.empty() && (text[0] == '[' || text[0] == '{' || text[0] == '"')) {
        const Json parsed = Json::parse(text, nullptr, false);
        if (!parsed.is_discarded())
            return parsed;
    }
    return text;
}

Json canonical(const Json &value, const std::string &type, const Rules &rules)
{
    if (value.is_null())
        return type == "string" || rules.lenient ? Json("") : value;
    if (rules.lenient)
        return canonicalLenient(value);
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
        if (type == "decimal")
            return std::strtod(text.c_str(), nullptr);
    }
    if (type == "real" && value.is_number())
        return value.get<double>();
    if (type == "bool" && value.is_number())
        return value.get<double>() != 0;
    return value;
}

bool equal(const Json &a, const Json &b, const Rules &rules);

bool equalArrays(const Json &a, const Json &b, const Rules &rules)
{
    auto left = b.get<std::vector<Json>>();
    if (a.size() != left.size())
        return false;
    for (const Json &value : a) {
        const auto end = rules.arrayOrder ? left.begin() + 1 : left.end();
        const auto found = std::find_if(
            left.begin(), end, [&](const Json &other) { return equal(value, other, rules); });
        if (found == end)
            return false;
        left.erase(found);
    }
    return true;
}

bool equal(const Json &a, const Json &b, const Rules &rules)
{
    if (a.is_number() && b.is_number()) {
        if (a.is_number_integer() && b.is_number_integer())
            return a == b;
        const double x = a.get<double>();
        const double y = b.get<double>();
        return x == y || std::fabs(x - y) <= rules.tolerance * std::max(std::fabs(x), std::fabs(y));
    }
    if (a.is_array() && b.is_array())
        return equalArrays(a, b, rules);
    if (a.is_object() && b.is_object())
        return a.size() == b.size()
               && std::all_of(a.items().begin(), a.items().end(), [&](const auto &item) {
                      return b.contains(item.key()) && equal(item.value(), b.at(item.key()), rules);
                  });
    return a == b;
}

std::vector<Json> canonicalRows(const Json &rows, const Json &columns, const Rules &rules)
{
    std::vector<Json> all;
    for (const Json &row : rows) {
        Json cells = Json::array();
        for (std::size_t i = 0; i < row.size(); ++i)
            cells.push_back(
                canonical(row[i], i < columns.size() ? columns[i].value("type", "") : "", rules));
        all.push_back(std::move(cells));
    }
    return all;
}

bool equalRows(const Json &a, const Json &b, const Rules &rules)
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!equal(a[i], b[i], rules))
            return false;
    }
    return true;
}

} // namespace

std::string
differenceToCase(const Json &test, const std::vector<std::string> &columns, const Json &rows)
{
    const Json &expected = test["output"]["columns"];
    Rules rules;
    rules.lenient = test.value("lenient", false);
    rules.tolerance = rules.lenient ? 1e-4 : 1e-9;
    if (test.contains("compare")) {
        rules.tolerance = test["compare"].value("rel_tol", rules.tolerance);
        rules.arrayOrder = test["compare"].value("array_order", true);
    }
    if (columns.size() != expected.size())
        return fmt::format("{} columns instead of {}", columns.size(), expected.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (expected[i]["name"] != columns[i])
            return "a column is called " + columns[i];
    }
    std::vector<Json> left = canonicalRows(rows, expected, rules);
    const std::vector<Json> wanted = canonicalRows(test["output"]["rows"], expected, rules);
    const bool partial = test.value("partial", false);
    if (left.size() != wanted.size() && !partial)
        return fmt::format("{} rows instead of {}", left.size(), wanted.size());
    if (test.value("ordered", false) && !partial) {
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (!equalRows(wanted[i], left[i], rules))
                return fmt::format("row {}: {} instead of {}", i, left[i].dump(), wanted[i].dump());
        }
        return {};
    }
    for (const Json &row : wanted) {
        const auto found = std::find_if(left.begin(), left.end(), [&](const Json &other) {
            return equalRows(row, other, rules);
        });
        if (found == left.end())
            return "no row " + row.dump() + " in " + Json(left).dump();
        left.erase(found);
    }
    return {};
}

} // namespace sluice::kql
