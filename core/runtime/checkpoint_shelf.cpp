#include "core/runtime/checkpoint_shelf.h"

#include "core/base/random.h"

#include <algorithm>

namespace sluice {

namespace {

Failure missing(std::uint64_t epoch)
{
    return fail(ErrorCode::CheckpointMissing, "there is no checkpoint of epoch {}", epoch)
        .hint("`sluice checkpoints list FILE` says which there are.");
}

Failure none()
{
    return fail(ErrorCode::CheckpointMissing, "there is no checkpoint: the next run begins anew");
}

/// The one of an epoch, or the newest.
Result<Progress> load(const Workspace &workspace,
                      std::optional<std::uint64_t> epoch,
                      FileSystem &files,
                      std::uint64_t &newest)
{
    TRY_ASSIGN(auto entries, listCheckpoints(workspace.folder(), files));
    if (entries.empty())
        return none();
    newest = entries.front().epoch;
    for (CheckpointEntry &entry : entries) {
        if (epoch && entry.epoch != *epoch)
            continue;
        if (!entry.progress)
            return fail(ErrorCode::ProgressDamaged, "{}", entry.damage);
        return std::move(*entry.progress);
    }
    return missing(*epoch);
}

} // namespace

Result<std::vector<CheckpointEntry>> listCheckpoints(const std::string &folder, FileSystem &files)
{
    std::vector<CheckpointEntry> entries;
    if (!files.exists(folder))
        return entries;
    TRY_ASSIGN(const std::vector<std::string> names, Workspace::checkpointNames(folder, files));
    for (const std::string &name : names) {
        const std::string path = joinPath(folder, name);
        const auto info = files.info(path);
        if (!info)
            continue; // a run has removed it since
        CheckpointEntry entry;
        entry.epoch = Workspace::epochOf(name);
        entry.bytes = info->size;
        entry.writtenAt = info->modifiedAt;
        auto bytes = files.readAll(path, std::int64_t{1} << 40);
        auto progress =
            bytes ? decodeCheckpoint(*bytes) : Result<Progress>(fail(std::move(bytes).error()));
        if (progress)
            entry.progress = std::move(*progress);
        else
            entry.damage = progress.error().message;
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<void> restoreCheckpoint(Workspace &workspace, std::uint64_t epoch, FileSystem &files)
{
    std::uint64_t newest = 0;
    TRY_ASSIGN(Progress progress, load(workspace, epoch, files, newest));
    progress.epoch = newest + 1;
    progress.lineage = randomId();
    progress.outboxes.clear();
    TRY(workspace.saveProgress(progress));
    return workspace.removeOutboxes({});
}

Result<std::vector<std::string>>
settlePending(Workspace &workspace, bool applied, FileSystem &files)
{
    std::uint64_t newest = 0;
    TRY_ASSIGN(Progress progress, load(workspace, std::nullopt, files, newest));
    std::vector<std::string> nodes;
    for (auto &[node, outbox] : progress.outboxes) {
        const bool waits = std::any_of(outbox.pending.begin(),
                                       outbox.pending.end(),
                                       [](const OutboxHandle &h) { return !h.name.empty(); });
        if (!waits)
            continue;
        outbox.said = applied ? PendingOutput::Applied : PendingOutput::NotApplied;
        nodes.push_back(node);
    }
    if (!nodes.empty())
        TRY(workspace.saveProgress(progress));
    return nodes;
}

Result<void>
dropCheckpoints(Workspace &workspace, std::optional<std::uint64_t> epoch, FileSystem &files)
{
    if (!epoch)
        return workspace.clearProgress();
    TRY_ASSIGN(const auto names, Workspace::checkpointNames(workspace.folder(), files));
    for (const std::string &name : names) {
        if (Workspace::epochOf(name) != *epoch)
            continue;
        TRY(files.remove(joinPath(workspace.folder(), name)));
        return files.syncDirectory(workspace.folder());
    }
    return names.empty() ? none() : missing(*epoch);
}

} // namespace sluice
