// count, sum, avg, binary_all_and … and their forms with a predicate
#include "core/kql/aggregate_cells.h"
#include "core/kql/decimal.h"

#include <cmath>
#include <limits>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

Long wrapAdd(Long a, Long b)
{
    return static_cast<Long>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

class CountState : public AggregateState
{
public:
    void resize(std::size_t groups) override { m_counts.resize(groups); }
    void update(const GroupRows &rows, std::span<const Vector> /*arguments*/) override
    {
        Long *counts = m_counts.data();
        for (std::size_t i = 0; i < rows.count; ++i)
            ++counts[rows.groups[i]];
    }
    void merge(const AggregateState &other, std::uint32_t from, std::uint32_t to) override
    {
        m_counts[to] += static_cast<const CountState &>(other).m_counts[from];
    }
    void clear(std::uint32_t group) override { m_counts[group] = 0; }
    void
    finish(std::uint32_t group, std::span<Column *const> results, std::size_t row) const override
    {
        putValue(*results.front(), row, m_counts[group]);
    }
    std::size_t bytes() const override { return m_counts.capacity() * sizeof(Long); }
    void save(std::uint32_t group, StateWriter &out) const override { out.put(m_counts[group]); }
    void load(std::uint32_t group, StateReader &in) override { m_counts[group] = in.get<Long>(); }

private:
    std::vector<Long> m_counts;
};

std::unique_ptr<AggregateState> makeCount(const AggregateCall & /*call*/)
{
    return std::make_unique<CountState>();
}

/// Wraps, as Kusto's does; 0 for nothing.
struct SumLong
{
    using Value = Long;
    using Cell = Long;
    static void add(Cell &cell, Value value) { cell = wrapAdd(cell, value); }
    static void merge(Cell &to, const Cell &from) { to = wrapAdd(to, from); }
    static void finish(const Cell &cell, Column &column, std::size_t row)
    {
        putValue(column, row, cell);
    }
};

struct SumReal
{
    using Value = double;
    using Cell = double;
    static void add(Cell &cell, Value value) { cell += value; }
    static void merge(Cell &to, const Cell &from) { to += from; }
    static void finish(const Cell &cell, Column &column, std::size_t row)
    {
        putValue(column, row, cell);
    }
};

struct AverageLong
{
    using Value = Long;
    struct Cell
    {
        Long sum = 0;
        Long count = 0;
    };
    static void add(Cell &cell, Value value)
    {
        cell.sum = wrapAdd(cell.sum, value);
        ++cell.count;
    }
    static void merge(Cell &to, const Cell &from)
    {
        to.sum = wrapAdd(to.sum, from.sum);
        to.count += from.count;
    }
    static void finish(const Cell &cell, Column &column, std::size_t row)
    {
        putValue(column,
                 row,
                 cell.count == 0 ? std::numeric_limits<double>::quiet_NaN()
                                 : static_cast<double>(cell.sum) / static_cast<double>(cell.count));
    }
};

struct AverageReal
{
    using Value = double;
    struct Cell
    {
        double sum = 0;
        Long count = 0;
    };
    static void add(Cell &cell, Value value)
    {
        cell.sum += value;
        ++cell.count;
    }
    static void merge(Cell &to, const Cell &from)
    {
        to.sum += from.sum;
        to.count += from.count;
    }
    static void finish(const Cell &cell, Column &column, std::size_t row)
    {
        putValue(column,
                 row,
                 cell.count == 0 ? std::numeric_limits<double>::quiet_NaN()
                                 : cell.sum / static_cast<double>(cell.count));
    }
};

/// Of moments and of spans, in ticks: the sum of a thousand moments does not fit 64 bits.
struct AverageTicks
{
    using Value = Long;
    struct Cell
    {
        Long high = 0; // of the sum, in units of 2^32 ticks
        Long low = 0;
        Long count = 0;
    };
    static constexpr int kShift = 32;
    static constexpr Long kMask = 0xFFFFFFFF;
    static void add(Cell &cell, Value value)
    {
        cell.high += value >> kShift;
        cell.low += value & kMask;
        ++cell.count;
    }
    static void merge(Cell &to, const Cell &from)
    {
        to.high += from.high;
        to.low += from.low;
        to.count += from.count;
    }
    static void finish(const Cell &cell, Column &column, std::size_t row)
    {
        if (cell.count == 0)
            return;
        // (high * 2^32 + low) / count without leaving 64 bits: moments and their count are small.
        const Long quotient = cell.high / cell.count;
        const double rest = std::ldexp(static_cast<double>(cell.high % cell.count), kShift)
                            + static_cast<double>(cell.low);
        const Long result = wrapAdd(quotient * (Long{1} << kShift),
                                    static_cast<Long>(rest / static_cast<double>(cell.count)));
        putValue(column, row, result);
    }
};

struct DecimalGroup
{
    std::string sum;
    Long count = 0;

    void add(std::string_view value)
    {
        ++count;
        if (sum.empty())
            sum = value;
        else if (auto next = decimalCalculate('+', sum, value))
            sum = std::move(*next);
    }
    void merge(const DecimalGroup &from)
    {
        if (from.count == 0)
            return;
        const Long sumCount = count + from.count;
        add(from.sum);
        count = sumCount;
    }
    void clear()
    {
        sum.clear();
        count = 0;
    }
    std::size_t bytes() const { return sum.capacity() > kShort ? sum.capacity() : 0; }
    void save(StateWriter &out) const
    {
        out.put(count);
        out.putText(sum);
    }
    void load(StateReader &in)
    {
        count = in.get<Long>();
        sum = in.getText();
    }
    static constexpr std::size_t kShort = 15;
};

template<bool kAverage>
class DecimalState : public HeapState<DecimalGroup>
{
public:
    void update(const GroupRows &rows, std::span<const Vector> arguments) override
    {
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t at) {
            if (const std::string_view value = arguments.front().text(row); !value.empty())
                changeGroup(at, [&](DecimalGroup &changed) { changed.add(value); });
        });
    }
    void finish(std::uint32_t at, std::span<Column *const> results, std::size_t row) const override
    {
        Column &column = *results.front();
        const DecimalGroup &sum = group(at);
        if constexpr (kAverage) {
            if (sum.count == 0)
                return;
            if (const auto mean = decimalCalculate('/', sum.sum, std::to_string(sum.count)))
                putValue(column, row, column.arena.copy(*mean));
        } else {
            putValue(column, row, column.arena.copy(sum.count == 0 ? "0" : sum.sum));
        }
    }
};

