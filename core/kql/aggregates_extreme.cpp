// min, max and their forms with a predicate
#include "core/kql/aggregate_cells.h"
#include "core/kql/decimal.h"

#include <cmath>

namespace sluice::kql {

namespace {

/// A NaN wins over everything.
template<typename T, bool kLargest>
struct Extreme
{
    using Value = T;
    struct Cell
    {
        T best{};
        std::uint8_t any = 0; // not bool: cells are read as bytes
    };
    static void add(Cell &cell, Value value)
    {
        bool better = cell.any == 0 || (kLargest ? value > cell.best : value < cell.best);
        if constexpr (std::same_as<T, double>)
            better = better || value != value;
        cell.best = better ? value : cell.best;
        cell.any = 1;
    }
    static void merge(Cell &to, const Cell &from)
    {
        if (from.any != 0)
            add(to, from.best);
    }
    static void finish(const Cell &cell, Column &column, std::size_t row)
    {
        if (cell.any != 0)
            putValue(column, row, cell.best);
    }
};

/// Strings by their bytes, decimals by their value.
template<bool kLargest, bool kDecimal>
struct TextExtreme
{
    std::string best;
    bool any = false;

    void add(std::string_view value)
    {
        const int order = !any ? 0 : kDecimal ? decimalCompare(value, best) : value.compare(best);
        if (!any || (kLargest ? order > 0 : order < 0))
            best = value;
        any = true;
    }
    void merge(const TextExtreme &from)
    {
        if (from.any)
            add(from.best);
    }
    void clear()
    {
        best.clear();
        any = false;
    }
    std::size_t bytes() const { return best.capacity() > kShort ? best.capacity() : 0; }
    void save(StateWriter &out) const
    {
        out.put(any);
        out.putText(best);
    }
    void load(StateReader &in)
    {
        any = in.get<bool>();
        best = in.getText();
    }
    static constexpr std::size_t kShort = 15;
};

template<bool kLargest, bool kDecimal>
class TextExtremeState : public HeapState<TextExtreme<kLargest, kDecimal>>
{
public:
    using Group = TextExtreme<kLargest, kDecimal>;
    void update(const GroupRows &rows, std::span<const Vector> arguments) override
    {
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t at) {
            const std::string_view value = arguments.front().text(row);
            if (!kDecimal || !value.empty()) // a string is never null
                this->changeGroup(at, [&](Group &changed) { changed.add(value); });
        });
    }
    void finish(std::uint32_t at, std::span<Column *const> results, std::size_t row) const override
    {
        Column &column = *results.front();
        if (const Group &extreme = this->group(at); extreme.any)
            putValue(column, row, column.arena.copy(extreme.best));
    }
};

template<bool kLargest, bool kDecimal>
std::unique_ptr<AggregateState> makeText(const AggregateCall & /*call*/)
{
    return std::make_unique<TextExtremeState<kLargest, kDecimal>>();
}

template<bool kLargest>
Aggregate extreme(std::string_view name, std::string_view help, std::string_view example)
{
    const auto whole = makeCells<Extreme<std::int64_t, kLargest>>;
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {{"value: int -> int", whole},
                          {"value: long -> long", whole},
                          {"value: real -> real", makeCells<Extreme<double, kLargest>>},
                          {"value: datetime -> datetime", whole},
                          {"value: timespan -> timespan", whole},
                          {"value: string -> string", makeText<kLargest, false>},
                          {"value: decimal -> decimal", makeText<kLargest, true>},
                          {"value: bool -> bool", makeCells<Extreme<bool, kLargest>>}},
            .prefix = kLargest ? "max_" : "min_"};
}

} // namespace

std::vector<Aggregate> extremeAggregates()
{
    const Aggregate smallest = extreme<false>("min", "The smallest of the values.", "min(temp)");
    const Aggregate largest = extreme<true>("max", "The largest of the values.", "max(temp)");
    return {smallest, conditional(smallest, "minif"), largest, conditional(largest, "maxif")};
}

} // namespace sluice::kql
