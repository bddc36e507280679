#include "core/storage/kql_kernel_parts.h"

#include <algorithm>
#include <numeric>

namespace sluice {

std::shared_ptr<Column> emptyColumn(ColumnType type)
{
    auto column = std::make_shared<Column>();
    column->reset(type, 0);
    return column;
}

Batch columnsFrom(const Batch &batch, std::size_t first)
{
    Batch inputs;
    inputs.columns.assign(batch.columns.begin() + static_cast<std::ptrdiff_t>(first),
                          batch.columns.end());
    inputs.rows = batch.rows;
    inputs.selection = Selection(batch.rows);
    return inputs;
}

std::vector<std::size_t> countUp(std::size_t count)
{
    std::vector<std::size_t> places(count);
    std::iota(places.begin(), places.end(), std::size_t{0});
    return places;
}

kql::Evaluator evaluatorOver(const kql::ExpressionPtr &expression,
                             const std::vector<SchemaColumn> &columns)
{
    std::vector<std::size_t> places;
    for (const std::string &name : expression->columns()) {
        const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto &column) {
            return column.name == name;
        });
        places.push_back(static_cast<std::size_t>(found - columns.begin()));
    }
    return {expression, std::move(places)};
}

} // namespace sluice
