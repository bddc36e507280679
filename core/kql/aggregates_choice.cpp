// take_any, arg_max, arg_min: values of one row of the group
#include "core/kql/aggregate_binder.h"
#include "core/kql/aggregate_cells.h"
#include "core/kql/decimal.h"
#include "core/kql/natural_name.h"

namespace sluice::kql {

namespace {

/// One value of any type, with memory of its own.
struct HeldValue
{
    bool valid = false;
    std::int64_t integer = 0;
    double real = 0;
    std::string text;

    void hold(const Vector &vector, std::size_t row)
    {
        valid = vector.valid(row);
        if (!valid) {
            text.clear();
            return;
        }
        switch (vector.column->storage()) {
        case Storage::Byte:
            integer = vector.boolean(row) ? 1 : 0;
            break;
        case Storage::Integer:
            integer = vector.integer(row);
            break;
        case Storage::Float:
            real = vector.real(row);
            break;
        case Storage::Text:
            text = vector.text(row);
            break;
        }
    }
    void write(Column &column, std::size_t row) const
    {
        if (!valid)
            return;
        switch (column.storage()) {
        case Storage::Byte:
            return putValue(column, row, integer != 0);
        case Storage::Integer:
            return putValue(column, row, integer);
        case Storage::Float:
            return putValue(column, row, real);
        case Storage::Text:
            return putValue(column, row, column.arena.copy(text));
        }
    }
    std::size_t bytes() const
    {
        constexpr std::size_t kShortText = 15; // lies in the string itself
        return text.capacity() > kShortText ? text.capacity() : 0;
    }
    void save(StateWriter &out) const
    {
        out.put(valid);
        out.put(integer);
        out.put(real);
        out.putText(text);
    }
    void load(StateReader &in)
    {
        valid = in.get<bool>();
        integer = in.get<std::int64_t>();
        real = in.get<double>();
        text = in.getText();
    }
};

enum class Wanted { First, Largest, Smallest };

struct Settings
{
    Wanted wanted = Wanted::First;
    std::vector<ColumnType> types; // of the inputs
};

struct RowGroup
{
    bool any = false;
    std::vector<HeldValue> values;

    std::size_t bytes() const
    {
        std::size_t sum = values.capacity() * sizeof(HeldValue);
        for (const HeldValue &value : values)
            sum += value.bytes();
        return sum;
    }
    void clear() { any = false; }
    void save(StateWriter &out) const
    {
        out.put(any);
        out.put(static_cast<std::uint64_t>(any ? values.size() : 0));
        for (std::size_t i = 0; any && i < values.size(); ++i)
            values[i].save(out);
    }
    void load(StateReader &in)
    {
        any = in.get<bool>();
        values.resize(in.getCount(1));
        for (HeldValue &value : values)
            value.load(in);
        any = any && in.ok() && !values.empty();
    }
    void merge(const RowGroup & /*from*/) {} // RowState does it
};

/// Keeps the row that is wanted; of equal ones the first.
class RowState : public HeapState<RowGroup>
{
public:
    explicit RowState(Settings settings)
        : m_settings(std::move(settings))
    {}
    void update(const GroupRows &rows, std::span<const Vector> arguments) override
    {
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t at) {
            const RowGroup &held = group(at);
            if (held.any && !isBetter(held.values.front(), arguments.front(), row))
                return;
            changeGroup(at, [&](RowGroup &changed) {
                changed.any = true;
                changed.values.resize(arguments.size());
                for (std::size_t i = 0; i < arguments.size(); ++i)
                    changed.values[i].hold(arguments[i], row);
            });
        });
    }
    void merge(const AggregateState &other, std::uint32_t from, std::uint32_t to) override
    {
        const RowGroup &theirs = static_cast<const RowState &>(other).group(from);
        const RowGroup &ours = group(to);
        if (!theirs.any || (ours.any && !isBetter(ours.values.front(), theirs.values.front())))
            return;
        changeGroup(to, [&](RowGroup &changed) { changed = theirs; });
    }
    void finish(std::uint32_t at, std::span<Column *const> results, std::size_t row) const override
    {
        const RowGroup &held = group(at);
        for (std::size_t i = 0; held.any && i < results.size(); ++i)
            held.values[i].write(*results[i], row);
    }

private:
    bool isBetter(const HeldValue &held, const Vector &argument, std::size_t row)
    {
        if (m_settings.wanted != Wanted::First || m_settings.types.size() == 1) {
            m_candidate.hold(argument, row);
            return isBetter(held, m_candidate);
        }
        return false;
    }

