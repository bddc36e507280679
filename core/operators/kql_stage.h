#pragma once

#include "core/event/time_track.h"
#include "core/node/stateful_operator.h"
#include "core/operators/aligned_windows.h"
#include "core/operators/kql_config.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// The rows that a query's steps before its window make of a batch: they need no order, so that
/// the workers make them.
/// @param context  as for the stage itself. Errors: as KqlProgram::create()
Result<std::unique_ptr<BatchPreparer>> makeKqlPreparer(const Config &config,
                                                       const NodeContext &context);

/// A query with `summarize … by bin(t, 10s)`: every bin is a window, which closes when the
/// watermark has passed its end. What stands behind the summarize works on the rows of one window.
class KqlStage : public StatefulOperator
{
public:
    KqlStage(std::unique_ptr<KqlProgram> program, std::string text, const NodeContext &context);
    ~KqlStage() override;

    Result<void> process(const TimedBatch &input, OperatorOutput &out) override;
    Result<void> advance(Ticks watermark, OperatorOutput &out) override;
    Result<std::string> snapshot() const override;
    Result<void> restore(const std::string &state) override;
    StateFigures stateFigures() const override;

private:
    struct Windows;
    class Rows;
    class Results;
    /// What became of an input event; the best of what became of the rows made from it.
    enum Fate : std::uint8_t { Filtered, Untimed, Late, Absorbed };

    Result<void> takePrepared(const TimedBatch &input);
    Result<void> takeRows(const TimedBatch &input);
    Result<void> add(const TimedBatch &input, const Batch &rows, Ticks now);
    Result<void> timesOf(const TimedBatch &input, Batch &rows, Ticks now);
    void settle(const Batch &batch, OperatorOutput &out);
    void begin(OperatorOutput &out, Ticks now);
    Result<void> deliver(const Batch &batch, const std::vector<Ticks> &times);
    Result<void> finishWindow();

    std::unique_ptr<KqlProgram> m_program;
    std::shared_ptr<kql::StreamQuery> m_query; // what the windows were made of
    std::string m_text;
    std::shared_ptr<const Schema> m_schema; // shared by the batches it goes out with
    const Clock *m_clock;
    std::unique_ptr<Windows> m_windows; // null: the query turned out to have none

    // Of the call at hand.
    OperatorOutput *m_out = nullptr;
    Ticks m_now = 0;
    Result<void> m_delivered;
    std::vector<std::uint8_t> m_fates;
    std::vector<std::uint16_t> m_late;
    std::vector<kql::Vector> m_keyValues;
    std::vector<Ticks> m_times;
    std::vector<Ticks> m_own;
    std::vector<Ticks> m_merged;
    std::vector<Batch> m_windowRows; // of the window that is being sent
    Ticks m_windowStart = kNoTicks;
};

} // namespace sluice
