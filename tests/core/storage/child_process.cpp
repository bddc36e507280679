#include "tests/core/storage/child_process.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::test {

namespace {

// The ends that the child finds open.
constexpr int kFromParent = 98;
constexpr int kToParent = 99;
constexpr const char *kArgument = "SLUICE_TEST_CHILD";

} // namespace

ChildProcess::ChildProcess(const std::string &testCase, const std::string &argument)
{
    std::array<int, 2> up{};
    std::array<int, 2> down{};
    if (pipe2(up.data(), O_CLOEXEC) != 0 || pipe2(down.data(), O_CLOEXEC) != 0)
        std::abort();
    const std::string filter = "--test-case=" + testCase;
    // No fork(): DuckDB's allocator would take all of its locks around it, more than
    // ThreadSanitizer can follow.
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, down[0], kFromParent);
    posix_spawn_file_actions_adddup2(&actions, up[1], kToParent);
    std::array<std::string, 4> words = {"child", filter, "--no-skip", "--minimal"};
    std::array<char *, 5> arguments{};
    std::transform(words.begin(), words.end(), arguments.begin(), [](auto &w) { return w.data(); });
    setenv(kArgument, argument.c_str(), 1);
    if (posix_spawn(&m_pid, "/proc/self/exe", &actions, nullptr, arguments.data(), environ) != 0)
        std::abort();
    unsetenv(kArgument);
    posix_spawn_file_actions_destroy(&actions);
    close(up[1]);
    close(down[0]);
    m_fromChild = up[0];
    m_toChild = down[1];
}

ChildProcess::~ChildProcess()
{
    if (m_pid > 0) {
        kill();
        wait();
    }
    close(m_fromChild);
    close(m_toChild);
}

bool ChildProcess::heard()
{
    char byte = 0;
    return read(m_fromChild, &byte, 1) == 1;
}

void ChildProcess::goOn()
{
    const char byte = 'g';
    if (write(m_toChild, &byte, 1) != 1)
        std::abort();
}

void ChildProcess::kill()
{
    ::kill(m_pid, SIGKILL);
}

int ChildProcess::wait()
{
    int status = 0;
    if (waitpid(m_pid, &status, 0) != m_pid)
        return -1;
    m_pid = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::string childArgument()
{
    const char *text = std::getenv(kArgument);
    return text == nullptr ? "" : text;
}

void childSays()
{
    const char byte = 'c';
    if (write(kToParent, &byte, 1) != 1)
        std::abort();
}

void waitForParent()
{
    char byte = 0;
    if (read(kFromParent, &byte, 1) != 1)
        std::abort();
}

} // namespace sluice::test