    bool isBetter(const HeldValue &held, const HeldValue &other) const
    {
        const ColumnType type = m_settings.types.front();
        if (m_settings.wanted == Wanted::First) // one value: prefers what is not null and not ""
            return m_settings.types.size() == 1 && isNothing(held, type) && !isNothing(other, type);
        if (type != ColumnType::String && (!held.valid || !other.valid))
            return !held.valid && other.valid;
        const int order = compare(other, held, type);
        return m_settings.wanted == Wanted::Largest ? order > 0 : order < 0;
    }
    static bool isNothing(const HeldValue &value, ColumnType type)
    {
        return !value.valid || (type == ColumnType::String && value.text.empty());
    }
    /// A NaN is whatever is wanted.
    int compare(const HeldValue &a, const HeldValue &b, ColumnType type) const
    {
        switch (storageOf(type)) {
        case Storage::Byte:
        case Storage::Integer:
            return a.integer < b.integer ? -1 : a.integer > b.integer ? 1 : 0;
        case Storage::Float: {
            const int nan = (a.real != a.real ? 1 : 0) - (b.real != b.real ? 1 : 0);
            if (nan != 0)
                return m_settings.wanted == Wanted::Largest ? nan : -nan;
            return a.real < b.real ? -1 : a.real > b.real ? 1 : 0;
        }
        case Storage::Text:
            break;
        }
        return type == ColumnType::Decimal ? decimalCompare(a.text, b.text)
                                           : a.text.compare(b.text);
    }

    Settings m_settings;
    HeldValue m_candidate; // scratch
};

std::unique_ptr<AggregateState> makeRow(const AggregateCall &call)
{
    return std::make_unique<RowState>(call.settingsAs<Settings>());
}

bool refuse(AggregateBinder &binder, const Position &at, std::string message, std::string hint = {})
{
    binder.rows().refuse(at, ErrorCode::WrongArguments, std::move(message), std::move(hint));
    return false;
}

void addInput(AggregateCall *call, NodePtr input, std::string name)
{
    call->results.push_back({std::move(name), input->type});
    call->inputs.push_back(std::move(input));
}

/// The columns that * stands for.
bool addEverything(AggregateBinder &binder,
                   const Position &at,
                   std::string_view except,
                   std::string_view prefix,
                   AggregateCall *call)
{
    const Schema *schema = binder.rowSchema();
    if (schema == nullptr || schema->open)
        return refuse(binder,
                      at,
                      "'*' needs columns that are known",
                      "Name the columns, or declare the columns of the source.");
    for (const SchemaColumn &column : schema->columns) {
        if (column.name == except || binder.isKey(column.name))
            continue;
        NodePtr node = binder.rows().column(column.name, at);
        if (!node)
            return false;
        addInput(call, std::move(node), std::string(prefix) + column.name);
    }
    return true;
}

void finishCall(AggregateCall *call, Wanted wanted)
{
    Settings settings{wanted, {}};
    for (const NodePtr &input : call->inputs)
        settings.types.push_back(input->type);
    call->settings = std::make_shared<const Settings>(std::move(settings));
    call->make = makeRow;
}

bool isOrderable(ColumnType type)
{
    return type != ColumnType::Dynamic && type != ColumnType::Guid;
}

