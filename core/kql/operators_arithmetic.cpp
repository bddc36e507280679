// + - * / % and the sign.
#include "core/event/datetime.h"
#include "core/kql/binder.h"
#include "core/kql/decimal.h"
#include "core/kql/function.h"
#include "core/kql/values.h"

#include <cmath>
#include <limits>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

std::uint64_t bits(Long value)
{
    return static_cast<std::uint64_t>(value);
}

// 64-bit arithmetic wraps, as Kusto's does.
Long addLong(Long a, Long b)
{
    return static_cast<Long>(bits(a) + bits(b));
}
Long subtractLong(Long a, Long b)
{
    return static_cast<Long>(bits(a) - bits(b));
}
Long multiplyLong(Long a, Long b)
{
    return static_cast<Long>(bits(a) * bits(b));
}
std::optional<Long> divideLong(Long a, Long b)
{
    if (b == 0)
        return std::nullopt;
    return b == -1 ? subtractLong(0, a) : a / b;
}
/// Never negative.
std::optional<Long> remainderLong(Long a, Long b)
{
    if (b == 0)
        return std::nullopt;
    if (b == -1)
        return 0;
    const Long rest = a % b;
    return rest < 0 ? static_cast<Long>(bits(rest) + (b < 0 ? 0 - bits(b) : bits(b))) : rest;
}
double addReal(double a, double b)
{
    return a + b;
}
double subtractReal(double a, double b)
{
    return a - b;
}
double multiplyReal(double a, double b)
{
    return a * b;
}
double divideReal(double a, double b)
{
    return a / b;
}
double remainderReal(double a, double b)
{
    const double rest = std::fmod(a, b);
    return rest < 0 ? rest + std::fabs(b) : rest;
}
Long negateLong(Long a)
{
    return subtractLong(0, a);
}
double negateReal(double a)
{
    return -a;
}

std::optional<Long> moment(Long ticks)
{
    return isValidTicks(ticks) ? std::optional(ticks) : std::nullopt;
}
std::optional<Long> addToMoment(Long a, Long b)
{
    Long sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? std::nullopt : moment(sum);
}
std::optional<Long> subtractFromMoment(Long a, Long b)
{
    Long difference = 0;
    return __builtin_sub_overflow(a, b, &difference) ? std::nullopt : moment(difference);
}
std::optional<Long> scaleSpan(Long span, double factor)
{
    return truncateToLong(static_cast<double>(span) * factor);
}
std::optional<Long> scaleSpanLeft(double factor, Long span)
{
    return scaleSpan(span, factor);
}
std::optional<Long> divideSpan(Long span, double divisor)
{
    return truncateToLong(static_cast<double>(span) / divisor);
}
double divideSpans(Long a, Long b)
{
    return static_cast<double>(a) / static_cast<double>(b);
}

template<char kOperation>
std::string_view calculateDecimal(Call &call, std::string_view a, std::string_view b)
{
    if (a.empty() || b.empty())
        return {};
    const auto value = decimalCalculate(kOperation, a, b);
    return value ? call.keep(*value) : std::string_view();
}

std::string_view negateDecimal(Call &call, std::string_view a)
{
    return a.empty() ? std::string_view() : calculateDecimal<'-'>(call, "0", a);
}

/// Plain loops over all rows, for what needs no test of its values.
template<typename T, auto kFunction>
void plain(Call &call)
{
    const Vector &left = call.arguments[0];
    const Vector &right = call.arguments[1];
    const auto data = [](const Column &column) {
        if constexpr (std::same_as<T, double>)
            return column.floats.data();
        else
            return column.integers.data();
    };
    const T *a = data(*left.column);
    const T *b = data(*right.column);
    T *out = nullptr;
    if constexpr (std::same_as<T, double>)
        out = call.result.floats.data();
    else
        out = call.result.integers.data();
    const std::uint8_t *aValid = left.column->valid.data();
    const std::uint8_t *bValid = right.column->valid.data();
    std::uint8_t *valid = call.result.valid.data();
    const auto run = [&](std::size_t aStride, std::size_t bStride) {
        for (std::size_t row = 0; row < call.rows; ++row) {
            out[row] = kFunction(a[row * aStride], b[row * bStride]);
            valid[row] = aValid[row * aStride] & bValid[row * bStride];
        }
    };
    if (right.isConstant())
        run(left.stride, 0);
    else
        run(left.stride, right.stride);
}

