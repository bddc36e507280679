// series_add, series_greater, series_exp …: arithmetic element by element.
#include "core/kql/function.h"
#include "core/kql/series.h"

#include <algorithm>
#include <cmath>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

double add(double a, double b)
{
    return a + b;
}
double subtract(double a, double b)
{
    return a - b;
}
double multiply(double a, double b)
{
    return a * b;
}
double divide(double a, double b)
{
    return a / b;
}
double power(double a, double b)
{
    return std::pow(a, b);
}
bool isEqual(double a, double b)
{
    return a == b;
}
bool isNotEqual(double a, double b)
{
    return a != b;
}
bool isLess(double a, double b)
{
    return a < b;
}
bool isLessOrEqual(double a, double b)
{
    return a <= b;
}
bool isGreater(double a, double b)
{
    return a > b;
}
bool isGreaterOrEqual(double a, double b)
{
    return a >= b;
}

/// Whole numbers stay whole where the operation keeps them so.
enum class Whole { Kept, Never };

/// A number stands for a series of it as long as the other one.
Series repeated(double value, bool whole, std::size_t size)
{
    Series series;
    series.values.assign(size, value);
    series.whole = whole;
    return series;
}

/// As long as the longer one; an element that one of them does not have is null.
template<auto kOperation, Whole kWhole>
std::string_view combineSeries(Call &call, const Series *left, const Series *right)
{
    const bool whole = kWhole == Whole::Kept && left->whole && right->whole;
    SeriesWriter writer(call.scratch);
    for (std::size_t i = 0; i < std::max(left->size(), right->size()); ++i) {
        if (i >= left->size() || i >= right->size() || !left->values[i] || !right->values[i])
            writer.addNull();
        else if constexpr (std::is_same_v<decltype(kOperation(0.0, 0.0)), bool>)
            writer.addBool(kOperation(*left->values[i], *right->values[i]));
        else
            writer.addNumber(kOperation(*left->values[i], *right->values[i]), whole);
    }
    return writer.finish(call);
}

template<auto kOperation, Whole kWhole>
std::string_view combine(Call &call, std::string_view a, std::string_view b)
{
    const auto left = readSeries(a);
    const auto right = readSeries(b);
    return left && right ? combineSeries<kOperation, kWhole>(call, &*left, &*right)
                         : std::string_view();
}

template<auto kOperation, Whole kWhole, typename Number>
std::string_view combineWithNumber(Call &call, std::string_view a, Number b)
{
    const auto left = readSeries(a);
    if (!left)
        return {};
    const Series right = repeated(static_cast<double>(b), std::is_integral_v<Number>, left->size());
    return combineSeries<kOperation, kWhole>(call, &*left, &right);
}

template<auto kOperation, Whole kWhole, typename Number>
std::string_view combineNumber(Call &call, Number a, std::string_view b)
{
    const auto right = readSeries(b);
    if (!right)
        return {};
    const Series left = repeated(static_cast<double>(a), std::is_integral_v<Number>, right->size());
    return combineSeries<kOperation, kWhole>(call, &left, &*right);
}

template<double (*kFunction)(double)>
double plain(double value)
{
    return kFunction(value);
}
double signOf(double value)
{
    return value > 0 ? 1 : value < 0 ? -1 : value;
}

template<auto kFunction, Whole kWhole>
std::string_view each(Call &call, std::string_view json)
{
    const auto series = readSeries(json);
    if (!series)
        return {};
    SeriesWriter writer(call.scratch);
    for (const auto &value : series->values) {
        if (value)
            writer.addNumber(kFunction(*value), kWhole == Whole::Kept && series->whole);
        else
            writer.addNull();
    }
    return writer.finish(call);
}

