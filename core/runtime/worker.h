#pragma once

#include "core/event/json_decoder.h"
#include "core/runtime/run_parts.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace sluice {

/// Where idle workers wait, and what tells them to go on. Thread: any.
class WorkBell
{
public:
    void ring();
    /// Waits until the bell rings or `until` (monotonic ticks of `clock`) comes.
    void wait(const Clock &clock, Ticks until);

private:
    std::mutex m_mutex;
    std::condition_variable m_rung;
    std::uint64_t m_rings = 0; // GUARDED_BY(m_mutex)
    std::uint64_t m_seen = 0;  // GUARDED_BY(m_mutex)
};

/// Orders to all workers.
struct WorkOrders
{
    std::atomic<bool> paused = false;
    std::atomic<bool> stopping = false; // take nothing more from the sources
};

/// Takes chunks from sources, in turn, and runs each through to the destinations' inboxes.
/// Thread: its own; everything it holds belongs to it.
class Worker
{
public:
    using FailureHandler = std::function<void(Error)>;

    /// Errors: what an operator said when it was created
    static Result<std::unique_ptr<Worker>>
    create(const RunFloor &floor, std::vector<SourceTask *> sources, CounterSlot &slot);

    /// Works until all sources have ended or `orders` say stop.
    void run(const WorkOrders &orders,
             WorkBell &bell,
             std::size_t turn,
             const FailureHandler &onFailure);

private:
    struct Line
    {
        SourceTask *task = nullptr;
        std::unique_ptr<JsonDecoder> decoder;
        std::optional<EventClock> clock;
        std::unique_ptr<ProgramRunner> runner;
    };
    enum class Turn { Worked, Nothing, Contended };

    Worker(const RunFloor &floor, CounterSlot &slot)
        : m_floor(floor)
        , m_slot(slot)
    {}
    Result<Turn> takeTurn(Line &line, bool wait);
    struct Chunk
    {
        std::shared_ptr<RawRecords> raw; // null: there was nothing
        std::uint64_t number = 0;
        PartitionNews news;
    };
    Result<Chunk> poll(Line &line);
    void takeHolds(SourceTask &task);
    void rest(Line &line);
    void passTime(Line &line, Ticks now);
    static void sayDry(SourceTask &task);
    void noteNothing(Line &line, const PollResult &polled, PartitionNews news);
    Result<void> process(Line &line, Chunk chunk);
    Result<void> decode(Line &line, Chunk &chunk, Batch &batch);

    const RunFloor &m_floor;
    CounterSlot &m_slot;
    std::vector<Line> m_lines;
    DecodedRecords m_decoded;
    RunnerResult m_result;
};

} // namespace sluice
