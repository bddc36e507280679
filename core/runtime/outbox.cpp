#include "core/runtime/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace sluice {

namespace {

constexpr std::string_view kPrefix = "outbox-";

} // namespace

Outbox::Outbox(OutboxContext context)
    : m_context(std::move(context))
{}

Outbox::~Outbox()
{
    stop();
}

std::string Outbox::fileName(const std::string &node, std::uint64_t epoch)
{
    return fmt::format("{}{}-{}", kPrefix, node, epoch);
}

bool Outbox::isFileName(const std::string &name)
{
    return name.starts_with(kPrefix);
}

Result<void> Outbox::recover(const OutboxProgress *saved, std::uint64_t checkpointEpoch)
{
    TRY_ASSIGN(m_identity, m_context.target->identity());
    if (saved != nullptr && saved->identity != m_identity)
        return fail(ErrorCode::TargetChanged,
                    "the destination is {}, the last run wrote to {}",
                    m_identity,
                    saved->identity)
            .hint("Put the old one back, or begin anew with --from-start.");
    TRY_ASSIGN(const auto mark,
               m_context.target->claim(m_context.key, saved == nullptr ? "" : saved->place));
    m_applied = checkpointEpoch;
    m_released = checkpointEpoch;
    if (saved != nullptr) {
        if (mark && mark->epoch > checkpointEpoch)
            return fail(ErrorCode::TargetChanged,
                        "the destination holds epoch {}, the newest checkpoint is of epoch {}",
                        mark->epoch,
                        checkpointEpoch)
                .hint("A newer checkpoint was lost; going on would repeat events. Begin anew with "
                      "--from-start once you have looked at what the destination holds.");
        const auto waits =
            std::find_if(saved->pending.begin(),
                         saved->pending.end(),
                         [](const OutboxHandle &handle) { return !handle.name.empty(); });
        if (!mark && waits != saved->pending.end() && saved->said == PendingOutput::Unknown)
            return fail(ErrorCode::TargetChanged,
                        "the destination knows nothing of this run, and output of epoch {} may "
                        "or may not be there",
                        waits->epoch)
                .hint("It was replaced, or forgot. Look whether that output is there, and say so: "
                      "`sluice checkpoints restore FILE --applied` or --not-applied.");
        // A claim may leave a mark of its own, of epoch 0, before anything is applied.
        const bool forgot = !mark || mark->epoch == 0;
        const AppliedMark behindAll{checkpointEpoch + 1, 0};
        const bool settled = forgot && saved->said == PendingOutput::Applied;
        TRY(rollForward(*saved, settled ? behindAll : mark.value_or(AppliedMark{})));
    }
    m_place = m_context.target->place();
    return {};
}

/// Brings to the target what it lacks of the epochs that the checkpoint names.
Result<void> Outbox::rollForward(const OutboxProgress &saved, const AppliedMark &mark)
{
    for (const OutboxHandle &handle : saved.pending) {
        if (handle.epoch < mark.epoch || handle.name.empty())
            continue;
        TRY(applyOne(handle, handle.epoch == mark.epoch ? mark.chunks : 0));
    }
    for (const OutboxHandle &handle : saved.pending) {
        if (!handle.name.empty())
            m_done.push_back(handle.name);
    }
    return {};
}

Result<void> Outbox::begin(std::uint64_t epoch)
{
    if (m_writer)
        return {};
    TRY_ASSIGN(m_writer,
               OutboxWriter::create(*m_context.files,
                                    m_context.folder,
                                    fileName(m_context.key.node, epoch),
                                    m_context.key,
                                    epoch,
                                    m_context.chunkBytes));
    return {};
}

Result<void> Outbox::add(std::string_view record)
{
    auto added = m_writer->add(record);
    const std::scoped_lock lock(m_mutex);
    m_openBytes = m_writer->bytes();
    return added;
}

Result<void> Outbox::makeRoom()
{
    return m_writer ? m_writer->flush() : Result<void>();
}

void Outbox::note(Ticks ingestedAt, std::uint64_t events)
{
    if (!m_arrivals.empty() && m_arrivals.back().at == ingestedAt)
        m_arrivals.back().events += events;
    else
        m_arrivals.push_back({ingestedAt, events});
}

Result<void> Outbox::seal(std::uint64_t epoch)
{
    OutboxHandle handle{epoch, {}, 0, 0, 0};
    if (m_writer) {
        TRY_ASSIGN(handle, m_writer->seal());
        m_writer.reset();
    }
    const std::scoped_lock lock(m_mutex);
    m_pending.push_back({std::move(handle), std::move(m_arrivals)});
    m_arrivals.clear();
    m_openBytes = 0;
    return {};
}