template<bool kAverage>
std::unique_ptr<AggregateState> makeDecimal(const AggregateCall & /*call*/)
{
    return std::make_unique<DecimalState<kAverage>>();
}

enum class Bits { And, Or, Xor };

template<Bits kBits>
struct AllBits
{
    using Value = Long;
    struct Cell
    {
        Long bits = 0;
        Long any = 0;
    };
    static void add(Cell &cell, Value value)
    {
        if (cell.any == 0)
            cell.bits = value;
        else if constexpr (kBits == Bits::And)
            cell.bits &= value;
        else if constexpr (kBits == Bits::Or)
            cell.bits |= value;
        else
            cell.bits ^= value;
        cell.any = 1;
    }
    static void merge(Cell &to, const Cell &from)
    {
        if (from.any != 0)
            add(to, from.bits);
    }
    static void finish(const Cell &cell, Column &column, std::size_t row)
    {
        if (cell.any != 0)
            putValue(column, row, cell.bits);
    }
};

template<Bits kBits>
Aggregate allBits(std::string_view name, std::string_view help, std::string_view example)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {{"value: int -> int", makeCells<AllBits<kBits>>},
                          {"value: long -> long", makeCells<AllBits<kBits>>}},
            .prefix = ""};
}

} // namespace

std::vector<Aggregate> numberAggregates()
{
    const Aggregate sum{.name = "sum",
                        .help = "The sum of the values; 0 when there is none.",
                        .example = "sum(temp)",
                        .overloads = {{"value: long -> long", makeCells<SumLong>},
                                      {"value: real -> real", makeCells<SumReal>},
                                      {"value: timespan -> timespan", makeCells<SumLong>},
                                      {"value: datetime -> datetime", makeCells<SumLong>},
                                      {"value: decimal -> decimal", makeDecimal<false>}},
                        .prefix = "sum_"};
    const Aggregate average{.name = "avg",
                            .help = "The mean of the values; NaN when there is none.",
                            .example = "avg(temp)",
                            .overloads = {{"value: long -> real", makeCells<AverageLong>},
                                          {"value: real -> real", makeCells<AverageReal>},
                                          {"value: timespan -> timespan", makeCells<AverageTicks>},
                                          {"value: datetime -> datetime", makeCells<AverageTicks>},
                                          {"value: decimal -> decimal", makeDecimal<true>}},
                            .prefix = "avg_"};
    return {
        {.name = "count",
         .help = "The number of rows, those with a null value included.",
         .example = "count()",
         .overloads = {{" -> long", makeCount, 0}, {"value: any -> long", makeCount, 0}},
         .prefix = "count_"},
        {.name = "countif",
         .help = "The number of rows for which a predicate is true.",
         .example = "countif(temp > 20)",
         .overloads = {{"predicate: bool -> long", makeCount, 0}},
         .prefix = "countif_"},
        sum,
        conditional(sum, "sumif"),
        average,
        conditional(average, "avgif"),
        allBits<Bits::And>(
            "binary_all_and", "The bits that all values have.", "binary_all_and(flags)"),
        allBits<Bits::Or>("binary_all_or", "The bits that any value has.", "binary_all_or(flags)"),
        allBits<Bits::Xor>("binary_all_xor",
                           "The bits that an odd number of values has.",
                           "binary_all_xor(flags)"),
    };
}

} // namespace sluice::kql
