#pragma once

#include "core/runtime/consumer_loop.h"

#include <vector>

namespace sluice {

/// Runs a stateful operator: gives it each batch in its source's order, with the watermarks that
/// hold before each row, and lets it close what is due. Its state at a barrier is kept for the
/// commit; what it puts out is carried on to the next consumers, and its watermark behind that.
/// Thread: the stage's own.
class StageLoop : public ConsumerLoop
{
public:
    StageLoop(const RunFloor &floor, StageTask &task)
        : ConsumerLoop(floor, task)
        , m_stage(task)
    {}

protected:
    Result<void> accept(std::size_t gate, InboxItem item) override;
    Result<void> settle(std::uint64_t epoch) override;
    Result<void> quiet() override;
    Result<void> finish(std::uint64_t epoch, bool complete) override;
    bool hasRoom() override;
    TickSpan patience() const override;

private:
    Result<void> work(std::size_t gate, InboxItem &item, OperatorOutput &out);
    Result<void> workBatch(const TimeMerger::Before &before, InboxBatch &item, OperatorOutput &out);
    static void rejectTimeless(const Ticks *events, Batch &batch, OperatorOutput &out);
    static void keepTimes(const TimeMerger::Before &before, Batch &batch);
    Result<void> advance(OperatorOutput &out);
    void passOn();
    Result<void> holdLimit();
    static bool isBelow(std::uint64_t value, std::uint64_t limit);
    void setAtLimit(bool atLimit);
    void holdPartitions();
    void showFigures();

    StageTask &m_stage;
    std::uint64_t m_bytesAtMost = 0; // at the limit: what it may keep until the lagging close some
    std::uint64_t m_keysAtMost = 0;
    Ticks m_advanced = kNoTicks; // the operator has been told of
    Ticks m_passed = kNoTicks;   // what lies behind has been told of
    std::vector<Ticks> m_merged; // scratch, by record
    std::vector<Ticks> m_events; // scratch, by row
    std::vector<Ticks> m_own;
    std::vector<Ticks> m_mergedByRow;
};

} // namespace sluice
