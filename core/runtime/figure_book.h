#pragma once

#include "core/runtime/counters.h"
#include "core/runtime/figures.h"
#include "core/runtime/run_parts.h"

#include <deque>
#include <memory>
#include <vector>

namespace sluice {

/// Turns counters into figures: remembers the totals of the last ten seconds for the rates.
/// Thread: one at a time.
class FigureBook
{
public:
    FigureBook(const Plan &plan,
               const CounterBoard &board,
               const std::vector<std::unique_ptr<SourceTask>> &sources,
               const std::vector<std::unique_ptr<StageTask>> &stages,
               const std::vector<std::unique_ptr<DestinationTask>> &destinations);

    /// Takes a sample for the rates. @param now  monotonic ticks
    void sample(Ticks now);

    /// Fills nodes and wires. @param strict  nothing moves any more: in_flight is counted, not
    /// derived, so that a loss shows
    void fill(RunSnapshot &snapshot, RunState state, bool strict) const;

private:
    struct Sample
    {
        Ticks at = 0;
        std::vector<NodeTotals> nodes;
        std::vector<WireTotals> wires;
    };
    const Sample *before(TickSpan span) const;
    NodeFigures nodeFigures(std::size_t index, RunState state, bool strict) const;
    void addDestination(NodeFigures &figures, std::size_t index, bool strict) const;
    void addStage(NodeFigures &figures, std::size_t index, bool strict) const;
    const Inbox *inboxOf(std::size_t node) const;
    void addSource(NodeFigures &figures, std::size_t index, bool strict) const;
    void addRates(NodeFigures &figures, std::size_t index, const NodeTotals &now) const;
    WireFigures wireFigures(std::size_t index) const;

    const Plan &m_plan;
    const CounterBoard &m_board;
    const std::vector<std::unique_ptr<SourceTask>> &m_sources;
    const std::vector<std::unique_ptr<StageTask>> &m_stages;
    const std::vector<std::unique_ptr<DestinationTask>> &m_destinations;
    std::deque<Sample> m_samples; // oldest first, ten seconds
};

} // namespace sluice
