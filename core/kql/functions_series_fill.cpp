// series_fill_const, _forward, _backward, _linear: what stands for a missing element.
#include "core/kql/array_values.h"
#include "core/kql/function.h"
#include "core/kql/series.h"

#include <cmath>

namespace sluice::kql {

namespace {

/// A series whose elements with the value that means "missing" are null.
class Gaps
{
public:
    /// @param placeholder  place of that argument; the call may not have it
    Gaps(const Call &call, std::size_t row, std::size_t placeholder)
    {
        auto series = readSeries(call.arguments[0].text(row));
        m_good = series.has_value();
        if (!m_good)
            return;
        m_series = std::move(*series);
        if (placeholder >= call.arguments.size() || !call.arguments[placeholder].valid(row))
            return;
        const double missing = call.arguments[placeholder].real(row);
        for (auto &value : m_series.values) {
            if (value && *value == missing)
                value.reset();
        }
        m_placeholder = missing;
    }

    bool good() const { return m_good; }
    Series &series() { return m_series; }
    /// What a gap that stays is written as.
    std::optional<double> placeholder() const { return m_placeholder; }

private:
    Series m_series;
    std::optional<double> m_placeholder;
    bool m_good = false;
};

void write(Call &call, std::size_t row, const Gaps &gaps, const Series &series)
{
    SeriesWriter writer(call.scratch);
    for (const auto &value : series.values) {
        if (value)
            writer.addNumber(*value, series.whole);
        else if (gaps.placeholder())
            writer.addNumber(*gaps.placeholder(), series.whole);
        else
            writer.addNull();
    }
    putKept(call, row, writer.finish(call));
}

void fillConstant(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        Gaps gaps(call, row, 2);
        if (!gaps.good() || !call.arguments[1].valid(row))
            return;
        for (auto &value : gaps.series().values) {
            if (!value)
                value = call.arguments[1].real(row);
        }
        write(call, row, gaps, gaps.series());
    });
}

template<bool kForward>
void fillFromNeighbour(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        Gaps gaps(call, row, 1);
        if (!gaps.good())
            return;
        auto &values = gaps.series().values;
        std::optional<double> last;
        for (std::size_t i = 0; i < values.size(); ++i) {
            auto &value = values[kForward ? i : values.size() - 1 - i];
            if (value)
                last = value;
            else
                value = last;
        }
        write(call, row, gaps, gaps.series());
    });
}

/// Fills the gap between two places; the values of whole numbers are cut to whole ones.
void interpolate(Series *series, std::size_t from, std::size_t to)
{
    const double first = *series->values[from];
    const double step = (*series->values[to] - first) / static_cast<double>(to - from);
    for (std::size_t i = from + 1; i < to; ++i) {
        const double value = first + step * static_cast<double>(i - from);
        series->values[i] = series->whole ? std::trunc(value) : value;
    }
}

void fillLinear(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        Gaps gaps(call, row, 1);
        if (!gaps.good())
            return;
        Series &series = gaps.series();
        const bool edges = call.arguments.size() <= 2 || !call.arguments[2].valid(row)
                           || call.arguments[2].boolean(row);
        std::optional<std::size_t> first;
        std::size_t last = 0;
        for (std::size_t i = 0; i < series.size(); ++i) {
            if (!series.values[i])
                continue;
            if (first)
                interpolate(&series, last, i);
            else
                first = i;
            last = i;
        }
        if (!first) { // nothing to go by
            const bool given = call.arguments.size() > 3;
            std::optional<double> constant = 0.0;
            if (given)
                constant = call.arguments[3].valid(row) ? std::optional(call.arguments[3].real(row))
                                                        : std::nullopt;
            for (auto &value : series.values)
                value = constant;
        } else if (edges) {
            for (std::size_t i = 0; i < *first; ++i)
                series.values[i] = series.values[*first];
            for (std::size_t i = last + 1; i < series.size(); ++i)
                series.values[i] = series.values[last];
        }
        write(call, row, gaps, series);
    });
}

Function
ofSeries(std::string_view name, std::string_view help, std::string_view example, Overload overload)
{
    return {.name = name, .help = help, .example = example, .overloads = {overload}};
}

} // namespace

std::vector<Function> seriesFillFunctions()
{
    constexpr std::string_view kFill = "series: dynamic, [missing: real] -> dynamic";
    return {
        ofSeries(
            "series_fill_const",
            "A series with a constant where elements are missing.",
            "series_fill_const(values, 0.0)",
            {"series: dynamic, [constant: real = 0.0], [missing: real] -> dynamic", fillConstant}),
        ofSeries("series_fill_forward",
                 "A series with the element before it where one is missing.",
                 "series_fill_forward(values)",
                 {kFill, fillFromNeighbour<true>}),
        ofSeries("series_fill_backward",
                 "A series with the element behind it where one is missing.",
                 "series_fill_backward(values)",
                 {kFill, fillFromNeighbour<false>}),
        ofSeries("series_fill_linear",
                 "A series with a straight line where elements are missing.",
                 "series_fill_linear(values)",
                 {"series: dynamic, [missing: real], [fill_edges: bool], [constant: real] "
                  "-> dynamic",
                  fillLinear}),
    };
}

} // namespace sluice::kql
