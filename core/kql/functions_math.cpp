// abs, round, bin, sqrt, pow, log, min_of, max_of …
#include "core/event/datetime.h"
#include "core/kql/binder.h"
#include "core/kql/decimal.h"
#include "core/kql/function.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace sluice::kql {

namespace {

using Long = std::int64_t;
using MaybeLong = std::optional<Long>;
using MaybeReal = std::optional<double>;

std::uint64_t bits(Long value)
{
    return static_cast<std::uint64_t>(value);
}

Long absLong(Long value)
{
    return value < 0 ? static_cast<Long>(0 - bits(value)) : value;
}
double absReal(double value)
{
    return std::fabs(value);
}
double roundReal(double value)
{
    return std::round(value); // half away from zero
}
double roundTo(double value, Long digits)
{
    constexpr Long kMostDigits = 300;
    if (!std::isfinite(value) || digits > kMostDigits || digits < -kMostDigits)
        return value;
    const double scale = std::pow(10.0, static_cast<double>(digits < 0 ? -digits : digits));
    if (digits < 0)
        return std::round(value / scale) * scale;
    const double scaled = value * scale;
    return std::isfinite(scaled) ? std::round(scaled) / scale : value;
}

/// The largest multiple of `step` from `origin` on that is not above the value.
MaybeLong floorTo(Long value, Long step, Long origin)
{
    if (step <= 0)
        return std::nullopt;
    const Long distance = static_cast<Long>(bits(value) - bits(origin));
    const Long rest = distance % step;
    return static_cast<Long>(bits(value) - bits(rest < 0 ? rest + step : rest));
}
MaybeLong binLong(Long value, Long step)
{
    return floorTo(value, step, 0);
}
MaybeReal binReal(double value, double step)
{
    if (!(step > 0))
        return std::nullopt;
    return std::floor(value / step) * step;
}
MaybeLong momentOrNull(MaybeLong ticks)
{
    return ticks && isValidTicks(*ticks) ? ticks : std::nullopt;
}
MaybeLong binDatetime(Long value, Long step)
{
    return momentOrNull(floorTo(value, step, kMinTicks));
}
/// Moments come in order mostly: while they stay in the bin of the one before, nothing is divided.
void binDatetimes(Call &call)
{
    const Vector &moments = call.arguments[0];
    const Vector &steps = call.arguments[1];
    if (!steps.isConstant() || !steps.valid(0) || steps.integer(0) <= 0) {
        rows<binDatetime>(call);
        return;
    }
    const Long step = steps.integer(0);
    Long start = 0;
    std::uint64_t width = 0; // of the bin at hand; 0 before there is one
    forEachRow(call, [&](std::size_t row) {
        if (!moments.valid(row))
            return;
        const Long moment = moments.integer(row);
        if (bits(moment) - bits(start) >= width) {
            const MaybeLong found = binDatetime(moment, step);
            width = found ? bits(step) : 0;
            if (!found)
                return;
            start = *found;
        }
        putValue(call.result, row, start);
    });
}
MaybeLong binAtDatetime(Long value, Long step, Long origin)
{
    return momentOrNull(floorTo(value, step, origin));
}
MaybeReal binAtReal(double value, double step, double origin)
{
    if (!(step > 0))
        return std::nullopt;
    return std::floor((value - origin) / step) * step + origin;
}

std::string_view absDecimal(std::string_view value)
{
    return value.starts_with('-') ? value.substr(1) : value;
}
std::string_view keepDecimal(Call &call, const std::optional<std::string> &value)
{
    return value ? call.keep(*value) : std::string_view();
}
std::string_view binDecimal(Call &call, std::string_view value, std::string_view step)
{
    return value.empty() || step.empty() ? std::string_view()
                                         : keepDecimal(call, decimalBin(value, step));
}
std::string_view roundDecimal(Call &call, std::string_view value, Long digits)
{
    return value.empty() ? std::string_view() : keepDecimal(call, decimalRound(value, digits));
}
std::string_view ceilingDecimal(Call &call, std::string_view value)
{
    return value.empty() ? std::string_view() : keepDecimal(call, decimalCeiling(value));
}

/// The logarithm of a negative number is null, of 0 negative infinity.
template<double (*kLogarithm)(double)>
MaybeReal logarithm(double value)
{
    return value < 0 ? std::nullopt : MaybeReal(kLogarithm(value));
}
template<double (*kFunction)(double)>
double real(double value)
{
    return kFunction(value);
}
double exp10Real(double value)
{
    return std::pow(10.0, value);
}
double power(double base, double exponent)
{
    return std::pow(base, exponent);
}
double arcTangent2(double y, double x)
{
    return std::atan2(y, x);
}
double cotangent(double value)
{
    return 1.0 / std::tan(value);
}
double toDegrees(double value)
{
    return value * 180.0 / std::numbers::pi;
}
double toRadians(double value)
{
    return value * std::numbers::pi / 180.0;
}
double logGamma(double value)
{
    int sign = 0;
    return ::lgamma_r(value, &sign); // std::lgamma writes a global
}
bool isAroundLong(Long value, Long center, Long delta)
{
    const std::uint64_t distance =
        value < center ? bits(center) - bits(value) : bits(value) - bits(center);
    return delta >= 0 && distance <= bits(delta);
}
bool isAroundReal(double value, double center, double delta)
{
    return value >= center - delta && value <= center + delta;
}
double signOf(double value)
{
    return value > 0 ? 1 : value < 0 ? -1 : value;
}
bool isNotNumber(double value)
{
    return std::isnan(value);
}
bool isInfinite(double value)
{
    return std::isinf(value);
}
bool isFinite(double value)
{
    return std::isfinite(value);
}
double pi()
{
    return std::numbers::pi;
}
double randomUnit(Call &call)
{
    return call.scratch.random.unit();
}
double randomBelow(Call &call, Long limit)
{
    return limit < 1 ? call.scratch.random.unit()
                     : static_cast<double>(call.scratch.random.below(bits(limit)));
}
Long bitAnd(Long a, Long b)
{
    return a & b;
}
Long bitOr(Long a, Long b)
{
    return a | b;
}
Long bitXor(Long a, Long b)
{
    return a ^ b;
}
Long bitNot(Long a)
{
    return ~a;
}
Long shiftLeft(Long a, Long by)
{
    return static_cast<Long>(bits(a) << (bits(by) & 63U));
}
Long shiftRight(Long a, Long by)
{
    return a >> (bits(by) & 63U);
}

/// The smallest or largest of what is not null; a NaN wins.
template<typename T, bool kLargest>
void extreme(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        std::optional<T> best;
        for (const Vector &argument : call.arguments) {
            if (!argument.valid(row))
                continue;
            const T value = argumentAt<T>(argument, row);
            if constexpr (std::same_as<T, double>) {
                if (std::isnan(value) || (best && std::isnan(*best))) {
                    best = std::numeric_limits<double>::quiet_NaN();
                    continue;
                }
            }
            if (!best || (kLargest ? value > *best : value < *best))
                best = value;
        }
        putValue(call.result, row, best);
    });
}

