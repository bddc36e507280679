// dcount, count_distinct and their forms with a predicate
#include "core/kql/aggregate_cells.h"

#include <boost/unordered/unordered_flat_set.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <xxhash.h>

namespace sluice::kql {

namespace {

/// The bytes of a value as they are hashed; a real -0 counts as 0.
template<typename F>
auto hashed(const Vector &value, std::size_t row, F &&hash)
{
    switch (value.column->storage()) {
    case Storage::Byte: {
        const std::uint8_t byte = value.boolean(row) ? 1 : 0;
        return hash(&byte, sizeof(byte));
    }
    case Storage::Integer: {
        const std::int64_t number = value.integer(row);
        return hash(&number, sizeof(number));
    }
    case Storage::Float: {
        const double number = value.real(row) == 0 ? 0 : value.real(row);
        return hash(&number, sizeof(number));
    }
    case Storage::Text:
        break;
    }
    const std::string_view text = value.text(row);
    return hash(text.data(), text.size());
}

bool counts(const Vector &value, std::size_t row)
{
    return value.column->type == ColumnType::String || value.valid(row);
}

struct IdentityHash
{
    using is_avalanching = void;
    std::size_t operator()(std::uint64_t hash) const { return hash; }
};

/// Exact for few values, then HyperLogLog.
/// Source: Flajolet et al., "HyperLogLog", 2007
struct SketchGroup
{
    static constexpr std::size_t kMostExact = 4096;

    boost::unordered_flat_set<std::uint64_t, IdentityHash> exact;
    std::vector<std::uint8_t> registers; // empty while exact
    int precision = 0;

    void add(std::uint64_t hash, int wantedPrecision)
    {
        precision = wantedPrecision;
        if (!registers.empty())
            return addToSketch(hash);
        exact.insert(hash);
        if (exact.size() > kMostExact)
            becomeSketch();
    }
    void becomeSketch()
    {
        registers.assign(std::size_t{1} << precision, 0);
        for (const std::uint64_t hash : exact)
            addToSketch(hash);
        boost::unordered_flat_set<std::uint64_t, IdentityHash>().swap(exact);
    }
    void addToSketch(std::uint64_t hash)
    {
        const std::size_t place = hash >> (64 - precision);
        const std::uint64_t rest = (hash << precision) | (std::uint64_t{1} << (precision - 1));
        const auto rank = static_cast<std::uint8_t>(std::countl_zero(rest) + 1);
        registers[place] = std::max(registers[place], rank);
    }
    void merge(const SketchGroup &from)
    {
        if (from.precision != 0)
            precision = from.precision;
        for (const std::uint64_t hash : from.exact)
            add(hash, precision);
        if (from.registers.empty())
            return;
        if (registers.empty())
            becomeSketch();
        for (std::size_t i = 0; i < registers.size(); ++i)
            registers[i] = std::max(registers[i], from.registers[i]);
    }
    std::int64_t count() const
    {
        if (registers.empty())
            return static_cast<std::int64_t>(exact.size());
        const auto size = static_cast<double>(registers.size());
        double sum = 0;
        double zeros = 0;
        for (const std::uint8_t rank : registers) {
            sum += std::ldexp(1.0, -rank);
            zeros += rank == 0 ? 1 : 0;
        }
        const double alpha = 0.7213 / (1 + 1.079 / size);
        double estimate = alpha * size * size / sum;
        if (estimate <= 2.5 * size && zeros > 0)
            estimate = size * std::log(size / zeros);
        return std::llround(estimate);
    }
    void clear()
    {
        exact.clear();
        registers = {};
    }
    std::size_t bytes() const
    {
        return exact.bucket_count() * (sizeof(std::uint64_t) + 1) + registers.capacity();
    }
    void save(StateWriter &out) const
    {
        out.put(precision);
        out.put(static_cast<std::uint64_t>(exact.size()));
        std::vector<std::uint64_t> sorted(exact.begin(), exact.end());
        std::sort(sorted.begin(), sorted.end());
        for (const std::uint64_t hash : sorted)
            out.put(hash);
        out.putText({reinterpret_cast<const char *>(registers.data()), registers.size()});
    }
    void load(StateReader &in)
    {
        constexpr int kMostPrecision = 18;
        precision = in.get<int>();
        for (std::size_t left = in.getCount(sizeof(std::uint64_t)); left > 0; --left)
            exact.insert(in.get<std::uint64_t>());
        const std::string_view saved = in.getText();
        if (precision < 0 || precision > kMostPrecision
            || (!saved.empty() && saved.size() != std::size_t{1} << precision))
            return in.fail();
        registers.assign(saved.begin(), saved.end());
    }
};

class SketchState : public HeapState<SketchGroup>
{
public:
    explicit SketchState(int precision)
        : m_precision(precision)
    {}
    void update(const GroupRows &rows, std::span<const Vector> arguments) override
    {
        const Vector &value = arguments.front();
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t at) {
            if (!counts(value, row))
                return;
            const std::uint64_t hash = hashed(value, row, [](const void *bytes, std::size_t size) {
                return XXH3_64bits(bytes, size);
            });
            changeGroup(at, [&](SketchGroup &sketch) { sketch.add(hash, m_precision); });
        });
    }
    void finish(std::uint32_t at, std::span<Column *const> results, std::size_t row) const override
    {
        putValue(*results.front(), row, group(at).count());
    }

private:
    int m_precision;
};

