#pragma once

#include "core/event/batch.h"
#include "core/kql/node.h"
#include "core/kql/problem.h"
#include "core/kql/scratch.h"

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sluice::kql {

/// The values of an argument: a column (stride 1), or one value for every row (stride 0).
struct Vector
{
    ColumnPtr column;
    std::size_t stride = 1;

    bool isConstant() const { return stride == 0; }
    bool valid(std::size_t row) const { return column->valid[row * stride] != 0; }
    bool boolean(std::size_t row) const { return column->bytes[row * stride] != 0; }
    std::int64_t integer(std::size_t row) const { return column->integers[row * stride]; }
    double real(std::size_t row) const { return column->floats[row * stride]; }
    /// Empty where null.
    std::string_view text(std::size_t row) const
    {
        const std::size_t at = row * stride;
        return column->valid[at] != 0 ? column->texts[at] : std::string_view();
    }
};

/// One run of a kernel: fills the selected rows of `result`, which comes all null.
struct Call
{
    const Node &node;
    std::span<const Vector> arguments;
    Column &result;
    const Selection &selection;
    std::size_t rows;
    Scratch &scratch;
    Ticks now;

    template<typename State>
    const State &state() const
    {
        return *static_cast<const State *>(node.state.get());
    }
    bool hasState() const { return node.state != nullptr; }
    /// Copies a text into the result's own memory; one that is too long makes the row null.
    std::string_view keep(std::string_view text);
};

using Kernel = void (*)(Call &);

/// Calls `function(row)` for every selected row.
template<typename F>
void forEachRow(const Call &call, F &&function)
{
    call.selection.forEach(std::forward<F>(function));
}

template<typename T>
T argumentAt(const Vector &vector, std::size_t row)
{
    if constexpr (std::same_as<T, bool>)
        return vector.boolean(row);
    else if constexpr (std::same_as<T, double>)
        return vector.real(row);
    else if constexpr (std::same_as<T, std::int64_t>)
        return vector.integer(row);
    else
        return vector.text(row);
}

inline void putValue(Column &result, std::size_t row, bool value)
{
    result.bytes[row] = value ? 1 : 0;
    result.valid[row] = 1;
}
inline void putValue(Column &result, std::size_t row, std::int64_t value)
{
    result.integers[row] = value;
    result.valid[row] = 1;
}
inline void putValue(Column &result, std::size_t row, double value)
{
    result.floats[row] = value;
    result.valid[row] = 1;
}
/// An empty dynamic, decimal or guid is null; an empty string is a string.
inline void putValue(Column &result, std::size_t row, std::string_view value)
{
    result.texts[row] = value;
    result.valid[row] = result.type == ColumnType::String || !value.empty() ? 1 : 0;
}
template<typename T>
void putValue(Column &result, std::size_t row, const std::optional<T> &value)
{
    if (value)
        putValue(result, row, *value);
}

namespace detail {

template<typename T>
constexpr bool kNullable = !std::same_as<T, std::string_view>;

template<typename R, typename... Args, std::size_t... I>
void runRows(Call &call, R (*function)(Args...), std::index_sequence<I...> /*places*/)
{
    const auto *arguments = call.arguments.data();
    forEachRow(call, [&](std::size_t row) {
        if (!((!kNullable<Args> || arguments[I].valid(row)) && ...))
            return;
        putValue(call.result, row, function(argumentAt<Args>(arguments[I], row)...));
    });
}

template<typename R, typename... Args, std::size_t... I>
void runRows(Call &call, R (*function)(Call &, Args...), std::index_sequence<I...> /*places*/)
{
    const auto *arguments = call.arguments.data();
    forEachRow(call, [&](std::size_t row) {
        if (!((!kNullable<Args> || arguments[I].valid(row)) && ...))
            return;
        const auto value = function(call, argumentAt<Args>(arguments[I], row)...);
        if (!std::exchange(call.scratch.tooLong, false))
            putValue(call.result, row, value);
    });
}

template<typename R, typename... Args>
void dispatch(Call &call, R (*function)(Args...))
{
    runRows(call, function, std::index_sequence_for<Args...>());
}
template<typename R, typename... Args>
void dispatch(Call &call, R (*function)(Call &, Args...))
{
    runRows(call, function, std::index_sequence_for<Args...>());
}

} // namespace detail

/// A kernel from a plain function of one row: bool, std::int64_t, double and std::string_view in,
/// one of these or a std::optional of it out. A null argument gives null, but a null text is "".
/// A first parameter `Call &` gives access to keep(), state and scratch.
template<auto kFunction>
void rows(Call &call)
{
    detail::dispatch(call, kFunction);
}

/// Appends one value as JSON: what it is inside a dynamic value.
void appendJson(const Vector &value, std::size_t row, std::string *out);

} // namespace sluice::kql
