// The rules of the house: core/ knows neither Qt nor the window, and no floor includes a higher
// one.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

using Rooms = std::set<std::string>;

/// What each room may include beside itself.
const std::map<std::string, Rooms> &floors()
{
    static const Rooms kKinds{"base", "event", "kql", "node", "storage", "network"};
    static const Rooms kAboveRuntime{
        "base", "event", "kql", "node", "pipeline", "storage", "runtime"};
    static const std::map<std::string, Rooms> kFloors{
        {"base", {}},
        {"event", {"base"}},
        {"kql", {"base", "event"}},
        {"node", {"base", "event", "kql"}},
        {"pipeline", {"base", "event", "kql", "node"}},
        {"storage", {"base", "event", "kql", "node"}},
        {"network", {"base", "event", "node"}},
        {"sources", kKinds},
        {"operators", kKinds},
        {"destinations", kKinds},
        // The runtime sees kinds only through the interfaces in node.
        {"runtime", {"base", "event", "kql", "node", "pipeline", "storage"}},
        {"monitor", kAboveRuntime},
        {"interchange", kAboveRuntime},
        {"doctor", kAboveRuntime},
    };
    return kFloors;
}

struct Include
{
    std::string file; // relative to the project
    std::string path; // as written, with its first bracket: "core/…  or <Q…
};

std::vector<Include> includesBelow(const std::string &folder)
{
    const fs::path root = SLUICE_SOURCE_DIR;
    std::vector<Include> includes;
    for (const auto &entry : fs::recursive_directory_iterator(root / folder)) {
        const std::string ending = entry.path().extension().string();
        if (ending != ".h" && ending != ".cpp")
            continue;
        std::ifstream stream(entry.path());
        std::string line;
        while (std::getline(stream, line)) {
            const auto at = line.find_first_of("<\"");
            if (line.rfind("#include", 0) == 0 && at != std::string::npos)
                includes.push_back({fs::relative(entry.path(), root).string(), line.substr(at)});
        }
    }
    return includes;
}

bool begins(const std::string &text, std::string_view with)
{
    return text.rfind(with, 0) == 0;
}

/// "core/node/…" → "node"
std::string roomOf(std::string path)
{
    path.erase(0, path.find("core/") + 5);
    return path.substr(0, path.find('/'));
}

} // namespace

TEST_CASE("core includes neither Qt nor ui nor app")
{
    const auto includes = includesBelow("core");
    REQUIRE(includes.size() > 100);
    for (const Include &include : includes) {
        const bool forbidden = begins(include.path, "<Q") || begins(include.path, "<qt")
                               || begins(include.path, "\"ui/") || begins(include.path, "\"app/");
        CHECK_MESSAGE(!forbidden, include.file << " includes " << include.path);
    }
}

TEST_CASE("no room of core includes one it must not know")
{
    for (const Include &include : includesBelow("core")) {
        if (!begins(include.path, "\"core/"))
            continue;
        const std::string from = roomOf(include.file);
        const std::string to = roomOf(include.path);
        const auto floor = floors().find(from);
        REQUIRE_MESSAGE(floor != floors().end(), "the room " << from << " has no floor here");
        CHECK_MESSAGE((from == to || floor->second.contains(to)),
                      include.file << " includes " << include.path);
    }
}

TEST_CASE("the window does not include the programs")
{
    for (const Include &include : includesBelow("ui"))
        CHECK_MESSAGE(!begins(include.path, "\"app/"),
                      include.file << " includes " << include.path);
}

TEST_CASE("the slow JSON library stays out of headers")
{
    for (const Include &include : includesBelow("core")) {
        const bool header =
            include.file.size() > 2 && include.file.substr(include.file.size() - 2) == ".h";
        const bool allowed = !header || !begins(include.path, "<nlohmann");
        CHECK_MESSAGE(allowed, include.file << " includes " << include.path);
    }
}