struct WideHash
{
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    friend bool operator==(const WideHash &, const WideHash &) = default;
    friend auto operator<=>(const WideHash &, const WideHash &) = default;
};
struct WideIdentity
{
    using is_avalanching = void;
    std::size_t operator()(const WideHash &hash) const { return hash.low; }
};

/// Every value by a hash of 128 bits, so that two never look the same.
struct DistinctGroup
{
    boost::unordered_flat_set<WideHash, WideIdentity> values;

    void merge(const DistinctGroup &from) { values.insert(from.values.begin(), from.values.end()); }
    void clear() { values.clear(); }
    std::size_t bytes() const { return values.bucket_count() * (sizeof(WideHash) + 1); }
    void save(StateWriter &out) const
    {
        std::vector<WideHash> sorted(values.begin(), values.end());
        std::sort(sorted.begin(), sorted.end());
        out.put(static_cast<std::uint64_t>(sorted.size()));
        for (const WideHash &hash : sorted)
            out.put(hash);
    }
    void load(StateReader &in)
    {
        for (std::size_t left = in.getCount(sizeof(WideHash)); left > 0; --left)
            values.insert(in.get<WideHash>());
    }
};

class DistinctState : public HeapState<DistinctGroup>
{
public:
    void update(const GroupRows &rows, std::span<const Vector> arguments) override
    {
        const Vector &value = arguments.front();
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t at) {
            if (!counts(value, row))
                return;
            const WideHash hash = hashed(value, row, [](const void *bytes, std::size_t size) {
                const XXH128_hash_t wide = XXH3_128bits(bytes, size);
                return WideHash{wide.low64, wide.high64};
            });
            changeGroup(at, [&](DistinctGroup &distinct) { distinct.values.insert(hash); });
        });
    }
    void finish(std::uint32_t at, std::span<Column *const> results, std::size_t row) const override
    {
        putValue(*results.front(), row, static_cast<std::int64_t>(group(at).values.size()));
    }
};

/// Kusto's accuracy 0 … 4 as the number of register bits (1.6, 0.8, 0.4, 0.28 and 0.2 % error).
constexpr std::array kPrecisions{12, 14, 16, 17, 18};

Result<std::shared_ptr<const void>> prepareAccuracy(std::span<const NodePtr> arguments)
{
    const NodePtr &accuracy = arguments.back();
    const bool whole = accuracy->isConstant() && accuracy->type == ColumnType::Long
                       && accuracy->constant->valid[0] != 0;
    const std::int64_t value = whole ? accuracy->constant->integers[0] : -1;
    if (value < 0 || value >= static_cast<std::int64_t>(kPrecisions.size()))
        return fail(ErrorCode::WrongArguments, "the accuracy must be a number from 0 to 4")
            .hint("1 is the default; a higher one takes more memory.");
    return std::make_shared<const int>(kPrecisions[static_cast<std::size_t>(value)]);
}

std::unique_ptr<AggregateState> makeSketch(const AggregateCall &call)
{
    return std::make_unique<SketchState>(call.settingsAs<int>());
}
std::unique_ptr<AggregateState> makeDistinct(const AggregateCall & /*call*/)
{
    return std::make_unique<DistinctState>();
}

} // namespace

std::vector<Aggregate> distinctAggregates()
{
    const Aggregate estimate{
        .name = "dcount",
        .help = "How many different values there are; an estimate above a few thousand.",
        .example = "dcount(device_id)",
        .overloads = {{"value: any, [accuracy: long = 1] -> long", makeSketch, 1, prepareAccuracy}},
        .prefix = "dcount_"};
    Aggregate exact{.name = "count_distinct",
                    .help = "How many different values there are, exactly.",
                    .example = "count_distinct(device_id)",
                    .overloads = {},
                    .prefix = "count_distinct_"};
    for (const std::string_view signature : {"value: string -> long",
                                             "value: int -> long",
                                             "value: long -> long",
                                             "value: real -> long",
                                             "value: decimal -> long",
                                             "value: datetime -> long",
                                             "value: timespan -> long",
                                             "value: guid -> long",
                                             "value: bool -> long"})
        exact.overloads.push_back({signature, makeDistinct});
    return {
        estimate, conditional(estimate, "dcountif"), exact, conditional(exact, "count_distinctif")};
}

} // namespace sluice::kql
