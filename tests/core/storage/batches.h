#pragma once

#include "core/event/batch.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::test {

/// Builds batches column by column: `Rows().strings("name", {"a", nullopt}).longs("n", {1, 2})`.
class Rows
{
public:
    template<typename T>
    using Values = std::vector<std::optional<T>>;

    Rows &bools(const std::string &name, const Values<bool> &values)
    {
        return add(name, ColumnType::Bool, values, [](Column &column, std::size_t row, bool value) {
            column.bytes[row] = value ? 1 : 0;
        });
    }
    Rows &integers(const std::string &name, ColumnType type, const Values<std::int64_t> &values)
    {
        return add(name, type, values, [](Column &column, std::size_t row, std::int64_t value) {
            column.integers[row] = value;
        });
    }
    Rows &reals(const std::string &name, const Values<double> &values)
    {
        return add(
            name, ColumnType::Real, values, [](Column &column, std::size_t row, double value) {
                column.floats[row] = value;
            });
    }
    Rows &texts(const std::string &name, ColumnType type, const Values<std::string> &values)
    {
        return add(
            name, type, values, [](Column &column, std::size_t row, const std::string &value) {
                column.texts[row] = column.arena.copy(value);
            });
    }
    Rows &select(std::vector<std::uint16_t> rows)
    {
        m_selection =
            Selection(std::make_shared<const std::vector<std::uint16_t>>(std::move(rows)));
        return *this;
    }
    const Schema &schema() const { return m_schema; }

    Batch batch() const
    {
        Batch batch;
        batch.schema = std::make_shared<const Schema>(m_schema);
        batch.columns = m_columns;
        batch.rows = m_columns.empty() ? 0 : m_columns.front()->rows();
        batch.selection = m_selection ? *m_selection : Selection(batch.rows);
        return batch;
    }

private:
    template<typename T, typename Write>
    Rows &add(const std::string &name, ColumnType type, const Values<T> &values, Write write)
    {
        auto column = takeColumn(type, values.size());
        for (std::size_t row = 0; row < values.size(); ++row) {
            if (!values[row])
                continue;
            column->valid[row] = 1;
            write(*column, row, *values[row]);
        }
        m_schema.columns.push_back({name, type});
        m_columns.push_back(std::move(column));
        return *this;
    }

    Schema m_schema;
    std::vector<ColumnPtr> m_columns;
    std::optional<Selection> m_selection;
};

} // namespace sluice::test
