#include "core/kql/stream_chain.h"

#include <utility>

namespace sluice::kql {

/// What a step's rows go on to.
class StreamChain::Link : public RowSink
{
public:
    Link(StreamChain &chain, std::size_t next, Ticks now, RowSink &out)
        : m_chain(chain)
        , m_next(next)
        , m_now(now)
        , m_out(out)
    {}
    Result<void> take(Batch batch) override { return m_chain.run(m_next, batch, m_now, m_out); }

private:
    StreamChain &m_chain;
    std::size_t m_next;
    Ticks m_now;
    RowSink &m_out;
};

Result<void> StreamChain::run(std::size_t step, const Batch &batch, Ticks now, RowSink &out)
{
    if (batch.selection.empty())
        return {};
    if (step == m_steps.size())
        return out.take(batch);
    Link next(*this, step + 1, now, out);
    return m_steps[step]->process(batch, now, next);
}

} // namespace sluice::kql