template<bool kLargest>
void extremeDecimal(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        std::string_view best;
        for (const Vector &argument : call.arguments) {
            const std::string_view value = argument.text(row);
            if (!value.empty() && (best.empty() || (decimalCompare(value, best) > 0) == kLargest))
                best = value;
        }
        putValue(call.result, row, best);
    });
}

template<bool kLargest>
std::vector<Overload> extremes()
{
    return {{"value: int, second: int, others: int... -> int", extreme<Long, kLargest>},
            {"value: long, second: long, others: long... -> long", extreme<Long, kLargest>},
            {"value: bool, second: bool, others: bool... -> bool", extreme<bool, kLargest>},
            {"value: real, second: real, others: real... -> real", extreme<double, kLargest>},
            {"value: datetime, second: datetime, others: datetime... -> datetime",
             extreme<Long, kLargest>},
            {"value: timespan, second: timespan, others: timespan... -> timespan",
             extreme<Long, kLargest>},
            {"value: decimal, second: decimal, others: decimal... -> decimal",
             extremeDecimal<kLargest>},
            {"value: string, second: string, others: string... -> string",
             extreme<std::string_view, kLargest>}};
}

std::vector<Overload> bins()
{
    return {{"value: long, step: long -> long", rows<binLong>},
            {"value: real, step: real -> real", rows<binReal>},
            {"value: datetime, step: timespan -> datetime", binDatetimes},
            {"value: timespan, step: timespan -> timespan", rows<binLong>},
            {"value: decimal, step: decimal -> decimal", rows<binDecimal>}};
}