template<auto kOperation, Whole kWhole>
Function ofTwo(std::string_view name, std::string_view help, std::string_view example)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {
                {"left: dynamic, right: dynamic -> dynamic", rows<combine<kOperation, kWhole>>},
                {"left: dynamic, right: long -> dynamic",
                 rows<combineWithNumber<kOperation, kWhole, Long>>},
                {"left: dynamic, right: real -> dynamic",
                 rows<combineWithNumber<kOperation, kWhole, double>>},
                {"left: long, right: dynamic -> dynamic",
                 rows<combineNumber<kOperation, kWhole, Long>>},
                {"left: real, right: dynamic -> dynamic",
                 rows<combineNumber<kOperation, kWhole, double>>}}};
}

template<auto kFunction, Whole kWhole = Whole::Never>
Function ofOne(std::string_view name, std::string_view help, std::string_view example)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {{"series: dynamic -> dynamic", rows<each<kFunction, kWhole>>}}};
}

std::vector<Function> comparisons()
{
    return {
        ofTwo<isEqual, Whole::Never>(
            "series_equals", "Where two series are equal.", "series_equals(values, others)"),
        ofTwo<isNotEqual, Whole::Never>(
            "series_not_equals", "Where two series differ.", "series_not_equals(values, others)"),
        ofTwo<isLess, Whole::Never>("series_less",
                                    "Where the first series is below the second.",
                                    "series_less(values, others)"),
        ofTwo<isLessOrEqual, Whole::Never>("series_less_equals",
                                           "Where the first series is not above the second.",
                                           "series_less_equals(values, others)"),
        ofTwo<isGreater, Whole::Never>("series_greater",
                                       "Where the first series is above the second.",
                                       "series_greater(values, others)"),
        ofTwo<isGreaterOrEqual, Whole::Never>("series_greater_equals",
                                              "Where the first series is not below the second.",
                                              "series_greater_equals(values, others)"),
    };
}

} // namespace

std::vector<Function> seriesMathFunctions()
{
    std::vector<Function> table{
        ofTwo<add, Whole::Kept>("series_add",
                                "The sum of two series, element by element.",
                                "series_add(values, others)"),
        ofTwo<subtract, Whole::Kept>("series_subtract",
                                     "The difference of two series, element by element.",
                                     "series_subtract(values, others)"),
        ofTwo<multiply, Whole::Kept>("series_multiply",
                                     "The product of two series, element by element.",
                                     "series_multiply(values, others)"),
        ofTwo<divide, Whole::Never>("series_divide",
                                    "The quotient of two series, element by element.",
                                    "series_divide(values, others)"),
        ofTwo<power, Whole::Never>("series_pow",
                                   "One series to the power of another, element by element.",
                                   "series_pow(values, others)"),
        ofOne<plain<std::fabs>, Whole::Kept>(
            "series_abs", "Every element without its sign.", "series_abs(values)"),
        ofOne<signOf, Whole::Kept>(
            "series_sign", "-1, 0 or 1 for every element.", "series_sign(values)"),
        ofOne<plain<std::ceil>>(
            "series_ceiling", "Every element up to a whole number.", "series_ceiling(values)"),
        ofOne<plain<std::floor>>(
            "series_floor", "Every element down to a whole number.", "series_floor(values)"),
        ofOne<plain<std::exp>>("series_exp", "e to each element.", "series_exp(values)"),
        ofOne<plain<std::log>>(
            "series_log", "The natural logarithm of every element.", "series_log(values)"),
        ofOne<plain<std::sin>>("series_sin", "The sine of every element.", "series_sin(values)"),
        ofOne<plain<std::cos>>("series_cos", "The cosine of every element.", "series_cos(values)"),
        ofOne<plain<std::tan>>("series_tan", "The tangent of every element.", "series_tan(values)"),
        ofOne<plain<std::asin>>(
            "series_asin", "The arcsine of every element.", "series_asin(values)"),
        ofOne<plain<std::acos>>(
            "series_acos", "The arccosine of every element.", "series_acos(values)"),
        ofOne<plain<std::atan>>(
            "series_atan", "The arctangent of every element.", "series_atan(values)"),
    };
    for (Function &function : comparisons())
        table.push_back(std::move(function));
    return table;
}

} // namespace sluice::kql
