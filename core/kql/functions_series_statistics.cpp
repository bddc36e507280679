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

MaybeReal cosineWithMagnitudes(std::string_view a, std::string_view b, double left, double right)
{
    const auto pair = readPair(a, b);
    return pair ? MaybeReal(dot(pair->left, pair->right) / (left * right)) : std::nullopt;
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

struct TupleField
{
    std::string_view name;
    ColumnType type;
};

/// Writes values as the members of a bag, or without their names as an array.
class TupleWriter
{
public:
    TupleWriter(bool bag, std::string *json)
        : m_bag(bag)
        , m_json(json)
    {
        *m_json = bag ? "{" : "[";
    }
    void add(std::string_view name, double value)
    {
        std::array<char, kValueTextBytes> text{};
        addText(name, {text.data(), formatRealJson(value, text.data())});
    }
    void add(std::string_view name, std::size_t value) { addText(name, std::to_string(value)); }
    void addText(std::string_view name, std::string_view json)
    {
        if (m_json->size() > 1)
            *m_json += ',';
        if (m_bag)
            m_json->append("\"").append(name).append("\":");
        *m_json += json;
    }
    void finish() { *m_json += m_bag ? '}' : ']'; }

private:
    bool m_bag;
    std::string *m_json;
};

/// series_stats(x) gives series_stats_x_min and so on.
template<const auto &kFields>
std::vector<TupleColumn> columnsOf(std::string_view function, std::span<const std::string> names)
{
    std::string prefix(function);
    if (!names.empty() && !names[0].empty())
        prefix.append("_").append(names[0]);
    std::vector<TupleColumn> columns;
    for (const TupleField &field : kFields)
        columns.push_back({prefix + "_" + std::string(field.name), field.type});
    return columns;
}

constexpr std::array<TupleField, 7> kStatistics{{{"min", ColumnType::Real},
                                                 {"min_idx", ColumnType::Long},
                                                 {"max", ColumnType::Real},
                                                 {"max_idx", ColumnType::Long},
                                                 {"avg", ColumnType::Real},
                                                 {"stdev", ColumnType::Real},
                                                 {"variance", ColumnType::Real}}};

/// A bag with names, or an array of the same without sum and length.
template<bool kBag>
std::string_view statistics(Call &call, std::string_view json, bool ignoreGaps)
{
    const auto series = readSeries(json);
    const auto result = series ? statisticsOf(*series, ignoreGaps) : std::nullopt;
    if (!result)
        return {};
    TupleWriter writer(kBag, &call.scratch.text);
    writer.add("min", result->smallest);
    writer.add("min_idx", result->smallestPlace);
    writer.add("max", result->largest);
    writer.add("max_idx", result->largestPlace);
    writer.add("avg", result->sum / static_cast<double>(result->count));
    writer.add("stdev", std::sqrt(result->variance));
    writer.add("variance", result->variance);
    if (kBag) {
        writer.add("sum", result->sum);
        writer.add("len", result->count);
    }
    writer.finish();
    return call.keep(call.scratch.text);
}

constexpr std::array<TupleField, 6> kLine{{{"rsquare", ColumnType::Real},
                                           {"slope", ColumnType::Real},
                                           {"variance", ColumnType::Real},
                                           {"rvariance", ColumnType::Real},
                                           {"interception", ColumnType::Real},
                                           {"line_fit", ColumnType::Dynamic}}};

/// The least squares line through the places 0, 1, 2 … and the values.
template<bool kBag>
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
    TupleWriter writer(kBag, &call.scratch.other);
    writer.add("rsquare", yy > 0 ? 1 - residual / yy : 1);
    writer.add("slope", slope);
    writer.add("variance", yy / (count - 1));
    writer.add("rvariance", residual / (count - 1));
    writer.add("interception", interception);
    writer.addText("line_fit", line.finish(call));
    writer.finish();
    return call.keep(call.scratch.other);
}

std::vector<TupleColumn> statisticsColumns(std::span<const std::string> names,
                                           std::span<const NodePtr> /*nodes*/)
{
    return columnsOf<kStatistics>("series_stats", names);
}
std::vector<TupleColumn> lineColumns(std::span<const std::string> names,
                                     std::span<const NodePtr> /*nodes*/)
{
    return columnsOf<kLine>("series_fit_line", names);
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
        {.name = "series_cosine_similarity",
         .help = "The cosine of the angle between two series, whose lengths may be known.",
         .example = "series_cosine_similarity(values, others)",
         .overloads = {{kTwo, rows<cosineSimilarity>},
                       {"left: dynamic, right: dynamic, left_magnitude: real, "
                        "right_magnitude: real -> real",
                        rows<cosineWithMagnitudes>}}},
        ofSeries("series_magnitude",
                 "The length of a series as a vector.",
                 "series_magnitude(values)",
                 {kOne, rows<magnitude>}),
        ofSeries("series_sum", "The sum of a series.", "series_sum(values)", {kOne, rows<sum>}),
        ofSeries("series_product",
                 "The product of a series.",
                 "series_product(values)",
                 {kOne, rows<product>}),
        ofSeries("series_stats_dynamic",
                 "Minimum, maximum, average, deviation … of a series, in a bag.",
                 "series_stats_dynamic(values).avg",
                 {"series: dynamic, [ignore_nonfinite: bool = false] -> dynamic",
                  rows<statistics<true>>}),
        {.name = "series_stats",
         .help = "Minimum, maximum, average, deviation … of a series, each in a column.",
         .example = "series_stats(values)",
         .overloads = {{"series: dynamic, [ignore_nonfinite: bool = false] -> dynamic",
                        rows<statistics<false>>}},
         .tuple = statisticsColumns},
        {.name = "series_fit_line",
         .help = "The straight line that fits a series best, its figures each in a column.",
         .example = "series_fit_line(values)",
         .overloads = {{"series: dynamic -> dynamic", rows<fitLine<false>>}},
         .tuple = lineColumns},
        ofSeries("series_fit_line_dynamic",
                 "The straight line that fits a series best, in a bag.",
                 "series_fit_line_dynamic(values).slope",
                 {"series: dynamic -> dynamic", rows<fitLine<true>>}),
    };
}

} // namespace sluice::kql