/// kOld: argmax(), whose columns are called max_x, max_x_y.
template<bool kLargest, bool kOld>
bool bindArgument(AggregateBinder &binder,
                  const Syntax &syntax,
                  std::vector<NodePtr> arguments,
                  AggregateCall *call)
{
    if (arguments.empty() || !arguments.front())
        return refuse(binder,
                      syntax.at,
                      fmt::format("{}() needs the value that is looked for", syntax.name),
                      fmt::format("Its use: {}.", call->aggregate->usage));
    if (!isOrderable(arguments.front()->type))
        return refuse(
            binder,
            arguments.front()->at,
            fmt::format("{}() has no order for {}", syntax.name, typeName(arguments.front()->type)),
            "Convert it first: tolong(…), toreal(…), tostring(…).");
    const std::string prefix = kLargest ? "max_" : "min_";
    const Syntax &first = *syntax.children.front();
    const std::string name = naturalName(first);
    addInput(call, arguments.front(), name.empty() || kOld ? prefix + name : name);
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string before = kOld ? prefix + name + "_" : std::string();
        if (!arguments[i]) {
            const bool plain = first.kind == SyntaxKind::Name;
            if (!addEverything(binder,
                               syntax.at,
                               plain ? std::string_view(first.name) : std::string_view(),
                               before,
                               call))
                return false;
            continue;
        }
        const std::string own = naturalName(*syntax.children[i]);
        addInput(call, arguments[i], own.empty() ? own : before + own);
    }
    finishCall(call, kLargest ? Wanted::Largest : Wanted::Smallest);
    return true;
}

/// kOld: any(), whose columns are called any_x.
template<bool kPredicate, bool kOld>
bool bindAny(AggregateBinder &binder,
             const Syntax &syntax,
             std::vector<NodePtr> arguments,
             AggregateCall *call)
{
    const auto wrong = [&] {
        return refuse(binder,
                      syntax.at,
                      fmt::format("{}() does not take these arguments", syntax.name),
                      fmt::format("Its use: {}.", call->aggregate->usage));
    };
    if (arguments.empty())
        return wrong();
    if (kPredicate) {
        if (arguments.size() != 2 || !arguments[0] || !arguments[1]
            || arguments[1]->type != ColumnType::Bool)
            return wrong();
        call->predicate = arguments[1];
        arguments.pop_back();
    }
    const std::string prefix(call->aggregate->prefix);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (!arguments[i]) {
            if (!addEverything(binder, syntax.at, {}, prefix, call))
                return false;
            continue;
        }
        const std::string name = naturalName(*syntax.children[i]);
        const std::string counted = kPredicate ? std::string() : "any_arg" + std::to_string(i);
        addInput(call, arguments[i], name.empty() && !kOld ? counted : prefix + name);
    }
    if (call->inputs.empty())
        return wrong();
    finishCall(call, Wanted::First);
    return true;
}

Aggregate bound(std::string_view name,
                std::string_view help,
                std::string_view example,
                AggregateBind bind,
                std::string_view usage,
                std::string_view prefix = {},
                std::string_view aliasOf = {})
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {},
            .prefix = prefix,
            .bind = bind,
            .usage = usage,
            .aliasOf = aliasOf};
}

} // namespace

std::vector<Aggregate> choiceAggregates()
{
    return {
        bound("arg_max",
              "The row with the largest value: that value and other columns, or * for all of them.",
              "arg_max(temp, timestamp)",
              bindArgument<true, false>,
              "arg_max(value, column, …) or arg_max(value, *)"),
        bound(
            "arg_min",
            "The row with the smallest value: that value and other columns, or * for all of them.",
            "arg_min(temp, timestamp)",
            bindArgument<false, false>,
            "arg_min(value, column, …) or arg_min(value, *)"),
        bound("argmax",
              "The row with the largest value, in columns called max_….",
              "argmax(temp, timestamp)",
              bindArgument<true, true>,
              "argmax(value, column, …)",
              "max_",
              "arg_max"),
        bound("argmin",
              "The row with the smallest value, in columns called min_….",
              "argmin(temp, timestamp)",
              bindArgument<false, true>,
              "argmin(value, column, …)",
              "min_",
              "arg_min"),
        bound("take_any",
              "One of the values, the first that is not null; of several columns the first row.",
              "take_any(device_id)",
              bindAny<false, false>,
              "take_any(column, …) or take_any(*)"),
        bound("take_anyif",
              "One of the values of the rows for which a predicate is true.",
              "take_anyif(device_id, temp > 20)",
              bindAny<true, false>,
              "take_anyif(value, predicate)"),
        bound("any",
              "One of the values, in columns called any_….",
              "any(device_id)",
              bindAny<false, true>,
              "any(column, …) or any(*)",
              "any_",
              "take_any"),
        bound("anyif",
              "One of the values of the rows for which a predicate is true.",
              "anyif(device_id, temp > 20)",
              bindAny<true, true>,
              "anyif(value, predicate)",
              "anyif_",
              "take_anyif"),
    };
}

} // namespace sluice::kql