Function
ofReal(std::string_view name, std::string_view help, std::string_view example, Kernel kernel)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {{"value: real -> real", kernel}}};
}

Function
ofBits(std::string_view name, std::string_view help, std::string_view example, Kernel kernel)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {{"left: long, right: long -> long", kernel}}};
}

std::vector<Function> trigonometry()
{
    return {
        ofReal("sin", "The sine of an angle in radians.", "sin(1)", rows<real<std::sin>>),
        ofReal("cos", "The cosine of an angle in radians.", "cos(1)", rows<real<std::cos>>),
        ofReal("tan", "The tangent of an angle in radians.", "tan(1)", rows<real<std::tan>>),
        ofReal("cot", "The cotangent of an angle in radians.", "cot(1)", rows<cotangent>),
        ofReal("asin", "The angle whose sine this is.", "asin(0.5)", rows<real<std::asin>>),
        ofReal("acos", "The angle whose cosine this is.", "acos(0.5)", rows<real<std::acos>>),
        ofReal("atan", "The angle whose tangent this is.", "atan(0.5)", rows<real<std::atan>>),
        {.name = "atan2",
         .help = "The angle from the x axis to a point.",
         .example = "atan2(y, x)",
         .overloads = {{"y: real, x: real -> real", rows<arcTangent2>}}},
        ofReal("degrees", "Radians as degrees.", "degrees(pi())", rows<toDegrees>),
        ofReal("radians", "Degrees as radians.", "radians(180)", rows<toRadians>),
        ofBits("binary_and", "The bits that both have.", "binary_and(6, 3)", rows<bitAnd>),
        ofBits("binary_or", "The bits that one has.", "binary_or(6, 3)", rows<bitOr>),
        ofBits("binary_xor", "The bits in which they differ.", "binary_xor(6, 3)", rows<bitXor>),
        ofBits("binary_shift_left",
               "The bits moved to the left.",
               "binary_shift_left(1, 4)",
               rows<shiftLeft>),
        ofBits("binary_shift_right",
               "The bits moved to the right.",
               "binary_shift_right(16, 4)",
               rows<shiftRight>),
        {.name = "binary_not",
         .help = "Every bit turned.",
         .example = "binary_not(0)",
         .overloads = {{"value: long -> long", rows<bitNot>}}},
    };
}

} // namespace