NodePtr bindArithmetic(Binder &binder,
                       const Function &function,
                       const Position &at,
                       std::vector<NodePtr> arguments)
{
    const ColumnType a = arguments[0]->type;
    const ColumnType b = arguments.back()->type;
    if (arguments.size() == 2 && a == ColumnType::Dynamic && b == ColumnType::Dynamic)
        return binder.refuse(at,
                             ErrorCode::WrongType,
                             fmt::format("'{}' does not work on two dynamic values", function.name),
                             "Convert one of them: tolong(…) or toreal(…).");
    if (function.name == "+" && (a == ColumnType::String || b == ColumnType::String))
        return binder.refuse(
            at, ErrorCode::WrongType, "'+' does not join strings", "Write strcat(a, b).");
    // Beside a timespan, and where something is taken from a datetime, a dynamic value is the same.
    const bool sum = function.name == "+" || function.name == "-";
    if (arguments.size() == 2 && sum) {
        const auto settle = [&](ColumnType known, NodePtr &unknown) {
            if (unknown->type == ColumnType::Dynamic
                && (known == ColumnType::Timespan
                    || (known == ColumnType::Datetime && function.name == "-")))
                unknown = binder.convert(unknown, known);
        };
        settle(a, arguments[1]);
        if (b == ColumnType::Timespan)
            settle(b, arguments[0]);
    }
    return binder.callOverload(function, at, std::move(arguments));
}

Function
arithmetic(std::string_view name, std::string_view example, std::vector<Overload> overloads)
{
    Function function;
    function.name = name;
    function.example = example;
    function.overloads = std::move(overloads);
    function.bind = bindArithmetic;
    function.isOperator = true;
    return function;
}

} // namespace

std::vector<Function> arithmeticOperators()
{
    return {
        arithmetic("+",
                   "temp + 1",
                   {{"left: long, right: long -> long", plain<Long, addLong>},
                    {"left: real, right: real -> real", plain<double, addReal>},
                    {"left: datetime, right: timespan -> datetime", rows<addToMoment>},
                    {"left: timespan, right: datetime -> datetime", rows<addToMoment>},
                    {"left: timespan, right: timespan -> timespan", plain<Long, addLong>},
                    {"left: decimal, right: decimal -> decimal", rows<calculateDecimal<'+'>>}}),
        arithmetic("-",
                   "now() - 1h",
                   {{"left: long, right: long -> long", plain<Long, subtractLong>},
                    {"left: real, right: real -> real", plain<double, subtractReal>},
                    {"left: datetime, right: datetime -> timespan", plain<Long, subtractLong>},
                    {"left: datetime, right: timespan -> datetime", rows<subtractFromMoment>},
                    {"left: timespan, right: timespan -> timespan", plain<Long, subtractLong>},
                    {"left: decimal, right: decimal -> decimal", rows<calculateDecimal<'-'>>}}),
        arithmetic("*",
                   "temp * 1.8",
                   {{"left: long, right: long -> long", plain<Long, multiplyLong>},
                    {"left: real, right: real -> real", plain<double, multiplyReal>},
                    {"left: timespan, right: long -> timespan", plain<Long, multiplyLong>},
                    {"left: long, right: timespan -> timespan", plain<Long, multiplyLong>},
                    {"left: timespan, right: real -> timespan", rows<scaleSpan>},
                    {"left: real, right: timespan -> timespan", rows<scaleSpanLeft>},
                    {"left: decimal, right: decimal -> decimal", rows<calculateDecimal<'*'>>}}),
        arithmetic("/",
                   "total / 2.0",
                   {{"left: long, right: long -> long", rows<divideLong>},
                    {"left: real, right: real -> real", plain<double, divideReal>},
                    {"left: timespan, right: timespan -> real", rows<divideSpans>},
                    {"left: timespan, right: long -> timespan", rows<divideLong>},
                    {"left: timespan, right: real -> timespan", rows<divideSpan>},
                    {"left: decimal, right: decimal -> decimal", rows<calculateDecimal<'/'>>}}),
        arithmetic("%",
                   "id % 10",
                   {{"left: long, right: long -> long", rows<remainderLong>},
                    {"left: real, right: real -> real", rows<remainderReal>},
                    {"left: timespan, right: timespan -> timespan", rows<remainderLong>},
                    {"left: decimal, right: decimal -> decimal", rows<calculateDecimal<'%'>>}}),
        arithmetic("negate",
                   "-temp",
                   {{"value: long -> long", rows<negateLong>},
                    {"value: real -> real", rows<negateReal>},
                    {"value: timespan -> timespan", rows<negateLong>},
                    {"value: decimal -> decimal", rows<negateDecimal>}}),
    };
}

} // namespace sluice::kql
