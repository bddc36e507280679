#pragma once

#include "core/base/result.h"
#include "core/event/batch.h"

#include <memory>
#include <vector>

namespace sluice::kql {

/// Takes the rows that a step makes.
class RowSink
{
public:
    virtual ~RowSink() = default;
    /// @param batch  kBatchRows rows at most; may be empty
    virtual Result<void> take(Batch batch) = 0;
};

/// One operator of a query that looks at nothing but the row at hand. Keeps memory, never rows.
/// Thread: one at a time.
class StreamStep
{
public:
    StreamStep() = default;
    StreamStep(const StreamStep &) = delete;
    StreamStep &operator=(const StreamStep &) = delete;
    virtual ~StreamStep() = default;

    /// @param now  what now() gives: one moment a batch
    virtual Result<void> process(const Batch &batch, Ticks now, RowSink &out) = 0;
};

/// Steps one behind the other. Thread: one at a time.
class StreamChain
{
public:
    void add(std::unique_ptr<StreamStep> step) { m_steps.push_back(std::move(step)); }
    bool empty() const { return m_steps.empty(); }
    Result<void> process(const Batch &batch, Ticks now, RowSink &out)
    {
        return run(0, batch, now, out);
    }

private:
    class Link;
    Result<void> run(std::size_t step, const Batch &batch, Ticks now, RowSink &out);

    std::vector<std::unique_ptr<StreamStep>> m_steps;
};

/// Keeps the batches that it takes.
class BatchList : public RowSink
{
public:
    static constexpr std::size_t kEndless = ~std::size_t{0};

    /// @param mostRows  more of them are an error
    explicit BatchList(std::size_t mostRows = kEndless)
        : m_left(mostRows)
    {}
    Result<void> take(Batch batch) override
    {
        if (batch.selection.empty())
            return {};
        if (batch.selection.size() > m_left)
            return fail(ErrorCode::TooComplex, "these are too many rows");
        m_left -= batch.selection.size();
        m_batches.push_back(std::move(batch));
        return {};
    }
    std::vector<Batch> &batches() { return m_batches; }

private:
    std::vector<Batch> m_batches;
    std::size_t m_left;
};

} // namespace sluice::kql
