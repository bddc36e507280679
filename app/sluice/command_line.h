#pragma once

namespace sluice {

/// Reads the command line and does what it says. @return the program's exit code
int runCommandLine(int argc, char **argv);

} // namespace sluice
