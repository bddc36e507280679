// percentile, percentiles, percentilesw …: nearest rank, from all values
#include "core/kql/aggregate_binder.h"
#include "core/kql/aggregate_cells.h"
#include "core/kql/decimal.h"
#include "core/kql/json_text.h"
#include "core/kql/natural_name.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace sluice::kql {

namespace {

struct Settings
{
    std::vector<double> percentages;
    ColumnType type = ColumnType::Real; // of a result
    bool weighted = false;
    bool array = false;
};

/// Values of one storage only; `weights` is empty where every value counts once.
struct ValuesGroup
{
    std::vector<std::int64_t> integers;
    std::vector<double> reals;
    std::vector<std::int64_t> weights;

    void merge(const ValuesGroup &from)
    {
        integers.insert(integers.end(), from.integers.begin(), from.integers.end());
        reals.insert(reals.end(), from.reals.begin(), from.reals.end());
        weights.insert(weights.end(), from.weights.begin(), from.weights.end());
    }
    void clear()
    {
        integers.clear();
        reals.clear();
        weights.clear();
    }
    std::size_t bytes() const
    {
        return (integers.capacity() + reals.capacity() + weights.capacity()) * sizeof(double);
    }
    void save(StateWriter &out) const
    {
        const auto put = [&](const auto &values) {
            out.put(static_cast<std::uint64_t>(values.size()));
            for (const auto value : values)
                out.put(value);
        };
        put(integers);
        put(reals);
        put(weights);
    }
    void load(StateReader &in)
    {
        const auto get = [&](auto &values) {
            values.resize(in.getCount(sizeof(double)));
            for (auto &value : values)
                value = in.get<std::remove_reference_t<decltype(value)>>();
        };
        get(integers);
        get(reals);
        get(weights);
        if (!weights.empty() && weights.size() != integers.size() + reals.size())
            in.fail();
    }
};

/// Values in order, each with how often it and those before it count.
template<typename T>
std::vector<std::pair<T, std::int64_t>> ranked(const std::vector<T> &values,
                                               const std::vector<std::int64_t> &weights)
{
    std::vector<std::pair<T, std::int64_t>> list(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        list[i] = {values[i], weights.empty() ? 1 : weights[i]};
    std::stable_sort(list.begin(), list.end(), [](const auto &a, const auto &b) {
        if constexpr (std::same_as<T, double>) {
            if (std::isnan(a.first) || std::isnan(b.first))
                return !std::isnan(a.first) && std::isnan(b.first);
        }
        return a.first < b.first;
    });
    std::int64_t sum = 0;
    for (auto &[value, rank] : list)
        rank = sum += rank;
    return list;
}

class PercentileState : public HeapState<ValuesGroup>
{
public:
    explicit PercentileState(Settings settings)
        : m_settings(std::move(settings))
    {}
    void update(const GroupRows &rows, std::span<const Vector> arguments) override
    {
        const Vector &value = arguments.front();
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t at) {
            if (!value.valid(row))
                return;
            std::int64_t weight = 1;
            if (m_settings.weighted) {
                weight = arguments[1].valid(row) ? arguments[1].integer(row) : 0;
                if (weight <= 0)
                    return;
            }
            changeGroup(at, [&](ValuesGroup &values) {
                if (value.column->storage() == Storage::Integer)
                    values.integers.push_back(value.integer(row));
                else
                    values.reals.push_back(value.column->storage() == Storage::Float
                                               ? value.real(row)
                                               : decimalToReal(value.text(row)));
                if (m_settings.weighted)
                    values.weights.push_back(weight);
            });
        });
    }
    void finish(std::uint32_t at, std::span<Column *const> results, std::size_t row) const override
    {
        const ValuesGroup &values = group(at);
        if (!values.integers.empty())
            write(ranked(values.integers, values.weights), results, row);
        else if (!values.reals.empty())
            write(ranked(values.reals, values.weights), results, row);
    }

private:
    template<typename T>
    void write(const std::vector<std::pair<T, std::int64_t>> &list,
               std::span<Column *const> results,
               std::size_t row) const
    {
        Column single; // of one value, for its JSON text
        single.reset(m_settings.type, 1);
        std::string array = "[";
        for (std::size_t i = 0; i < m_settings.percentages.size(); ++i) {
            const T value = at(list, m_settings.percentages[i]);
            if (!m_settings.array) {
                putValue(*results[i], row, value);
                continue;
            }
            putValue(single, 0, value);
            if (i != 0)
                array += ',';
            appendJson(Vector{ColumnPtr(ColumnPtr(), &single), 0}, 0, &array);
        }
        if (m_settings.array)
            putValue(*results.front(), row, results.front()->arena.copy(array + "]"));
    }
    template<typename T>
    static T at(const std::vector<std::pair<T, std::int64_t>> &list, double percentage)
    {
        constexpr double kWhole = 100;
        const auto rank = static_cast<std::int64_t>(
            std::ceil(percentage * static_cast<double>(list.back().second) / kWhole));
        const auto found = std::lower_bound(
            list.begin(), list.end(), rank, [](const auto &entry, std::int64_t wanted) {
                return entry.second < wanted;
            });
        return found == list.end() ? list.back().first : found->first;
    }

    Settings m_settings;
};

std::unique_ptr<AggregateState> makePercentile(const AggregateCall &call)
{
    return std::make_unique<PercentileState>(call.settingsAs<Settings>());
}

bool refuse(AggregateBinder &binder, const Position &at, std::string message, std::string hint)
{
    binder.rows().refuse(at, ErrorCode::WrongArguments, std::move(message), std::move(hint));
    return false;
}

