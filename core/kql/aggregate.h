#pragma once

#include "core/base/state_bytes.h"
#include "core/event/column.h"
#include "core/kql/function.h"
#include "core/kql/kernel.h"
#include "core/kql/syntax.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

struct AggregateCall;
class AggregateBinder;

/// Rows of a batch and the group that each one belongs to.
struct GroupRows
{
    std::size_t count = 0;
    const std::uint16_t *rows = nullptr;   // row numbers; null: 0 … count-1
    const std::uint32_t *groups = nullptr; // groups[i] belongs to the i-th of these rows
    const Ticks *order = nullptr; // by row number: make_list() sorts by it; null: order of arrival

    std::size_t row(std::size_t i) const { return rows != nullptr ? rows[i] : i; }
    Ticks orderOf(std::size_t row) const { return order != nullptr ? order[row] : 0; }
};

template<typename F>
void forEachGroupRow(const GroupRows &rows, F &&function)
{
    if (rows.rows == nullptr) {
        for (std::size_t i = 0; i < rows.count; ++i)
            function(i, rows.groups[i]);
    } else {
        for (std::size_t i = 0; i < rows.count; ++i)
            function(static_cast<std::size_t>(rows.rows[i]), rows.groups[i]);
    }
}

/// What one aggregate call knows about many groups. Groups are dense numbers that the owner gives
/// out; a plain value holder that knows neither streams nor databases. Thread: one at a time.
class AggregateState
{
public:
    AggregateState() = default;
    AggregateState(const AggregateState &) = delete;
    AggregateState &operator=(const AggregateState &) = delete;
    virtual ~AggregateState() = default;

    /// Makes room for the groups 0 … groups-1; new ones are empty. Never shrinks.
    virtual void resize(std::size_t groups) = 0;
    /// @param arguments  the call's inputs, evaluated
    virtual void update(const GroupRows &rows, std::span<const Vector> arguments) = 0;
    /// Adds a group of a state of the same call (or of this one) to a group of this one. What
    /// `to` holds counts as earlier.
    virtual void merge(const AggregateState &other, std::uint32_t from, std::uint32_t to) = 0;
    virtual void clear(std::uint32_t group) = 0;
    /// Writes the result into one row of the call's result columns; the rows come all null.
    virtual void
    finish(std::uint32_t group, std::span<Column *const> results, std::size_t row) const = 0;
    /// Memory in use, all groups.
    virtual std::size_t bytes() const = 0;
    virtual void save(std::uint32_t group, StateWriter &out) const = 0;
    /// Into an empty group. A misfit makes in.ok() false.
    virtual void load(std::uint32_t group, StateReader &in) = 0;
};

using MakeAggregateState = std::unique_ptr<AggregateState> (*)(const AggregateCall &call);

/// One way to call an aggregate. The first `inputs` parameters are evaluated for every row; one
/// with the name "predicate" says which rows count; the rest are constants that `prepare` reads.
struct AggregateOverload
{
    std::string_view signature; // as a Function's: "value: long -> long"
    MakeAggregateState make = nullptr;
    std::size_t inputs = 1;
    Prepare prepare = nullptr;
};

/// Binds a call whose types no signature can say. @return false when it reported a problem
using AggregateBind = bool (*)(AggregateBinder &binder,
                               const Syntax &syntax,
                               std::vector<NodePtr> arguments,
                               AggregateCall *call);

/// An aggregate of the language; its line stands beside its implementation.
struct Aggregate
{
    std::string_view name;
    std::string_view help;
    std::string_view example;
    std::vector<AggregateOverload> overloads;
    /// Of the result's automatic name, before the name of the argument: "list_".
    std::string_view prefix;
    std::size_t namesInputs = 1; // how many arguments the automatic name joins
    AggregateBind bind = nullptr;
    /// The only argument list that `bind` takes, for help; empty: see the overloads.
    std::string_view usage = {};
    std::string_view aliasOf = {};

    Function function = {}; // made from the above when the table is built; its kernels are null
};

/// A bound call: what it is, of what, and what it gives.
struct AggregateCall
{
    const Aggregate *aggregate = nullptr;
    MakeAggregateState make = nullptr;
    std::vector<NodePtr> inputs;          // over the row's columns
    NodePtr predicate;                    // null: every row counts
    std::vector<SchemaColumn> results;    // with their automatic names; "" where there is none
    std::shared_ptr<const void> settings; // what `prepare` made
    Position at;

    template<typename T>
    const T &settingsAs() const
    {
        return *static_cast<const T *>(settings.get());
    }
};

/// The one table, sorted by name. @return null for an unknown name
const Aggregate *findAggregate(std::string_view name);
const std::vector<Aggregate> &allAggregates();

// The parts of the table, each defined beside its implementations.
std::vector<Aggregate> numberAggregates();
std::vector<Aggregate> extremeAggregates();
std::vector<Aggregate> statisticsAggregates();
std::vector<Aggregate> listAggregates();
std::vector<Aggregate> choiceAggregates();
std::vector<Aggregate> percentileAggregates();
std::vector<Aggregate> distinctAggregates();

/// The same aggregate over the rows only for which a predicate is true: `name` and a parameter
/// "predicate: bool" behind the inputs.
Aggregate conditional(const Aggregate &base, std::string_view name, std::string_view prefix = {});

} // namespace sluice::kql
