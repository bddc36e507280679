// series_stats_dynamic, series_sum, series_pearson_correlation …
#include "core/event/datetime.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/series.h"

#include <array>
#include <cmath>

namespace sluice::kql {

namespace {

using MaybeReal = std::optional<double>;

/// Two series of one length without gaps.
struct Pair
{
    std::vector<double> left;
    std::vector<double> right;
};

std::optional<Pair> readPair(std::string_view a, std::string_view b)
{
    const auto left = readSeries(a);
    const auto right = readSeries(b);
    if (!left || !right || left->size() != right->size())
        return std::nullopt;
    Pair pair;
    for (std::size_t i = 0; i < left->size(); ++i) {
        if (!left->values[i] || !right->values[i])
            return std::nullopt;
        pair.left.push_back(*left->values[i]);
        pair.right.push_back(*right->values[i]);
    }
    return pair;
}

double dot(const std::vector<double> &a, const std::vector<double> &b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

double mean(const std::vector<double> &values)
{
    double sum = 0;
    for (const double value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

MaybeReal correlation(std::string_view a, std::string_view b)
{
    auto pair = readPair(a, b);
    if (!pair)
        return std::nullopt;
    for (auto *side : {&pair->left, &pair->right}) {
        const double middle = mean(*side);
        for (double &value : *side)
            value -= middle;
    }
    return dot(pair->left, pair->right)
           / std::sqrt(dot(pair->left, pair->left) * dot(pair->right, pair->right));
}

MaybeReal dotProduct(std::string_view a, std::string_view b)
{
    const auto pair = readPair(a, b);
    return pair ? MaybeReal(dot(pair->left, pair->right)) : std::nullopt;
}

MaybeReal cosineSimilarity(std::string_view a, std::string_view b)
{
    const auto pair = readPair(a, b);
    if (!pair)
        return std::nullopt;
    return dot(pair->left, pair->right)
           / (std::sqrt(dot(pair->left, pair->left)) * std::sqrt(dot(pair->right, pair->right)));
}

/// Null when one element is no number.
std::optional<std::vector<double>> numbersOf(std::string_view json)
{
    const auto series = readSeries(json);
    if (!series)
        return std::nullopt;
    std::vector<double> numbers;
    for (const auto &value : series->values) {
        if (!value)
            return std::nullopt;
        numbers.push_back(*value);
    }
    return numbers;
}

MaybeReal magnitude(std::string_view json)
{
    const auto numbers = numbersOf(json);
    return numbers ? MaybeReal(std::sqrt(dot(*numbers, *numbers))) : std::nullopt;
}

MaybeReal sum(std::string_view json)
{
    const auto numbers = numbersOf(json);
    if (!numbers)
        return std::nullopt;
    double total = 0;
    for (const double value : *numbers)
        total += value;
    return total;
}

MaybeReal product(std::string_view json)
{
    const auto numbers = numbersOf(json);
    if (!numbers)
        return std::nullopt;
    double total = 1;
    for (const double value : *numbers)
        total *= value;
    return total;
}

/// What series_stats() gives; the places are among all elements.
struct Statistics
{
    double smallest = 0;
    double largest = 0;
    std::size_t smallestPlace = 0;
    std::size_t largestPlace = 0;
    double sum = 0;
    double variance = 0;
    std::size_t count = 0;
};

/// Null when there is nothing to count, or a gap that is not to be left out.
std::optional<Statistics> statisticsOf(const Series &series, bool ignoreGaps)
{
    Statistics result;
    for (std::size_t i = 0; i < series.size(); ++i) {
        const auto &value = series.values[i];
        if (!value || !std::isfinite(*value)) {
            if (!ignoreGaps)
                return std::nullopt;
            continue;
        }
        if (result.count == 0 || *value < result.smallest) {
            result.smallest = *value;
            result.smallestPlace = i;
        }
        if (result.count == 0 || *value > result.largest) {
            result.largest = *value;
            result.largestPlace = i;
        }
        result.sum += *value;
        ++result.count;
    }
    if (result.count == 0)
        return std::nullopt;
    const double middle = result.sum / static_cast<double>(result.count);
    for (const auto &value : series.values) {
        if (value && std::isfinite(*value))
            result.variance += (*value - middle) * (*value - middle);
    }
    if (result.count > 1)
        result.variance /= static_cast<double>(result.count - 1);
    return result;
}

void appendMember(std::string_view name, double value, std::string *json)
{
    std::array<char, kValueTextBytes> text{};
    json->append(json->size() > 1 ? ",\"" : "\"").append(name).append("\":");
    json->append(text.data(), formatRealJson(value, text.data()));
}

void appendPlace(std::string_view name, std::size_t value, std::string *json)
{
    json->append(json->size() > 1 ? ",\"" : "\"").append(name).append("\":");
    json->append(std::to_string(value));
}

std::string_view statistics(Call &call, std::string_view json, bool ignoreGaps)
{
    const auto series = readSeries(json);
    const auto result = series ? statisticsOf(*series, ignoreGaps) : std::nullopt;
    if (!result)
        return {};
    std::string &out = call.scratch.text;
    out = "{";
    appendMember("min", result->smallest, &out);
    appendPlace("min_idx", result->smallestPlace, &out);
    appendMember("max", result->largest, &out);
    appendPlace("max_idx", result->largestPlace, &out);
    appendMember("avg", result->sum / static_cast<double>(result->count), &out);
    appendMember("stdev", std::sqrt(result->variance), &out);
    appendMember("variance", result->variance, &out);
    appendMember("sum", result->sum, &out);
    appendPlace("len", result->count, &out);
    out += '}';
    return call.keep(out);
}

/// The least squares line through the places 0, 1, 2 … and the values.
std::string_view fitLine(Call &call, std::string_view json)
{
    const auto numbers = numbersOf(json);
    if (!numbers || numbers->size() < 2)
        return {};
    const auto count = static_cast<double>(numbers->size());
    const double middleX = (count - 1) / 2;
    const double middleY = mean(*numbers);
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (std::size_t i = 0; i < numbers->size(); ++i) {
        const double x = static_cast<double>(i) - middleX;
        const double y = (*numbers)[i] - middleY;
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    const double slope = xy / xx;
    const double interception = middleY - slope * middleX;
    double residual = 0;
    SeriesWriter line(call.scratch);
    for (std::size_t i = 0; i < numbers->size(); ++i) {
        const double fitted = interception + slope * static_cast<double>(i);
        residual += ((*numbers)[i] - fitted) * ((*numbers)[i] - fitted);
        line.addReal(fitted);
    }
    std::string &out = call.scratch.other;
    out = "{";
    appendMember("rsquare", yy > 0 ? 1 - residual / yy : 1, &out);
    appendMember("slope", slope, &out);
    appendMember("variance", yy / (count - 1), &out);
    appendMember("rvariance", residual / (count - 1), &out);
    appendMember("interception", interception, &out);
    out.append(",\"line_fit\":").append(line.finish(call)).append("}");
    return call.keep(out);
}

Function
ofSeries(std::string_view name, std::string_view help, std::string_view example, Overload overload)
{
    return {.name = name, .help = help, .example = example, .overloads = {overload}};
}

} // namespace

std::vector<Function> seriesStatisticsFunctions()
{
    constexpr std::string_view kTwo = "left: dynamic, right: dynamic -> real";
    constexpr std::string_view kOne = "series: dynamic -> real";
    return {
        ofSeries("series_pearson_correlation",
                 "How far two series go together, from -1 to 1.",
                 "series_pearson_correlation(values, others)",
                 {kTwo, rows<correlation>}),
        ofSeries("series_dot_product",
                 "The sum of the products of two series.",
                 "series_dot_product(values, others)",
                 {kTwo, rows<dotProduct>}),
        ofSeries("series_cosine_similarity",
                 "The cosine of the angle between two series.",
                 "series_cosine_similarity(values, others)",
                 {kTwo, rows<cosineSimilarity>}),
        ofSeries("series_magnitude",
                 "The length of a series as a vector.",
                 "series_magnitude(values)",
                 {kOne, rows<magnitude>}),
        ofSeries("series_sum", "The sum of a series.", "series_sum(values)", {kOne, rows<sum>}),
        ofSeries("series_product",
                 "The product of a series.",
                 "series_product(values)",
                 {kOne, rows<product>}),
        ofSeries(
            "series_stats_dynamic",
            "Minimum, maximum, average, deviation … of a series, in a bag.",
            "series_stats_dynamic(values).avg",
            {"series: dynamic, [ignore_nonfinite: bool = false] -> dynamic", rows<statistics>}),
        ofSeries("series_fit_line_dynamic",
                 "The straight line that fits a series best, in a bag.",
                 "series_fit_line_dynamic(values).slope",
                 {"series: dynamic -> dynamic", rows<fitLine>}),
    };
}

} // namespace sluice::kql
