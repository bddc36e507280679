#pragma once

#include "core/runtime/workspace.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// A checkpoint file of a workspace, whole or not.
struct CheckpointEntry
{
    std::uint64_t epoch = 0;
    std::int64_t bytes = 0;
    Ticks writtenAt = 0;
    std::optional<Progress> progress; // nothing: damaged
    std::string damage;               // then why
};

/// The checkpoints in a pipeline's folder of a workspace, newest first. Reads only: a run may go on
/// meanwhile. Errors: IoFailed
Result<std::vector<CheckpointEntry>> listCheckpoints(const std::string &folder, FileSystem &files);

/// Makes the next run go on from the checkpoint of `epoch`, whatever is newer. It begins a new
/// lineage: what destinations got since then stays there, and is written again.
/// Errors: CheckpointMissing, ProgressDamaged
Result<void> restoreCheckpoint(Workspace &workspace, std::uint64_t epoch, FileSystem &files);

/// Answers for a destination that forgot how far it was (a marker that has expired, a table that
/// was put back): whether the output that is on its way in the newest checkpoint is there already.
/// A destination that does know goes by what it knows.
/// @return the nodes it was said of. Errors: CheckpointMissing, ProgressDamaged
Result<std::vector<std::string>>
settlePending(Workspace &workspace, bool applied, FileSystem &files);

/// Removes one checkpoint, or all of them with what is on its way to destinations.
/// Errors: CheckpointMissing
Result<void>
dropCheckpoints(Workspace &workspace, std::optional<std::uint64_t> epoch, FileSystem &files);

} // namespace sluice
