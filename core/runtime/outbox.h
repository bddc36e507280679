#pragma once

#include "core/base/clock.h"
#include "core/base/latency_histogram.h"
#include "core/runtime/checkpoint_file.h"
#include "core/runtime/outbox_file.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace sluice {

/// What an outbox is made with; what is referred to lives longer.
struct OutboxContext
{
    ProgressKey key;
    std::string folder; // the pipeline's in the workspace
    FileSystem *files = nullptr;
    ExactlyOnceDestination *target = nullptr;
    std::uint64_t chunkBytes = kOutboxChunkBytes;
    const Clock *clock = nullptr;
    LatencyHistogram *latency = nullptr;  // from ingestion until it is at the target
    std::function<void()> onApplied;      // an epoch is whole at the target; the applier's thread
    std::function<void(Error)> onFailure; // the run must end; the applier's thread
};

/// The way of one destination's output from the barrier to the target.
///
///   destination's thread: add … seal(e) ─► coordinator: saved() → checkpoint renamed → release(e)
///   applier's thread: the outboxes up to e, in order → target → file removed
///
/// What is sealed but not in a checkpoint belongs to nobody: its input is read again, and recover()
/// removes it. What is in a checkpoint is at the target sooner or later, once.
class Outbox
{
public:
    /// Bounds of what waits to be applied; beyond them no epoch ends and nothing is taken in.
    static constexpr std::size_t kMostEpochs = 4;
    static constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30U;

    explicit Outbox(OutboxContext context);
    ~Outbox(); // stops the applier where it is
    Outbox(const Outbox &) = delete;
    Outbox &operator=(const Outbox &) = delete;

    /// Takes the target over and brings to it what a checkpoint says is on its way; called behind
    /// the destination's open(), before the run.
    /// @param saved  of the checkpoint that is continued; null: nothing is known of this node
    /// Errors: TargetChanged, OutboxDamaged; what the target said
    Result<void> recover(const OutboxProgress *saved, std::uint64_t checkpointEpoch);

    // The destination's thread.
    /// Makes the file of the open epoch, where it has none. Errors: DiskFull, call it again;
    /// IoFailed
    Result<void> begin(std::uint64_t epoch);
    /// Behind begin(). Errors: DiskFull: taken all the same, call makeRoom() until it succeeds;
    /// IoFailed
    Result<void> add(std::string_view record);
    Result<void> makeRoom();
    /// An event on its way, for the latency until it is at the target.
    void note(Ticks ingestedAt, std::uint64_t events);
    /// Barrier: what was added since the last one is this epoch's. Errors: as add(), call it again
    Result<void> seal(std::uint64_t epoch);
    /// Waits until it is not full any more. @return whether it is not
    bool waitForRoom(TickSpan patience);

    // The coordinator's.
    /// For the checkpoint of an epoch that was sealed.
    OutboxProgress saved(std::uint64_t epoch);
    /// The checkpoint that has what saved() gave last is durable: what was sealed up to `epoch` may
    /// be applied, and the files that it does not name are removed.
    Result<void> release(std::uint64_t epoch);
    void start(); // the applier
    void stop();

    // Any thread.
    bool isFull() const;
    std::uint64_t appliedEpoch() const;
    /// Whether output of an epoch up to `epoch` is not at the target yet.
    bool isBehind(std::uint64_t epoch) const;
    const std::string &node() const { return m_context.key.node; }
    std::uint64_t pendingEpochs() const;
    std::uint64_t pendingBytes() const; // the open epoch's included

    static std::string fileName(const std::string &node, std::uint64_t epoch);
    /// Whether a file of the workspace is an outbox.
    static bool isFileName(const std::string &name);

private:
    void run(const std::stop_token &stop);
    void noteApplied();
    Result<void> applyOne(const OutboxHandle &handle, std::uint64_t doneChunks);
    Result<void> rollForward(const OutboxProgress &saved, const AppliedMark &mark);

    struct Arrival
    {
        Ticks at = 0;
        std::uint64_t events = 0;
    };
    struct Sealed
    {
        OutboxHandle handle;
        std::vector<Arrival> arrivals;
    };
    bool isFullLocked() const;

    const OutboxContext m_context;
    std::string m_identity;
    std::optional<OutboxWriter> m_writer; // of the open epoch; the destination's thread
    std::vector<Arrival> m_arrivals;      // the same

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Sealed> m_pending;    // GUARDED_BY(m_mutex): not whole at the target
    std::vector<std::string> m_done; // GUARDED_BY(m_mutex): files of epochs that are
    std::size_t m_forgotten = 0;     // GUARDED_BY(m_mutex): of them, what saved() left out
    std::uint64_t m_released = 0;    // GUARDED_BY(m_mutex)
    std::uint64_t m_applied = 0;     // GUARDED_BY(m_mutex): epoch
    std::string m_place;             // GUARDED_BY(m_mutex): the target's, behind m_applied
    std::uint64_t m_openBytes = 0;   // GUARDED_BY(m_mutex)
    std::jthread m_thread;
};

} // namespace sluice
