// stdev, variance, covariance: of a sample, and with "p" of the whole population
#include "core/kql/aggregate_cells.h"
#include "core/kql/decimal.h"

#include <cmath>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

/// Kusto gives ten digits behind the point.
double roundVariance(double value)
{
    constexpr double kScale = 1e10;
    constexpr double kMostExact = 1e16;
    return std::fabs(value) < kMostExact ? std::nearbyint(value * kScale) / kScale : value;
}

/// Mean and sum of squared distances, after Welford; merged after Chan, Golub and LeVeque.
struct Spread
{
    double mean = 0;
    double squares = 0;
    double count = 0;

    void add(double value)
    {
        count += 1;
        const double distance = value - mean;
        mean += distance / count;
        squares += distance * (value - mean);
    }
    void merge(const Spread &from)
    {
        if (from.count == 0)
            return;
        if (count == 0) {
            *this = from;
            return;
        }
        const double distance = from.mean - mean;
        const double sum = count + from.count;
        squares += from.squares + distance * distance * count * from.count / sum;
        mean += distance * from.count / sum;
        count = sum;
    }
    double variance(bool population) const
    {
        if (count < 2)
            return std::isnan(squares) ? squares : 0;
        return roundVariance(squares / (population ? count : count - 1));
    }
};

template<typename T, bool kPopulation, bool kRoot>
struct VarianceOf
{
    using Value = T;
    using Cell = Spread;
    static void add(Cell &cell, Value value)
    {
        if constexpr (std::same_as<T, std::string_view>)
            cell.add(decimalToReal(value));
        else
            cell.add(static_cast<double>(value));
    }
    static void merge(Cell &to, const Cell &from) { to.merge(from); }
    static void finish(const Cell &cell, Column &column, std::size_t row)
    {
        const double variance = cell.variance(kPopulation);
        putValue(column, row, kRoot ? std::sqrt(variance) : variance);
    }
};

template<bool kPopulation, bool kRoot>
Aggregate spread(std::string_view name,
                 std::string_view prefix,
                 std::string_view help,
                 std::string_view example)
{
    return {
        .name = name,
        .help = help,
        .example = example,
        .overloads = {{"value: long -> real", makeCells<VarianceOf<Long, kPopulation, kRoot>>},
                      {"value: real -> real", makeCells<VarianceOf<double, kPopulation, kRoot>>},
                      {"value: decimal -> real",
                       makeCells<VarianceOf<std::string_view, kPopulation, kRoot>>}},
        .prefix = prefix};
}

struct Pairs
{
    double meanX = 0;
    double meanY = 0;
    double products = 0;
    double count = 0;

    void add(double x, double y)
    {
        count += 1;
        const double distance = x - meanX;
        meanX += distance / count;
        meanY += (y - meanY) / count;
        products += distance * (y - meanY);
    }
    void merge(const Pairs &from)
    {
        if (from.count == 0)
            return;
        const double sum = count + from.count;
        const double x = from.meanX - meanX;
        const double y = from.meanY - meanY;
        products += from.products + x * y * count * from.count / sum;
        meanX += x * from.count / sum;
        meanY += y * from.count / sum;
        count = sum;
    }
    void clear() { *this = {}; }
    static std::size_t bytes() { return 0; }
    void save(StateWriter &out) const { out.put(*this); }
    void load(StateReader &in) { *this = in.get<Pairs>(); }
};

double realOf(const Vector &vector, std::size_t row)
{
    switch (vector.column->storage()) {
    case Storage::Float:
        return vector.real(row);
    case Storage::Integer:
        return static_cast<double>(vector.integer(row));
    default:
        return decimalToReal(vector.text(row));
    }
}

template<bool kPopulation>
class CovarianceState : public HeapState<Pairs>
{
public:
    void update(const GroupRows &rows, std::span<const Vector> arguments) override
    {
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t at) {
            if (arguments[0].valid(row) && arguments[1].valid(row))
                changeGroup(at, [&](Pairs &pairs) {
                    pairs.add(realOf(arguments[0], row), realOf(arguments[1], row));
                });
        });
    }
    void finish(std::uint32_t at, std::span<Column *const> results, std::size_t row) const override
    {
        const Pairs &pairs = group(at);
        const double divisor = kPopulation ? pairs.count : pairs.count - 1;
        putValue(*results.front(), row, divisor > 0 ? pairs.products / divisor : 0.0);
    }
};

template<bool kPopulation>
std::unique_ptr<AggregateState> makeCovariance(const AggregateCall & /*call*/)
{
    return std::make_unique<CovarianceState<kPopulation>>();
}

Aggregate covariance(std::string_view name,
                     std::string_view help,
                     std::string_view example,
                     MakeAggregateState make)
{
    Aggregate aggregate{
        .name = name, .help = help, .example = example, .overloads = {}, .prefix = {}};
    for (const std::string_view signature : {"x: long, y: long -> real",
                                             "x: long, y: real -> real",
                                             "x: real, y: long -> real",
                                             "x: real, y: real -> real",
                                             "x: decimal, y: decimal -> real",
                                             "x: decimal, y: real -> real",
                                             "x: real, y: decimal -> real",
                                             "x: decimal, y: long -> real",
                                             "x: long, y: decimal -> real"})
        aggregate.overloads.push_back({signature, make, 2});
    aggregate.namesInputs = 2;
    return aggregate;
}

} // namespace

std::vector<Aggregate> statisticsAggregates()
{
    const auto stdev = spread<false, true>(
        "stdev", "stdev_", "The standard deviation of a sample; 0 for one value.", "stdev(temp)");
    const auto stdevp = spread<true, true>(
        "stdevp", "stdevp_", "The standard deviation of all there is.", "stdevp(temp)");
    const auto variance = spread<false, false>(
        "variance", "variance_", "The variance of a sample; 0 for one value.", "variance(temp)");
    const auto variancep = spread<true, false>(
        "variancep", "variancep_", "The variance of all there is.", "variancep(temp)");
    auto sample = covariance("covariance",
                             "How two values vary together, in a sample.",
                             "covariance(temp, humidity)",
                             makeCovariance<false>);
    auto population = covariance("covariancep",
                                 "How two values vary together, of all there is.",
                                 "covariancep(temp, humidity)",
                                 makeCovariance<true>);
    sample.prefix = "covariance_";
    population.prefix = "covariancep_";
    return {stdev,
            conditional(stdev, "stdevif"),
            stdevp,
            variance,
            conditional(variance, "varianceif"),
            variancep,
            conditional(variancep, "variancepif"),
            sample,
            conditional(sample, "covarianceif"),
            population,
            conditional(population, "covariancepif")};
}

} // namespace sluice::kql
