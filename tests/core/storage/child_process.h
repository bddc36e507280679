#pragma once

#include <string>
#include <vector>

namespace sluice::test {

/// This test program once more, running one of its skipped test cases in a process of its own.
/// The child talks through one pipe: childSays() there, heard() here.
class ChildProcess
{
public:
    /// @param testCase   full name of a test case with doctest::skip()
    /// @param argument   what childArgument() returns in the child
    ChildProcess(const std::string &testCase, const std::string &argument);
    ~ChildProcess(); // kills it when it still runs

    /// Waits for a byte of the child. @return false when it ended without one
    bool heard();
    /// Lets the child's waitForParent() return.
    void goOn();
    void kill();
    /// Waits for the end. @return exit code, or minus the signal
    int wait();
    int pid() const { return m_pid; }

private:
    int m_pid = -1;
    int m_fromChild = -1;
    int m_toChild = -1;
};

std::string childArgument();
void childSays();
void waitForParent();

} // namespace sluice::test