std::optional<double> percentageOf(const NodePtr &node)
{
    if (!node || !node->isConstant() || node->constant->valid[0] == 0)
        return std::nullopt;
    double value = -1;
    if (node->type == ColumnType::Long || node->type == ColumnType::Int)
        value = static_cast<double>(node->constant->integers[0]);
    else if (node->type == ColumnType::Real)
        value = node->constant->floats[0];
    constexpr double kMost = 100;
    return value >= 0 && value <= kMost ? std::optional(value) : std::nullopt;
}

/// dynamic([5, 50, 95]).
std::vector<double> percentagesOf(const NodePtr &node)
{
    std::vector<double> list;
    if (!node->isConstant() || node->type != ColumnType::Dynamic || node->constant->valid[0] == 0)
        return list;
    JsonArray elements(jsonTrim(node->constant->texts[0]));
    for (std::string_view element; elements.next(&element);) {
        double value = -1;
        std::from_chars(element.data(), element.data() + element.size(), value);
        constexpr double kMost = 100;
        if (!(value >= 0 && value <= kMost))
            return {};
        list.push_back(value);
    }
    return list;
}

/// percentile_x_95, percentile_x_99_9.
std::string percentileName(const std::string &value, double percentage)
{
    std::string number = fmt::format("{}", percentage);
    std::replace(number.begin(), number.end(), '.', '_');
    return "percentile_" + value + "_" + number;
}

std::optional<ColumnType> resultType(ColumnType type)
{
    switch (type) {
    case ColumnType::Int:
    case ColumnType::Long:
        return ColumnType::Long;
    case ColumnType::Real:
    case ColumnType::Decimal:
        return ColumnType::Real;
    case ColumnType::Datetime:
    case ColumnType::Timespan:
        return type;
    default:
        return std::nullopt;
    }
}

template<bool kWeighted, bool kArray, bool kSeveral>
bool bindPercentile(AggregateBinder &binder,
                    const Syntax &syntax,
                    std::vector<NodePtr> arguments,
                    AggregateCall *call)
{
    const std::string hint = fmt::format("Its use: {}.", call->aggregate->usage);
    constexpr std::size_t kInputs = kWeighted ? 2 : 1;
    if (arguments.size() <= kInputs || (!kSeveral && arguments.size() != kInputs + 1)
        || std::find(arguments.begin(), arguments.end(), nullptr) != arguments.end())
        return refuse(binder, syntax.at, fmt::format("{}() lacks an argument", syntax.name), hint);
    Settings settings;
    settings.weighted = kWeighted;
    settings.array = kArray;
    const auto type = resultType(arguments.front()->type);
    if (!type)
        return refuse(
            binder,
            arguments.front()->at,
            fmt::format("{}() does not take {}", syntax.name, typeName(arguments.front()->type)),
            "Convert it to a number or a time first.");
    settings.type = *type;
    if (kWeighted && arguments[1]->type != ColumnType::Long
        && arguments[1]->type != ColumnType::Int)
        return refuse(binder, arguments[1]->at, "a weight must be a whole number", hint);
    if (kArray && arguments.size() == kInputs + 1)
        settings.percentages = percentagesOf(arguments.back());
    if (settings.percentages.empty()) {
        for (std::size_t i = kInputs; i < arguments.size(); ++i) {
            const auto percentage = percentageOf(arguments[i]);
            if (!percentage)
                return refuse(
                    binder, arguments[i]->at, "a percentage is a number from 0 to 100", hint);
            settings.percentages.push_back(*percentage);
        }
    }
    const std::string name = naturalName(*syntax.children.front());
    if (kArray) {
        call->results.push_back({"percentiles_" + name, ColumnType::Dynamic});
    } else {
        for (const double percentage : settings.percentages)
            call->results.push_back({percentileName(name, percentage), settings.type});
    }
    call->inputs.assign(arguments.begin(), arguments.begin() + kInputs);
    call->settings = std::make_shared<const Settings>(std::move(settings));
    call->make = makePercentile;
    return true;
}

Aggregate percentile(std::string_view name,
                     std::string_view help,
                     std::string_view example,
                     std::string_view usage,
                     AggregateBind bind)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {},
            .prefix = "percentile_",
            .bind = bind,
            .usage = usage};
}

} // namespace

std::vector<Aggregate> percentileAggregates()
{
    return {
        percentile("percentile",
                   "The value that so many percent of the values do not exceed.",
                   "percentile(temp, 95)",
                   "percentile(value, percentage)",
                   bindPercentile<false, false, false>),
        percentile("percentiles",
                   "Several percentiles, a column each.",
                   "percentiles(temp, 5, 50, 95)",
                   "percentiles(value, percentage, …)",
                   bindPercentile<false, false, true>),
        percentile("percentiles_array",
                   "Several percentiles as one array.",
                   "percentiles_array(temp, 5, 50, 95)",
                   "percentiles_array(value, percentage, …)",
                   bindPercentile<false, true, true>),
        percentile("percentilew",
                   "A percentile of values that count as often as a weight says.",
                   "percentilew(temp, n, 95)",
                   "percentilew(value, weight, percentage)",
                   bindPercentile<true, false, false>),
        percentile("percentilesw",
                   "Several percentiles of weighted values, a column each.",
                   "percentilesw(temp, n, 5, 95)",
                   "percentilesw(value, weight, percentage, …)",
                   bindPercentile<true, false, true>),
        percentile("percentilesw_array",
                   "Several percentiles of weighted values as one array.",
                   "percentilesw_array(temp, n, 5, 95)",
                   "percentilesw_array(value, weight, percentage, …)",
                   bindPercentile<true, true, true>),
    };
}

} // namespace sluice::kql
