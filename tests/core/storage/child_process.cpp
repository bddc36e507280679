#include "tests/core/storage/child_process.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
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
    m_pid = fork();
    if (m_pid == 0) {
        dup2(down[0], kFromParent);
        dup2(up[1], kToParent);
        setenv(kArgument, argument.c_str(), 1);
        execl("/proc/self/exe", "child", filter.c_str(), "--no-skip", "--minimal", nullptr);
        _exit(127);
    }
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
