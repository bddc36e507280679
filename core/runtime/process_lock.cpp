#include "core/runtime/process_lock.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/file.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

/// Time since boot at which a process was started, as the system counts it; "" when it is gone.
std::string startTimeOf(pid_t pid)
{
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string text;
    std::getline(file, text);
    // The name may hold spaces and brackets: fields count from the last one.
    const std::size_t name = text.rfind(')');
    if (name == std::string::npos)
        return {};
    std::istringstream fields(text.substr(name + 1));
    constexpr int kBehindName = 20; // field 22 of the whole line
    std::string field;
    for (int i = 0; i < kBehindName && fields >> field; ++i) {
    }
    return field;
}

struct Holder
{
    pid_t pid = 0; // 0: not known
    std::string startTime;
};

Holder readHolder(int descriptor)
{
    std::array<char, 96> text{};
    const ssize_t n = pread(descriptor, text.data(), text.size() - 1, 0);
    std::istringstream in(std::string(text.data(), n > 0 ? static_cast<std::size_t>(n) : 0));
    Holder holder;
    in >> holder.pid >> holder.startTime;
    return holder;
}

bool isAlive(const Holder &holder)
{
    return holder.pid > 0 && !holder.startTime.empty()
           && startTimeOf(holder.pid) == holder.startTime;
}

bool lockWithin(int descriptor, std::chrono::milliseconds patience)
{
    constexpr std::chrono::milliseconds kPause{20};
    for (auto waited = std::chrono::milliseconds(0); waited <= patience; waited += kPause) {
        if (flock(descriptor, LOCK_EX | LOCK_NB) == 0)
            return true;
        std::this_thread::sleep_for(kPause);
    }
    return false;
}

/// Asks the holder to stop, then ends it: its lock may be all that is left of it.
Result<void> endHolder(int descriptor)
{
    constexpr std::chrono::milliseconds kToStop{5000};
    constexpr std::chrono::milliseconds kToDie{5000};
    const Holder holder = readHolder(descriptor);
    if (!isAlive(holder) || holder.pid == getpid())
        return fail(ErrorCode::WorkspaceLocked,
                    "somebody holds this pipeline's workspace, and it is not the process that the "
                    "lock names")
            .hint("Look for a running sluice, or give this run a folder of its own with "
                  "--workspace DIR.");
    kill(holder.pid, SIGTERM);
    kill(holder.pid, SIGCONT); // one that was stopped hears nothing else
    if (lockWithin(descriptor, kToStop))
        return {};
    if (isAlive(holder))
        kill(holder.pid, SIGKILL);
    if (lockWithin(descriptor, kToDie))
        return {};
    return fail(
        ErrorCode::WorkspaceLocked, "process {} does not let go of the workspace", holder.pid);
}

} // namespace

ProcessLock::~ProcessLock()
{
    if (m_descriptor >= 0)
        close(m_descriptor);
}

ProcessLock::ProcessLock(ProcessLock &&other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
{}

ProcessLock &ProcessLock::operator=(ProcessLock &&other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

Result<ProcessLock> ProcessLock::take(const std::string &path, Held held)
{
    constexpr mode_t kPrivate = 0600;
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kPrivate);
    if (descriptor < 0)
        return fail(ErrorCode::WorkspaceUnwritable, "cannot write to '{}'", path)
            .hint("Runs keep their progress there. Choose another folder with --workspace DIR.");
    ProcessLock lock(descriptor);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (held == Held::EndIt) {
            TRY(endHolder(descriptor));
        } else {
            const Holder holder = readHolder(descriptor);
            return fail(ErrorCode::WorkspaceLocked,
                        "this pipeline is already running, in process {}",
                        holder.pid == 0 ? std::string("unknown") : std::to_string(holder.pid))
                .hint("Stop that run first, end it with --take-over, or give this one a folder of "
                      "its own with --workspace DIR.");
        }
    }
    const std::string words = fmt::format("{} {}\n", getpid(), startTimeOf(getpid()));
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, words.data(), words.size(), 0) < 0)
        return fail(ErrorCode::WorkspaceUnwritable, "cannot write to '{}'", path);
    return lock;
}

} // namespace sluice
