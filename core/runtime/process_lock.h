#pragma once

#include "core/base/result.h"

#include <string>
#include <sys/types.h>

namespace sluice {

/// A file that one process holds at a time. It says which: pid and start time, so that a pid that
/// was given away again is not taken for the holder. The lock goes with the process, however it
/// ends; a process that was stopped (SIGSTOP) keeps it.
class ProcessLock
{
public:
    enum class Held {
        Fail,  // WorkspaceLocked, with the holder's pid
        EndIt, // ends the holder first
    };

    ProcessLock() = default;
    ~ProcessLock();
    ProcessLock(ProcessLock &&other) noexcept;
    ProcessLock &operator=(ProcessLock &&other) noexcept;

    /// Errors: WorkspaceLocked; WorkspaceUnwritable
    static Result<ProcessLock> take(const std::string &path, Held held = Held::Fail);

private:
    explicit ProcessLock(int descriptor)
        : m_descriptor(descriptor)
    {}

    int m_descriptor = -1;
};

} // namespace sluice
