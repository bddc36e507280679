#pragma once

#include "core/kql/aggregate.h"

#include <algorithm>
#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace sluice::kql {

/// The state of an aggregate whose memory of one group is a cell of fixed size. `Op` says
///   using Cell, using Value (what add() takes: bool, std::int64_t, double or std::string_view),
///   static void add(Cell &, Value), static void merge(Cell &to, const Cell &from),
///   static void finish(const Cell &, Column &, std::size_t row).
/// A null argument is not added; a null text is "".
template<typename Op>
class CellState : public AggregateState
{
public:
    using Cell = typename Op::Cell;
    using Value = typename Op::Value;
    static_assert(std::is_trivially_copyable_v<Cell>);

    void resize(std::size_t groups) override { m_cells.resize(groups); }
    void update(const GroupRows &rows, std::span<const Vector> arguments) override
    {
        const Vector &argument = arguments.front();
        Cell *cells = m_cells.data();
        if constexpr (std::same_as<Value, double> || std::same_as<Value, std::int64_t>) {
            if (argument.stride == 1) {
                const std::uint8_t *valid = argument.column->valid.data();
                const auto *values = [&] {
                    if constexpr (std::same_as<Value, double>)
                        return argument.column->floats.data();
                    else
                        return argument.column->integers.data();
                }();
                forEachGroupRow(rows, [&](std::size_t row, std::uint32_t group) {
                    if (valid[row] != 0)
                        Op::add(cells[group], values[row]);
                });
                return;
            }
        }
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t group) {
            if (argument.valid(row))
                Op::add(cells[group], argumentAt<Value>(argument, row));
        });
    }
    void merge(const AggregateState &other, std::uint32_t from, std::uint32_t to) override
    {
        Op::merge(m_cells[to], static_cast<const CellState &>(other).m_cells[from]);
    }
    void clear(std::uint32_t group) override { m_cells[group] = Cell{}; }
    void
    finish(std::uint32_t group, std::span<Column *const> results, std::size_t row) const override
    {
        Op::finish(m_cells[group], *results.front(), row);
    }
    std::size_t bytes() const override { return m_cells.capacity() * sizeof(Cell); }
    void save(std::uint32_t group, StateWriter &out) const override { out.put(m_cells[group]); }
    void load(std::uint32_t group, StateReader &in) override { m_cells[group] = in.get<Cell>(); }

private:
    std::vector<Cell> m_cells;
};

template<typename Op>
std::unique_ptr<AggregateState> makeCells(const AggregateCall & /*call*/)
{
    return std::make_unique<CellState<Op>>();
}

/// The state of an aggregate that keeps memory of its own for each group. `Group` says
///   void merge(const Group &from), void clear(), std::size_t bytes() const (heap only),
///   void save(StateWriter &) const, void load(StateReader &).
/// The class that derives from it adds update() and finish().
template<typename Group>
class HeapState : public AggregateState
{
public:
    void resize(std::size_t groups) override { m_groups.resize(groups); }
    void merge(const AggregateState &other, std::uint32_t from, std::uint32_t to) override
    {
        changeGroup(to, [&](Group &group) {
            group.merge(static_cast<const HeapState &>(other).m_groups[from]);
        });
    }
    void clear(std::uint32_t group) override
    {
        changeGroup(group, [](Group &changed) { changed.clear(); });
    }
    std::size_t bytes() const override { return m_groups.capacity() * sizeof(Group) + m_heapBytes; }
    void save(std::uint32_t group, StateWriter &out) const override { m_groups[group].save(out); }
    void load(std::uint32_t group, StateReader &in) override
    {
        changeGroup(group, [&](Group &changed) { changed.load(in); });
    }

protected:
    /// Changes a group and keeps count of the memory.
    template<typename F>
    void changeGroup(std::uint32_t at, F &&change)
    {
        Group &group = m_groups[at];
        const std::size_t before = group.bytes();
        change(group);
        m_heapBytes += group.bytes() - before;
    }
    const Group &group(std::uint32_t at) const { return m_groups[at]; }

private:
    std::vector<Group> m_groups;
    std::size_t m_heapBytes = 0;
};

} // namespace sluice::kql
