// mv-expand and mv-apply.
#include "core/event/gather.h"
#include "core/kql/row_expander.h"
#include "core/kql/stream_steps.h"
#include "core/kql/table_program.h"

#include <algorithm>
#include <optional>

namespace sluice::kql {

namespace {

class ExpandStep : public StreamStep
{
public:
    ExpandStep(const MvExpand &expand, const Schema &input, const SchemaPtr &output)
        : m_expander(expand, input, output)
    {}

    Result<void> process(const Batch &batch, Ticks now, RowSink &out) override
    {
        TRY(m_expander.begin(batch, now));
        for (std::size_t i = 0; i < batch.selection.size(); ++i)
            TRY(m_expander.add(batch, batch.selection[i], out));
        return m_expander.flush(batch, out);
    }

private:
    RowExpander m_expander;
};

/// Runs a sub-query over the expansion of each row. While it runs, `origins` of its batches say
/// which row of the batch at hand they came from.
class ApplyStep : public StreamStep
{
public:
    ApplyStep(const MvApply &apply,
              std::unique_ptr<TableProgram> program,
              const Schema &input,
              const SchemaPtr &output)
        : m_expander(apply.expand, input, apply.expanded)
        , m_program(std::move(program))
        , m_schema(output)
    {
        const Schema &inner = apply.query->schema();
        for (const SchemaColumn &column : output->columns) {
            const bool kept =
                std::find(apply.kept.begin(), apply.kept.end(), column.name) != apply.kept.end();
            const Schema &from = kept ? input : inner;
            m_places.push_back({kept, from.find(column.name).value_or(from.columns.size())});
        }
    }

    Result<void> process(const Batch &batch, Ticks now, RowSink &out) override
    {
        Batch plain = batch;
        plain.origins = nullptr;
        plain.times = nullptr;
        TRY(m_expander.begin(plain, now));
        Join join(*this, batch, out);
        if (StreamChain *chain = m_program->chain()) {
            Through through(*chain, now, join);
            for (std::size_t i = 0; i < plain.selection.size(); ++i)
                TRY(m_expander.add(plain, plain.selection[i], through));
            return m_expander.flush(plain, through);
        }
        for (std::size_t i = 0; i < plain.selection.size(); ++i) {
            const std::size_t row = plain.selection[i];
            BatchList rows;
            TRY(m_expander.add(plain, row, rows));
            TRY(m_expander.flush(plain, rows));
            if (rows.batches().empty())
                continue;
            TRY_ASSIGN(auto results, m_program->run(std::move(rows.batches()), now));
            join.setRow(row);
            for (Batch &result : results)
                TRY(join.take(std::move(result)));
        }
        return {};
    }

private:
    struct Place
    {
        bool kept = false; // a column of the row, not of the sub-query
        std::size_t place = 0;
    };

    /// Puts the columns of the row beside those of the sub-query.
    class Join : public RowSink
    {
    public:
        Join(ApplyStep &step, const Batch &batch, RowSink &out)
            : m_step(step)
            , m_batch(batch)
            , m_out(out)
        {}
        void setRow(std::size_t row) { m_row = static_cast<std::uint32_t>(row); }

        Result<void> take(Batch result) override
        {
            if (result.selection.empty())
                return {};
            std::vector<std::uint32_t> &rows = m_step.m_rows;
            rows.clear();
            for (std::size_t row = 0; row < result.rows; ++row)
                rows.push_back(m_row ? *m_row : static_cast<std::uint32_t>(result.originOf(row)));
            Batch joined = derivedBatch(m_batch, m_step.m_schema, rows);
            joined.selection = result.selection;
            for (const Place &place : m_step.m_places) {
                const auto &columns = place.kept ? m_batch.columns : result.columns;
                const ColumnPtr column =
                    place.place < columns.size() ? columns[place.place] : nullptr;
                joined.columns.push_back(place.kept ? gather(column, rows) : column);
            }
            return m_out.take(std::move(joined));
        }

    private:
        ApplyStep &m_step;
        const Batch &m_batch;
        RowSink &m_out;
        std::optional<std::uint32_t> m_row; // else the origins say
    };

    class Through : public RowSink
    {
    public:
        Through(StreamChain &chain, Ticks now, RowSink &out)
            : m_chain(chain)
            , m_now(now)
            , m_out(out)
        {}
        Result<void> take(Batch batch) override { return m_chain.process(batch, m_now, m_out); }

    private:
        StreamChain &m_chain;
        Ticks m_now;
        RowSink &m_out;
    };

    RowExpander m_expander;
    std::unique_ptr<TableProgram> m_program;
    SchemaPtr m_schema; // shared by the batches it goes out with
    std::vector<Place> m_places;
    std::vector<std::uint32_t> m_rows; // scratch
};

} // namespace

std::unique_ptr<StreamStep>
makeExpand(const MvExpand &expand, const Schema &input, const SchemaPtr &output)
{
    return std::make_unique<ExpandStep>(expand, input, output);
}

std::unique_ptr<StreamStep> makeApply(const MvApply &apply,
                                      std::unique_ptr<TableProgram> program,
                                      const Schema &input,
                                      const SchemaPtr &output)
{
    return std::make_unique<ApplyStep>(apply, std::move(program), input, output);
}

} // namespace sluice::kql
