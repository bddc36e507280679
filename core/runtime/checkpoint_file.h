#pragma once

#include "core/base/result.h"
#include "core/event/schema.h"
#include "core/runtime/outbox_file.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace sluice {

/// What a person has said of output on its way to a target that forgot how far it was.
/// Written to files: never renumber.
enum class PendingOutput : std::uint8_t { Unknown = 0, Applied = 1, NotApplied = 2 };

/// Where the output of an exactly-once destination stood at a commit point.
struct OutboxProgress
{
    std::string identity;      // of the target
    std::string place;         // what the target said behind the last epoch that was whole there
    std::uint64_t applied = 0; // that epoch
    std::vector<OutboxHandle> pending;           // those behind it, in order
    PendingOutput said = PendingOutput::Unknown; // counts only where the target knows nothing
    friend bool operator==(const OutboxProgress &, const OutboxProgress &) = default;
};

/// Where a run stood at one commit point: all it needs to go on from there.
struct Progress
{
    std::uint64_t epoch = 0;
    std::string lineage;      // random id of the line of checkpoints; made when a run begins anew
    bool exactlyOnce = false; // the delivery in which this epoch was written
    std::map<std::string, OutboxProgress> outboxes;  // by node id
    std::map<std::string, std::string> positions;    // JSON text of each source, by node id
    std::map<std::string, Schema> inferred;          // so that a restart types alike
    std::map<std::string, std::string> states;       // what stateful nodes keep, by node id
    std::map<std::string, std::string> stateSchemas; // what that is the state of: stateSchema()
};

inline constexpr std::uint32_t kCheckpointVersion = 2;

/// The bytes of a checkpoint file.
///
///   "SLUICECP" version(u32)  record*  footer
///   record: type(u8) size(u64) payload  check(u64: XXH3 of type, size and payload)
///   footer: a record whose payload is the number of records and the XXH3 of all bytes before it
///
/// Records may be long; a reader skips none, and takes a file only whole.
std::string encodeCheckpoint(const Progress &progress);
/// Errors: ProgressDamaged when a byte is not as it was written, or the version is too new
Result<Progress> decodeCheckpoint(std::string_view bytes);

} // namespace sluice
