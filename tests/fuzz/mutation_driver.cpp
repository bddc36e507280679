// Runs a fuzz target without libFuzzer: seeds first, then mutations of them, for two seconds or
// for the seconds given on the command line.
#include "core/base/random.h"
#include "tests/fuzz/fuzz_target.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace {

const std::string *current = nullptr;

/// Says which input it was, and ends as the signal would have.
void tellInput(int signal)
{
    if (current != nullptr) {
        constexpr std::string_view kHead = "\nthe input was:\n";
        (void)!write(STDERR_FILENO, kHead.data(), kHead.size());
        (void)!write(STDERR_FILENO, current->data(), current->size());
        (void)!write(STDERR_FILENO, "\n", 1);
    }
    std::signal(signal, SIG_DFL);
    (void)std::raise(signal);
}

void run(const std::string &text)
{
    current = &text;
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t *>(text.data()), text.size());
}

std::string mutated(const std::vector<std::string> &seeds, sluice::Random &random)
{
    constexpr std::size_t kLongest = 4096;
    std::string text = seeds[random.below(seeds.size())];
    for (std::uint64_t change = random.below(6) + 1; change > 0; --change) {
        const std::size_t at = random.below(text.size() + 1);
        const std::string &other = seeds[random.below(seeds.size())];
        const std::size_t from = random.below(other.size() + 1);
        const std::size_t size = random.below(12) + 1;
        switch (random.below(5)) {
        case 0:
            text.insert(at, 1, static_cast<char>(random.below(256)));
            break;
        case 1:
            text.erase(at, size);
            break;
        case 2:
            text.insert(at, other.substr(from, size * 2));
            break;
        case 3:
            if (at < text.size())
                text[at] = static_cast<char>(32 + random.below(95));
            break;
        default:
            text.insert(at, text.substr(random.below(text.size() + 1), size));
        }
    }
    text.resize(std::min(text.size(), kLongest));
    return text;
}

} // namespace

int main(int argc, char **argv)
{
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL})
        std::signal(signal, tellInput);
    const auto seconds = std::chrono::seconds(argc > 1 ? std::atoi(argv[1]) : 2);
    const auto end = std::chrono::steady_clock::now() + seconds;
    const std::vector<std::string> seeds = fuzzSeeds();
    for (const std::string &seed : seeds)
        run(seed);
    sluice::Random random(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
    std::size_t runs = seeds.size();
    while (std::chrono::steady_clock::now() < end) {
        run(mutated(seeds, random));
        ++runs;
    }
    std::printf("%zu inputs\n", runs);
    return 0;
}