std::vector<Function> mathFunctions()
{
    std::vector<Function> table{
        {.name = "abs",
         .help = "Without its sign.",
         .example = "abs(delta)",
         .overloads = {{"value: long -> long", rows<absLong>},
                       {"value: real -> real", rows<absReal>},
                       {"value: timespan -> timespan", rows<absLong>},
                       {"value: decimal -> decimal", rows<absDecimal>}}},
        {.name = "round",
         .help =
             "To the nearest number with so many digits behind the point; halves go away from 0.",
         .example = "round(temp, 1)",
         .overloads = {{"value: real -> real", rows<roundReal>},
                       {"value: real, digits: long -> real", rows<roundTo>},
                       {"value: decimal, [digits: long = 0] -> decimal", rows<roundDecimal>}}},
        {.name = "bin",
         .help = "Down to a multiple of the step.",
         .example = "bin(timestamp, 1h)",
         .overloads = bins()},
        {.name = "floor",
         .help = "The same as bin().",
         .example = "floor(temp, 1)",
         .overloads = bins(),
         .aliasOf = "bin"},
        {.name = "bin_at",
         .help = "Down to a multiple of the step, counted from an origin.",
         .example = "bin_at(timestamp, 1d, datetime(2026-01-01 06:00))",
         .overloads = {{"value: long, step: long, origin: long -> long", rows<floorTo>},
                       {"value: real, step: real, origin: real -> real", rows<binAtReal>},
                       {"value: datetime, step: timespan, origin: datetime -> datetime",
                        rows<binAtDatetime>},
                       {"value: timespan, step: timespan, origin: timespan -> timespan",
                        rows<floorTo>}}},
        {.name = "ceiling",
         .help = "Up to a whole number.",
         .example = "ceiling(temp)",
         .overloads = {{"value: real -> real", rows<real<std::ceil>>},
                       {"value: decimal -> decimal", rows<ceilingDecimal>}}},
        ofReal("sign", "-1, 0 or 1.", "sign(delta)", rows<signOf>),
        ofReal("sqrt", "The square root.", "sqrt(area)", rows<real<std::sqrt>>),
        ofReal("exp", "e to this power.", "exp(x)", rows<real<std::exp>>),
        ofReal("exp2", "2 to this power.", "exp2(x)", rows<real<std::exp2>>),
        ofReal("exp10", "10 to this power.", "exp10(x)", rows<exp10Real>),
        ofReal("log", "The natural logarithm.", "log(x)", rows<logarithm<std::log>>),
        ofReal("log2", "The logarithm to base 2.", "log2(x)", rows<logarithm<std::log2>>),
        ofReal("log10", "The logarithm to base 10.", "log10(x)", rows<logarithm<std::log10>>),
        ofReal("gamma", "The gamma function.", "gamma(4)", rows<real<std::tgamma>>),
        ofReal("loggamma", "The logarithm of the gamma function.", "loggamma(5)", rows<logGamma>),
        {.name = "pow",
         .help = "One number to the power of another.",
         .example = "pow(2, 10)",
         .overloads = {{"base: real, exponent: real -> real", rows<power>}}},
        ofReal("erf", "The error function.", "erf(0.5)", rows<real<std::erf>>),
        ofReal("erfc", "1 less the error function.", "erfc(0.5)", rows<real<std::erfc>>),
        {.name = "around",
         .help = "True for a value not farther from the center than the delta.",
         .example = "around(temp, 20.0, 0.5)",
         .overloads = {{"value: long, center: long, delta: long -> bool", rows<isAroundLong>},
                       {"value: real, center: real, delta: real -> bool", rows<isAroundReal>},
                       {"value: datetime, center: datetime, delta: timespan -> bool",
                        rows<isAroundLong>},
                       {"value: timespan, center: timespan, delta: timespan -> bool",
                        rows<isAroundLong>}}},
        {.name = "isnan",
         .help = "True for what is no number.",
         .example = "isnan(x)",
         .overloads = {{"value: real -> bool", rows<isNotNumber>}}},
        {.name = "isinf",
         .help = "True for an infinite value.",
         .example = "isinf(x)",
         .overloads = {{"value: real -> bool", rows<isInfinite>}}},
        {.name = "isfinite",
         .help = "True for neither infinite nor NaN.",
         .example = "isfinite(x)",
         .overloads = {{"value: real -> bool", rows<isFinite>}}},
        {.name = "pi",
         .help = "The number pi.",
         .example = "pi()",
         .overloads = {{" -> real", rows<pi>}}},
        {.name = "rand",
         .help = "A random number from 0 up to 1, or a whole one below the limit.",
         .example = "rand(10)",
         .overloads = {{" -> real", rows<randomUnit>}, {"limit: long -> real", rows<randomBelow>}},
         .stability = Stability::Row},
        {.name = "max_of",
         .help = "The largest of several values.",
         .example = "max_of(a, b, 0)",
         .overloads = extremes<true>()},
        {.name = "min_of",
         .help = "The smallest of several values.",
         .example = "min_of(a, b, 100)",
         .overloads = extremes<false>()},
    };
    for (Function &function : trigonometry())
        table.push_back(std::move(function));
    return table;
}

} // namespace sluice::kql
