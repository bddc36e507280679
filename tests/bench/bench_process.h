#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::bench {

/// Wall and processor time of a process.
struct Timing
{
    double wall = 0;
    double cpu = 0;
    bool ok = false;
};

/// Runs a job in a process of its own and takes its time.
Timing timed(const std::function<int()> &job);
/// Becomes `sluice run --from-start PIPELINE`, in silence; for timed().
int runSluice(const std::string &program, const std::string &pipeline);
/// One SQL statement on an empty database, with two threads; for timed().
int runDuckDb(const std::string &sql);

double median(std::vector<double> values);

/// The rounds of one workload.
struct Series
{
    std::vector<double> wall;
    std::vector<double> cpu;
    bool ok = true;
    void add(const Timing &timing);
    void print(const char *name, std::uint64_t events) const;
};

/// Heap allocations per event of a second run in one process, when all free lists are filled;
/// -1: the pipeline does not run.
double allocationsPerEvent(const std::string &pipeline, std::uint64_t events);

/// A folder of its own as the current one; it is gone afterwards.
class ScratchFolder
{
public:
    ScratchFolder();
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder &) = delete;
    ScratchFolder &operator=(const ScratchFolder &) = delete;

private:
    std::filesystem::path m_before;
    std::filesystem::path m_folder;
};

void writeText(const std::filesystem::path &path, const std::string &text);

/// A file of lines. @param append  adds line `i` to a text
template<typename Append>
void generate(const std::filesystem::path &path, std::uint64_t lines, Append &&append)
{
    constexpr std::size_t kPart = 1U << 20U;
    std::ofstream out(path, std::ios::binary);
    std::string text;
    for (std::uint64_t i = 0; i < lines; ++i) {
        append(text, i);
        text += '\n';
        if (text.size() > kPart) {
            out << text;
            text.clear();
        }
    }
    out << text;
}

/// Rows of a file, and the sum of the member `sum` of each.
struct Counted
{
    std::uint64_t rows = 0;
    std::uint64_t sum = 0;
    std::uint64_t wrong = 0; // rows without a text that all of them must have
};
Counted countRows(const std::filesystem::path &path, std::string_view sum, std::string_view needed);

/// Arguments of a bench: PROGRAM [EVENTS] [ROUNDS].
struct Arguments
{
    std::string program;
    std::uint64_t events = 0;
    int rounds = 0;
    bool good = false; // else the usage has been printed
};
Arguments readArguments(int argc, char **argv, std::uint64_t events);

} // namespace sluice::bench