bool Outbox::waitForRoom(TickSpan patience)
{
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock,
                              std::chrono::microseconds(patience / kTicksPerMicrosecond),
                              [this] { return !isFullLocked(); });
}

OutboxProgress Outbox::saved(std::uint64_t epoch)
{
    const std::scoped_lock lock(m_mutex);
    OutboxProgress progress{m_identity, m_place, m_applied, {}};
    for (const Sealed &sealed : m_pending) {
        if (sealed.handle.epoch <= epoch)
            progress.pending.push_back(sealed.handle);
    }
    m_forgotten = m_done.size();
    return progress;
}

Result<void> Outbox::release(std::uint64_t epoch)
{
    std::vector<std::string> forgotten;
    {
        const std::scoped_lock lock(m_mutex);
        m_released = epoch;
        const auto end = m_done.begin() + static_cast<std::ptrdiff_t>(m_forgotten);
        forgotten.assign(m_done.begin(), end);
        m_done.erase(m_done.begin(), end);
        m_forgotten = 0;
    }
    m_changed.notify_all();
    for (const std::string &name : forgotten)
        TRY(m_context.files->remove(joinPath(m_context.folder, name)));
    return {};
}

void Outbox::start()
{
    m_thread = std::jthread([this](const std::stop_token &stop) { run(stop); });
}

void Outbox::stop()
{
    m_thread.request_stop();
    {
        // So that the applier is either before its look at the token or in its wait.
        const std::scoped_lock lock(m_mutex);
    }
    m_changed.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void Outbox::run(const std::stop_token &stop)
{
    while (true) {
        OutboxHandle next;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [&] {
                return stop.stop_requested()
                       || (!m_pending.empty() && m_pending.front().handle.epoch <= m_released);
            });
            if (stop.stop_requested())
                return;
            next = m_pending.front().handle;
        }
        auto applied = next.name.empty() ? Result<void>() : applyOne(next, 0);
        if (!applied) {
            if (!stop.stop_requested())
                m_context.onFailure(std::move(applied).error());
            return;
        }
        noteApplied();
        m_changed.notify_all();
        m_context.onApplied();
    }
}

/// The epoch in front is whole at the target.
void Outbox::noteApplied()
{
    const Ticks now = m_context.clock->now();
    const std::scoped_lock lock(m_mutex);
    const Sealed sealed = std::move(m_pending.front());
    m_pending.pop_front();
    m_applied = sealed.handle.epoch;
    m_place = m_context.target->place();
    if (!sealed.handle.name.empty())
        m_done.push_back(sealed.handle.name);
    for (const Arrival &arrival : sealed.arrivals)
        m_context.latency->add(std::max<TickSpan>(0, now - arrival.at), arrival.events);
}

Result<void> Outbox::applyOne(const OutboxHandle &handle, std::uint64_t doneChunks)
{
    TRY_ASSIGN(auto reader,
               OutboxReader::open(*m_context.files, m_context.folder, m_context.key, handle));
    for (AppliedMark mark{handle.epoch, 1};; ++mark.chunks) {
        TRY_ASSIGN(const auto records, reader.nextChunk());
        if (records.empty())
            return {};
        if (mark.chunks > doneChunks)
            TRY(m_context.target->apply(records, mark));
    }
}

bool Outbox::isFullLocked() const
{
    std::uint64_t bytes = 0;
    std::size_t epochs = 0;
    for (const Sealed &sealed : m_pending) {
        bytes += sealed.handle.bytes;
        epochs += sealed.handle.name.empty() ? 0 : 1;
    }
    return epochs >= kMostEpochs || bytes >= kMostBytes;
}

bool Outbox::isFull() const
{
    const std::scoped_lock lock(m_mutex);
    return isFullLocked();
}

std::uint64_t Outbox::appliedEpoch() const
{
    const std::scoped_lock lock(m_mutex);
    return m_applied;
}

bool Outbox::isBehind(std::uint64_t epoch) const
{
    const std::scoped_lock lock(m_mutex);
    return !m_pending.empty() && m_pending.front().handle.epoch <= epoch;
}

std::uint64_t Outbox::pendingEpochs() const
{
    const std::scoped_lock lock(m_mutex);
    return m_pending.size();
}

std::uint64_t Outbox::pendingBytes() const
{
    const std::scoped_lock lock(m_mutex);
    std::uint64_t bytes = m_openBytes;
    for (const Sealed &sealed : m_pending)
        bytes += sealed.handle.bytes;
    return bytes;
}

} // namespace sluice
