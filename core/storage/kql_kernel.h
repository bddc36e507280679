#pragma once

#include "core/kql/aggregate_set.h"
#include "core/kql/query.h"
#include "core/storage/kql_functions.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice {

/// A step that SQL cannot say: takes the rows of the query before it, chunk by chunk and in order,
/// and gives rows that the next query reads. Thread: one at a time.
class KqlKernel
{
public:
    virtual ~KqlKernel() = default;
    /// @param batch  dense, of the columns that the kernel asked for; texts live as long as it
    virtual Result<void> add(const Batch &batch) = 0;
    virtual Result<KqlRows> finish() = 0;
};

/// Groups of rows by the values of some columns; numbers are given out in order of appearance.
class KeyTable
{
public:
    explicit KeyTable(std::vector<SchemaColumn> columns);
    /// @param extra  a further key of each row, or null
    std::uint32_t find(const std::vector<ColumnPtr> &keys, std::size_t row, std::int64_t extra = 0);
    std::size_t size() const { return m_groups.size(); }
    std::int64_t extraOf(std::uint32_t group) const { return m_extras[group]; }
    /// The keys of some groups, one row each.
    std::vector<ColumnPtr> keysOf(std::size_t first, std::size_t count) const;
    bool wasNew() const { return m_new; }

private:
    std::unordered_map<std::string, std::uint32_t> m_groups;
    std::vector<std::shared_ptr<Column>> m_keys;
    std::vector<std::int64_t> m_extras;
    std::string m_text;
    bool m_new = false;
};

/// summarize with aggregates that SQL has not. Columns in: keys, then plan->inputs.
std::unique_ptr<KqlKernel> makeSummarizeKernel(std::vector<SchemaColumn> keys,
                                               kql::AggregatePlanPtr plan,
                                               std::vector<SchemaColumn> results,
                                               Ticks now);

/// Row functions. Columns in: `input`, rows in their order; the calls' columns are appended.
/// @param partition  place of a column that begins anew where it changes, or none
std::unique_ptr<KqlKernel> makeRowCallsKernel(std::vector<SchemaColumn> input,
                                              kql::RowCalls calls,
                                              std::optional<std::size_t> partition,
                                              Ticks now);

/// scan. Columns in: `input`, rows in their order.
std::unique_ptr<KqlKernel>
makeScanKernel(std::vector<SchemaColumn> input, const kql::Scan &scan, Ticks now);

struct SeriesRange
{
    std::int64_t from = 0; // axis of whole numbers and ticks
    std::int64_t step = 1;
    double realFrom = 0; // axis of reals
    double realStep = 1;
    std::size_t bins = 0;
};
/// make-series. Columns in: keys, the axis, then plan->inputs; rows outside of the range are gone.
/// @param defaults  one value a column of the plan
std::unique_ptr<KqlKernel> makeSeriesKernel(std::vector<SchemaColumn> keys,
                                            kql::AggregatePlanPtr plan,
                                            std::vector<SchemaColumn> results,
                                            ColumnType axis,
                                            SeriesRange range,
                                            std::vector<ColumnPtr> defaults,
                                            bool nonempty,
                                            Ticks now);

struct NestedCounts
{
    std::optional<std::int64_t> count;
    ColumnPtr others; // null: none
};
/// top-nested. Columns in: the key of each level, then the inputs of each level's plan.
std::unique_ptr<KqlKernel> makeTopNestedKernel(const kql::TopNested &nested,
                                               std::vector<NestedCounts> counts,
                                               std::vector<SchemaColumn> results,
                                               Ticks now);

} // namespace sluice
