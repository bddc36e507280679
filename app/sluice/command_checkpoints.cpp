#include "app/sluice/commands.h"
#include "app/sluice/output.h"
#include "core/base/units.h"
#include "core/event/datetime.h"
#include "core/runtime/checkpoint_shelf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace sluice {

namespace {

std::string absolute(const std::string &path)
{
    return path.empty() ? path : std::filesystem::absolute(path).string();
}

std::string folderOf(const CheckpointArguments &arguments)
{
    return Workspace::folderOf(absolute(arguments.file), absolute(arguments.workspace));
}

/// To the second, UTC.
std::string timeText(Ticks ticks)
{
    std::array<char, 64> text{};
    return {text.data(), formatDatetime(ticks - ticks % kTicksPerSecond, text.data())};
}

std::size_t waiting(const OutboxProgress &outbox)
{
    return static_cast<std::size_t>(
        std::count_if(outbox.pending.begin(), outbox.pending.end(), [](const OutboxHandle &handle) {
            return !handle.name.empty();
        }));
}

void printLine(const CheckpointEntry &entry)
{
    if (!entry.progress) {
        fmt::print("epoch {:<8} {}  {:>10}  damaged: {}\n",
                   entry.epoch,
                   timeText(entry.writtenAt),
                   formatByteSize(entry.bytes),
                   entry.damage);
        return;
    }
    std::size_t onTheWay = 0;
    for (const auto &[node, outbox] : entry.progress->outboxes)
        onTheWay += waiting(outbox);
    fmt::print("epoch {:<8} {}  {:>10}  {}{}\n",
               entry.epoch,
               timeText(entry.writtenAt),
               formatByteSize(entry.bytes),
               entry.progress->exactlyOnce ? "exactly once" : "at least once",
               onTheWay == 0 ? std::string() : fmt::format(", {} outboxes on their way", onTheWay));
}

void printDetails(const Progress &progress)
{
    fmt::print("lineage {}\n", progress.lineage.empty() ? "(none)" : progress.lineage);
    for (const auto &[node, position] : progress.positions)
        fmt::print("source {}: {}\n", node, position);
    for (const auto &[node, state] : progress.states)
        fmt::print("state of {}: {}\n", node, formatByteSize(std::int64_t(state.size())));
    for (const auto &[node, outbox] : progress.outboxes) {
        fmt::print(
            "destination {}: {}; whole up to epoch {}\n", node, outbox.identity, outbox.applied);
        for (const OutboxHandle &handle : outbox.pending) {
            if (!handle.name.empty())
                fmt::print("  on its way: epoch {}, {} records, {}\n",
                           handle.epoch,
                           handle.records,
                           formatByteSize(std::int64_t(handle.bytes)));
        }
    }
}

int complaint(const Error &error)
{
    complain(error);
    return kExitFailed;
}

} // namespace

int showCheckpoints(const CheckpointArguments &arguments)
{
    const auto entries = listCheckpoints(folderOf(arguments), realFileSystem());
    if (!entries)
        return complaint(entries.error());
    if (entries->empty())
        fmt::print("no checkpoints: the next run begins anew\n");
    for (const CheckpointEntry &entry : *entries)
        printLine(entry);
    return 0;
}

int inspectCheckpoint(const CheckpointArguments &arguments)
{
    const auto entries = listCheckpoints(folderOf(arguments), realFileSystem());
    if (!entries)
        return complaint(entries.error());
    for (const CheckpointEntry &entry : *entries) {
        if (arguments.epoch && entry.epoch != *arguments.epoch)
            continue;
        printLine(entry);
        if (entry.progress)
            printDetails(*entry.progress);
        return 0;
    }
    return complaint(fail(ErrorCode::CheckpointMissing, "there is no such checkpoint")
                         .hint("`sluice checkpoints list FILE` says which there are.")
                         .take());
}

int restoreCheckpoints(const CheckpointArguments &arguments)
{
    auto workspace =
        Workspace::open(absolute(arguments.file), absolute(arguments.workspace), realFileSystem());
    if (!workspace)
        return complaint(workspace.error());
    if (arguments.epoch) {
        if (auto restored = restoreCheckpoint(**workspace, *arguments.epoch, realFileSystem());
            !restored)
            return complaint(restored.error());
        fmt::print("the next run goes on from epoch {}; what destinations got since then stays "
                   "there and is written again\n",
                   *arguments.epoch);
        return 0;
    }
    if (!arguments.applied)
        return complaint(
            fail(ErrorCode::Usage, "what to go back to is missing")
                .hint("Give an epoch, or say --applied or --not-applied of what is on its way.")
                .take());
    const auto nodes = settlePending(**workspace, *arguments.applied, realFileSystem());
    if (!nodes)
        return complaint(nodes.error());
    if (nodes->empty())
        fmt::print("nothing is on its way to a destination\n");
    for (const std::string &node : *nodes)
        fmt::print("what is on its way to '{}' counts as {}, should the destination not know\n",
                   node,
                   *arguments.applied ? "applied" : "not applied");
    return 0;
}

int dropCheckpoint(const CheckpointArguments &arguments)
{
    auto workspace =
        Workspace::open(absolute(arguments.file), absolute(arguments.workspace), realFileSystem());
    if (!workspace)
        return complaint(workspace.error());
    if (auto dropped = dropCheckpoints(**workspace, arguments.epoch, realFileSystem()); !dropped)
        return complaint(dropped.error());
    fmt::print("{}\n",
               arguments.epoch ? fmt::format("the checkpoint of epoch {} is gone", *arguments.epoch)
                               : std::string("all checkpoints are gone: the next run begins anew"));
    return 0;
}

} // namespace sluice
