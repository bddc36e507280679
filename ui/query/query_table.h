#pragma once

#include "core/event/batch.h"

#include <QString>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// The answer of a query: rows in batches, and the picture it asks for. A value; copies share the
/// columns.
struct QueryTable
{
    Schema schema;
    bool truncated = false;
    QString render; // "timechart"; empty: a table
    std::vector<std::pair<QString, QString>> renderProperties;
    double milliseconds = 0; // that it took

    /// @param batches  dense
    void setBatches(std::vector<Batch> batches);
    const std::vector<Batch> &batches() const { return m_batches; }
    std::size_t rows() const { return m_starts.empty() ? 0 : m_starts.back(); }
    /// A value as people read it. Null is an empty text.
    QString text(std::size_t row, std::size_t column) const;
    bool isNull(std::size_t row, std::size_t column) const;
    /// Numbers; moments as milliseconds since 1970, spans as seconds. Nothing for what is none.
    std::optional<double> number(std::size_t row, std::size_t column) const;
    /// Below zero, zero or above: how two rows stand to each other in a column; nulls first.
    int compare(std::size_t a, std::size_t b, std::size_t column) const;

private:
    std::pair<const Column *, std::size_t> cell(std::size_t row, std::size_t column) const;

    std::vector<Batch> m_batches;
    std::vector<std::size_t> m_starts; // of each batch its first row, and behind them all rows
};

bool isNumberType(ColumnType type);

/// RFC 4180, with a line of names.
std::string csvText(const QueryTable &table);
/// A JSON object a line.
std::string ndjsonText(const QueryTable &table);

} // namespace sluice
