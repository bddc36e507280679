// series_fir and series_iir.
#include "core/kql/array_values.h"
#include "core/kql/function.h"
#include "core/kql/series.h"

#include <algorithm>

namespace sluice::kql {

namespace {

/// The bool argument at a place, where the call has it.
std::optional<bool> flagAt(const Call &call, std::size_t place, std::size_t row)
{
    if (place >= call.arguments.size() || !call.arguments[place].valid(row))
        return std::nullopt;
    return call.arguments[place].boolean(row);
}

std::vector<double> withoutGaps(const Series &series)
{
    std::vector<double> values;
    for (const auto &value : series.values)
        values.push_back(value.value_or(0));
    return values;
}

/// What lies outside of the series counts as 0.
void finiteResponse(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        const auto series = readSeries(call.arguments[0].text(row));
        const auto filter = readSeries(call.arguments[1].text(row));
        if (!series || !filter || filter->size() == 0)
            return;
        const std::vector<double> values = withoutGaps(*series);
        std::vector<double> weights = withoutGaps(*filter);
        const bool negative =
            std::any_of(weights.begin(), weights.end(), [](double w) { return w < 0; });
        const bool normalize = flagAt(call, 2, row).value_or(!negative);
        if (normalize && negative)
            return; // the engine's rule: such a filter is not normalized
        if (normalize) {
            double sum = 0;
            for (const double weight : weights)
                sum += weight;
            for (double &weight : weights)
                weight /= sum;
        }
        const bool center = flagAt(call, 3, row).value_or(false);
        const auto shift = static_cast<std::ptrdiff_t>(center ? weights.size() / 2 : 0);
        SeriesWriter writer(call.scratch);
        for (std::size_t i = 0; i < values.size(); ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < weights.size(); ++j) {
                const std::ptrdiff_t from =
                    static_cast<std::ptrdiff_t>(i) - static_cast<std::ptrdiff_t>(j) + shift;
                if (from >= 0 && from < static_cast<std::ptrdiff_t>(values.size()))
                    sum += weights[j] * values[static_cast<std::size_t>(from)];
            }
            writer.addReal(sum);
        }
        putKept(call, row, writer.finish(call));
    });
}

/// y[i] = (b[0] x[i] + b[1] x[i-1] + … - a[1] y[i-1] - a[2] y[i-2] - …) / a[0]
void infiniteResponse(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        const auto series = readSeries(call.arguments[0].text(row));
        const auto numerators = readSeries(call.arguments[1].text(row));
        const auto denominators = readSeries(call.arguments[2].text(row));
        if (!series || !numerators || !denominators || denominators->size() == 0)
            return;
        const std::vector<double> x = withoutGaps(*series);
        const std::vector<double> b = withoutGaps(*numerators);
        const std::vector<double> a = withoutGaps(*denominators);
        if (a[0] == 0)
            return;
        std::vector<double> y;
        y.reserve(x.size());
        SeriesWriter writer(call.scratch);
        for (std::size_t i = 0; i < x.size(); ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < b.size() && j <= i; ++j)
                sum += b[j] * x[i - j];
            for (std::size_t j = 1; j < a.size() && j <= i; ++j)
                sum -= a[j] * y[i - j];
            y.push_back(sum / a[0]);
            writer.addReal(y.back());
        }
        putKept(call, row, writer.finish(call));
    });
}

} // namespace

std::vector<Function> seriesFilterFunctions()
{
    return {
        {.name = "series_fir",
         .help = "A series through a finite filter, such as a moving average.",
         .example = "series_fir(values, dynamic([1, 1, 1]))",
         .overloads = {{"series: dynamic, filter: dynamic, [normalize: bool], [center: bool] "
                        "-> dynamic",
                        finiteResponse}}},
        {.name = "series_iir",
         .help = "A series through a recursive filter, such as a running sum.",
         .example = "series_iir(values, dynamic([1]), dynamic([1, -1]))",
         .overloads = {{"series: dynamic, numerators: dynamic, denominators: dynamic -> dynamic",
                        infiniteResponse}}},
    };
}

} // namespace sluice::kql
