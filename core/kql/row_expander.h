#pragma once

#include "core/kql/query.h"
#include "core/kql/stream_chain.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// Makes the rows of mv-expand. Thread: one at a time.
class RowExpander
{
public:
    RowExpander(const MvExpand &expand, const Schema &input, SchemaPtr output);

    /// Computes the values to expand for all selected rows.
    Result<void> begin(const Batch &batch, Ticks now);
    /// Adds the rows made of one row of the batch.
    Result<void> add(const Batch &batch, std::size_t row, RowSink &out);
    /// Hands on what is collected.
    Result<void> flush(const Batch &batch, RowSink &out);

private:
    struct Item
    {
        Evaluator value;
        ColumnType type;
    };
    static constexpr std::size_t kNone = ~std::size_t{0};
    struct Place // where a column of the result comes from
    {
        std::size_t input = kNone;
        std::size_t item = kNone;
        bool index = false;
    };

    void makeColumns();

    std::vector<Item> m_items;
    std::vector<Place> m_places;
    bool m_bagsAsArrays;
    bool m_withIndex;
    std::optional<std::int64_t> m_limit;
    SchemaPtr m_schema; // shared by the batches it goes out with

    // Of the batch at hand.
    std::vector<ColumnPtr> m_values;
    std::vector<std::uint32_t> m_rows; // input row of each row collected
    std::vector<std::shared_ptr<Column>> m_elements;
    std::shared_ptr<Column> m_index;
    std::shared_ptr<Column> m_memory;                   // of the members of bags; has no rows
    std::vector<std::vector<std::string_view>> m_lists; // of the row at hand, one an item
};

} // namespace sluice::kql
