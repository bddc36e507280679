#pragma once

#include "core/base/result.h"
#include "core/node/destination.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Whose progress it is. The lineage is a random id made when a run begins anew and kept in the
/// workspace: a file name is no identity, two folders may hold a file of one name.
struct ProgressKey
{
    std::string lineage;
    std::string node;
};

/// How far the output of a node has been brought to its target: all of the epochs before `epoch`,
/// and `chunks` chunks of that one.
struct AppliedMark
{
    std::uint64_t epoch = 0;
    std::uint64_t chunks = 0;
    friend bool operator==(const AppliedMark &, const AppliedMark &) = default;
};

/// What a Destination is besides when its target can take the output of an epoch exactly once.
///
///   worker: prepare ─ putAside ──► outbox file ──► checkpoint renamed ──► applier: apply ─ apply …
///
/// Life in an exactly-once run: create → open → claim → apply* → close. accept(), flush() and
/// idle() are not called. The outbox is a file of records; it is brought to the target in chunks,
/// each in one call. After a crash the chunks that claim() does not report are applied again.
class ExactlyOnceDestination
{
public:
    virtual ~ExactlyOnceDestination() = default;

    /// Makes of what prepare() gave the record that apply() takes, and leaves it in
    /// `prepared.bytes`; empty when nothing is to be written. What can fail for good (schema, type,
    /// size) has been refused by prepare().
    /// Thread: any, several at once; const and without shared state.
    virtual Result<void> putAside(Prepared &prepared) const = 0;

    /// The target as it was resolved: file id, cluster and topic id, table. Another one than the
    /// checkpoint names stops the start. Called behind open(). Thread: as open()
    virtual Result<std::string> identity() const = 0;

    /// Takes the target over from the process that wrote to it before: from here on that one's
    /// apply() fails. What was begun and not completed is gone.
    /// @param place  what place() gave at the checkpoint that is continued; empty: none
    /// @return how far the key's output is at the target; nothing: it knows nothing of the key
    /// Thread: as open()
    virtual Result<std::optional<AppliedMark>> claim(const ProgressKey &key,
                                                     const std::string &place) = 0;

    /// Brings the records of one chunk to the target together with the mark behind it, as one
    /// atomic step: both are durable when it returns, or neither counts. May wait for the outside
    /// (words in state()); what is returned ends the run. Thread: the applier's
    /// @param records  as putAside() made them, in order; valid during the call
    virtual Result<void> apply(const std::vector<std::string_view> &records,
                               const AppliedMark &mark) = 0;

    /// Where the target stands behind the last apply(), for targets that cannot keep a mark of
    /// their own (a file): what claim() cuts back to. JSON text. Thread: the applier's
    virtual std::string place() const { return {}; }
};

} // namespace sluice
