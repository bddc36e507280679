#pragma once

#include "core/kql/expression.h"

#include <string>
#include <string_view>

namespace sluice::kql {

/// The moment that now() gives in these tests: 2026-01-02T03:04:05Z.
inline constexpr Ticks kTestNow = 17'673'230'450'000'000;

/// The JSON text of one row of a column, in Kusto's wire form.
std::string jsonOf(const Column &column, std::size_t row);

/// The value of an expression without columns, as JSON; "error: …" when it does not compile.
std::string value(std::string_view text);
/// Its type, or the first problem.
std::string typeOf(std::string_view text);
/// "5001 at 1:8: message|hint" of the first problem; "ok" when there is none.
std::string problemOf(std::string_view text, const Schema &schema = {});

/// A batch whose columns are given row by row as KQL literals.
class Table
{
public:
    /// @param columns  "name:type, name:type"
    explicit Table(std::string_view columns);
    Table &row(const std::vector<std::string_view> &literals);
    /// The values of an expression over all rows, as JSON, joined by ", ".
    std::string project(std::string_view expression) const;
    /// The rows for which a condition is true, "0, 2".
    std::string where(std::string_view condition) const;
    Batch batch() const;
    const Schema &schema() const { return *m_schema; }

private:
    std::shared_ptr<Schema> m_schema;
    std::vector<std::shared_ptr<Column>> m_columns;
    std::size_t m_rows = 0;
};

} // namespace sluice::kql
