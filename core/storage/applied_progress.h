#pragma once

#include "core/node/exactly_once.h"
#include "core/storage/database.h"

#include <optional>
#include <string>

namespace sluice {

/// How far outboxes have been applied, kept in the database they are applied to: a row of
/// sluice.progress, written in the transaction of the rows it speaks of. Thread: the connection's.
class AppliedProgress
{
public:
    AppliedProgress() = default;
    explicit AppliedProgress(ProgressKey key)
        : m_key(std::move(key))
    {}

    /// Makes the table where it is missing, reads the row and makes it this process's own: its
    /// number + 1 and an id of its own. @return nothing when there was no row
    Result<std::optional<AppliedMark>> claim(Connection &connection);

    /// Inside a transaction. Errors: FencedOut when another process has claimed the row since
    Result<void> store(Connection &connection, const AppliedMark &mark) const;

private:
    std::string where() const;

    ProgressKey m_key;
    std::string m_owner;
};

} // namespace sluice
