// make-series over kql::AggregateSet.
#include "core/kql/constant.h"
#include "core/kql/kernel.h"
#include "core/storage/kql_chunk.h"
#include "core/storage/kql_kernel.h"
#include "core/storage/kql_kernel_parts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sluice {

namespace {

/// A group is a series and a bin of it.
class SeriesKernel : public KqlKernel
{
public:
    SeriesKernel(std::vector<SchemaColumn> keys,
                 kql::AggregatePlanPtr plan,
                 std::vector<SchemaColumn> results,
                 ColumnType axis,
                 SeriesRange range,
                 std::vector<ColumnPtr> defaults,
                 bool nonempty,
                 Ticks now)
        : m_keyCount(keys.size())
        , m_series(keys)
        , m_bins({})
        , m_set(plan, countUp(plan->inputs.size()))
        , m_results(std::move(results))
        , m_axis(axis)
        , m_range(range)
        , m_defaults(std::move(defaults))
        , m_nonempty(nonempty)
        , m_now(now)
    {}

    Result<void> add(const Batch &batch) override
    {
        std::vector<std::uint16_t> rows;
        std::vector<std::uint32_t> groups;
        const Column &axis = *batch.columns[m_keyCount];
        for (std::size_t row = 0; row < batch.rows; ++row) {
            const auto bin = binOf(axis, row);
            if (!bin)
                continue;
            const std::int64_t series = m_series.find(batch.columns, row);
            const std::uint32_t group =
                m_bins.find({}, 0, series * static_cast<std::int64_t>(m_range.bins) + *bin);
            if (m_bins.wasNew())
                m_set.take();
            rows.push_back(static_cast<std::uint16_t>(row));
            groups.push_back(group);
        }
        TRY(m_set.evaluate(columnsFrom(batch, m_keyCount + 1), m_now));
        m_set.update({rows.size(), rows.data(), groups.data(), nullptr});
        return {};
    }

    Result<KqlRows> finish() override
    {
        if (m_nonempty && m_series.size() == 0 && m_keyCount == 0 && m_range.bins != 0)
            m_series.find({}, 0);
        // For every series and bin the group that has its value.
        const std::size_t series = m_series.size();
        std::vector<std::vector<std::int64_t>> places(series,
                                                      std::vector<std::int64_t>(m_range.bins, -1));
        for (std::uint32_t group = 0; group < m_bins.size(); ++group) {
            const auto at = static_cast<std::size_t>(m_bins.extraOf(group));
            places[at / m_range.bins][at % m_range.bins] = group;
        }
        std::vector<std::uint32_t> groups(m_bins.size());
        std::iota(groups.begin(), groups.end(), 0U);
        TRY_ASSIGN(const auto values, m_set.finish(groups, m_now));
        KqlRows rows;
        rows.columns = m_results;
        const std::string axis = axisText();
        for (std::size_t first = 0; first < series; first += kBatchRows) {
            const std::size_t count = std::min(kBatchRows, series - first);
            Batch batch;
            batch.rows = count;
            batch.selection = Selection(count);
            batch.columns = m_series.keysOf(first, count);
            for (std::size_t i = 0; i < values.size(); ++i) {
                auto arrays = emptyColumn(ColumnType::Dynamic);
                for (std::size_t row = 0; row < count; ++row)
                    appendText(*arrays, arrayText(*values[i], *m_defaults[i], places[first + row]));
                batch.columns.push_back(std::move(arrays));
            }
            auto axes = emptyColumn(ColumnType::Dynamic);
            for (std::size_t row = 0; row < count; ++row)
                appendText(*axes, axis);
            batch.columns.push_back(std::move(axes));
            rows.batches.push_back(std::move(batch));
        }
        return rows;
    }

private:
    std::optional<std::int64_t> binOf(const Column &axis, std::size_t row) const
    {
        if (axis.valid[row] == 0 || m_range.bins == 0)
            return std::nullopt;
        if (axis.storage() == Storage::Float) {
            const double place =
                std::floor((axis.floats[row] - m_range.realFrom) / m_range.realStep);
            if (!(place >= 0) || place >= static_cast<double>(m_range.bins))
                return std::nullopt;
            return static_cast<std::int64_t>(place);
        }
        const auto distance = static_cast<std::uint64_t>(axis.integers[row])
                              - static_cast<std::uint64_t>(m_range.from);
        if (axis.integers[row] < m_range.from)
            return std::nullopt;
        const std::uint64_t place = distance / static_cast<std::uint64_t>(m_range.step);
        if (place >= m_range.bins)
            return std::nullopt;
        return static_cast<std::int64_t>(place);
    }

    std::string axisText() const
    {
        auto axis = takeColumn(m_axis, m_range.bins);
        for (std::size_t i = 0; i < m_range.bins; ++i) {
            axis->valid[i] = 1;
            if (axis->storage() == Storage::Float)
                axis->floats[i] = m_range.realFrom + static_cast<double>(i) * m_range.realStep;
            else
                axis->integers[i] = m_range.from + static_cast<std::int64_t>(i) * m_range.step;
        }
        std::string text = "[";
        const kql::Vector vector{axis, 1};
        for (std::size_t i = 0; i < m_range.bins; ++i) {
            if (i != 0)
                text += ',';
            kql::appendJson(vector, i, &text);
        }
        return text + "]";
    }

    static std::string
    arrayText(const Column &values, const Column &fallback, const std::vector<std::int64_t> &places)
    {
        std::string text = "[";
        // Not owned here: the columns outlive the vectors.
        const kql::Vector value{ColumnPtr(ColumnPtr(), &values), 1};
        const kql::Vector other{ColumnPtr(ColumnPtr(), &fallback), 0};
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (i != 0)
                text += ',';
            if (places[i] >= 0)
                kql::appendJson(value, static_cast<std::size_t>(places[i]), &text);
            else
                kql::appendJson(other, 0, &text);
        }
        return text + "]";
    }

    static void appendText(Column &column, const std::string &text)
    {
        column.valid.push_back(1);
        column.texts.push_back(column.arena.copy(text));
    }

    std::size_t m_keyCount;
    KeyTable m_series;
    KeyTable m_bins;
    kql::AggregateSet m_set;
    std::vector<SchemaColumn> m_results;
    ColumnType m_axis;
    SeriesRange m_range;
    std::vector<ColumnPtr> m_defaults;
    bool m_nonempty;
    Ticks m_now;
};

} // namespace

std::unique_ptr<KqlKernel> makeSeriesKernel(std::vector<SchemaColumn> keys,
                                            kql::AggregatePlanPtr plan,
                                            std::vector<SchemaColumn> results,
                                            ColumnType axis,
                                            SeriesRange range,
                                            std::vector<ColumnPtr> defaults,
                                            bool nonempty,
                                            Ticks now)
{
    return std::make_unique<SeriesKernel>(std::move(keys),
                                          std::move(plan),
                                          std::move(results),
                                          axis,
                                          range,
                                          std::move(defaults),
                                          nonempty,
                                          now);
}

} // namespace sluice
