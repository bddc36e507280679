#pragma once

#include "core/event/batch.h"
#include "core/node/operator.h"
#include "core/storage/table_layout.h"

#include <memory>
#include <string>
#include <vector>

struct _duckdb_data_chunk; // DuckDB's handle is a pointer to it

namespace sluice {

/// The selected rows of one batch in DuckDB's form, compacted. Texts are not copied: they point
/// into the batch, which the chunk keeps alive until it is refilled or recycled.
/// Thread: one at a time; needs no connection, so that workers fill and one thread appends.
class RowChunk
{
public:
    RowChunk() = default;
    ~RowChunk();
    RowChunk(const RowChunk &) = delete;
    RowChunk &operator=(const RowChunk &) = delete;

    /// Takes the selected rows of `batch`, whose schema is the layout's.
    /// @param rejected  receives the rows that the table cannot hold; the others are taken
    void fill(std::shared_ptr<const TableLayout> layout,
              const Batch &batch,
              std::vector<RowError> &rejected);
    /// Lets go of the batch, keeps the memory.
    void recycle();

    std::size_t rows() const { return m_rows.size(); }
    /// The batch's rows that were taken, ascending.
    const std::vector<std::uint16_t> &rowNumbers() const { return m_rows; }
    std::size_t byteSize() const { return m_batch.byteSize(); }
    const TableLayout &layout() const { return *m_layout; }
    const Batch &batch() const { return m_batch; }
    _duckdb_data_chunk *handle() const { return m_handle; }

private:
    struct Failure
    {
        std::size_t row = 0;
        std::string message;
    };
    void shape(std::shared_ptr<const TableLayout> layout);
    void fillColumns();
    void fillColumn(std::size_t index, const Column &column);
    void fillNull(std::size_t index);
    void fillText(std::size_t index, const Column &column);
    template<typename T, typename Read>
    void fillEach(std::size_t index, const Column &column, Read read);
    void noteFailure(std::size_t index, std::size_t row, std::string_view reason);

    std::shared_ptr<const TableLayout> m_layout; // shared with the writer and other chunks
    _duckdb_data_chunk *m_handle = nullptr;
    Batch m_batch;
    std::vector<std::uint16_t> m_rows;
    std::vector<Failure> m_failures;
};

} // namespace sluice
