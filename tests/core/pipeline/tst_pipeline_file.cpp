#include "core/base/file_system.h"
#include "core/base/random.h"
#include "core/pipeline/pipeline_file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

using namespace sluice;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> goldenFiles()
{
    std::vector<std::string> files;
    for (const auto &entry :
         fs::recursive_directory_iterator(SLUICE_SOURCE_DIR "/tests/golden/pipelines")) {
        if (entry.path().string().ends_with(".sluice.json"))
            files.push_back(entry.path().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

constexpr const char *kStrange = R"({
  "sluice": 1,
  "name": "Strange",
  "settings": {"delivery": "exactly_twice", "checkpoint_interval": 5, "colour": "red"},
  "parameters": {"limit": {"type": "number", "value": 20, "unit": "C"}},
  "nodes": [
    {"id": "a", "kind": "from_tomorrow", "title": "A", "config": {"x": [1, {"y": null}]}, "group": 3}
  ],
  "wires": [
    {"from": "a", "to": "b.left", "bend": [1, 2]}
  ],
  "alerts": [{"when": "rate > 5"}],
  "tests": {},
  "theme": {"deep": true},
  "layout": {
    "a": [0, 12.5],
    "b": {"x": 1}
  }
}
)";

ErrorCode codeOf(std::string_view text)
{
    const auto loaded = parsePipeline(text);
    return loaded ? ErrorCode::Unknown : loaded.error().code;
}

} // namespace

TEST_CASE("every example pipeline loads without a note and is written stably")
{
    const auto files = goldenFiles();
    REQUIRE(files.size() >= 30);
    for (const std::string &file : files) {
        CAPTURE(file);
        const auto loaded = loadPipelineFile(file);
        REQUIRE_MESSAGE(loaded.has_value(), loaded.error().message);
        CHECK(loaded->notes.empty());
        CHECK_FALSE(loaded->pipeline.nodes.empty());
        const std::string text = pipelineText(loaded->pipeline);
        const auto again = parsePipeline(text);
        REQUIRE(again.has_value());
        CHECK(again->pipeline == loaded->pipeline);
        CHECK(pipelineText(again->pipeline) == text);
    }
}

TEST_CASE("what this version does not know is noted and kept")
{
    const auto loaded = parsePipeline(kStrange);
    REQUIRE(loaded.has_value());
    CHECK(loaded->notes.size() == 6); // colour, unit, group, bend, theme, the place of b
    for (const Diagnostic &note : loaded->notes)
        CHECK(note.severity == Severity::Note);
    const std::string text = pipelineText(loaded->pipeline);
    for (const char *kept : {R"("delivery": "exactly_twice")",
                             R"("checkpoint_interval": 5)",
                             R"("colour": "red")",
                             R"("type": "number")",
                             R"("unit": "C")",
                             R"("group": 3)",
                             R"("bend": [1, 2])",
                             R"("theme": {"deep": true})",
                             R"("alerts": [{"when": "rate > 5"}])",
                             R"("b": {"x": 1})",
                             R"("a": [0, 12.5])"})
        CHECK_MESSAGE(text.find(kept) != std::string::npos, kept);
    const auto again = parsePipeline(text);
    REQUIRE(again.has_value());
    CHECK(pipelineText(again->pipeline) == text);
    CHECK(text.rfind("\"layout\"") > text.rfind("\"theme\""));
}

TEST_CASE("names that look like references stay names")
{
    const auto loaded = parsePipeline(
        R"({"sluice": 1, "nodes": [{"id": "n", "kind": "k", "config": {"env": "HOME"}}]})");
    REQUIRE(loaded.has_value());
    const ValueMap &config = loaded->pipeline.nodes[0]->config;
    REQUIRE(config.size() == 1);
    CHECK(config[0].first == "env");
    CHECK(config[0].second == Value("HOME"));
}

TEST_CASE("a file that is no pipeline is refused with the reason")
{
    CHECK(codeOf("") == ErrorCode::FileDamaged);
    CHECK(codeOf("not json") == ErrorCode::FileDamaged);
    CHECK(codeOf("[1]") == ErrorCode::FileDamaged);
    CHECK(codeOf(R"({"name": "package"})") == ErrorCode::FileDamaged);
    CHECK(codeOf(R"({"sluice": 2})") == ErrorCode::FileTooNew);
    CHECK(codeOf(R"({"sluice": "1"})") == ErrorCode::FileDamaged);
    CHECK(codeOf(R"({"sluice": 1, "nodes": {}})") == ErrorCode::FileDamaged);
    CHECK(codeOf(R"({"sluice": 1, "nodes": [{"kind": "k"}]})") == ErrorCode::FileDamaged);
    CHECK(codeOf(R"({"sluice": 1, "nodes": [{"id": "a"}]})") == ErrorCode::FileDamaged);
    CHECK(codeOf(R"({"sluice": 1, "wires": [{"from": "a"}]})") == ErrorCode::FileDamaged);
    CHECK(codeOf(R"({"sluice": 1, "parameters": {"p": 1}})") == ErrorCode::FileDamaged);
    CHECK(codeOf(R"({"sluice": 1})") == ErrorCode::Unknown);
    CHECK(loadPipelineFile("/nonexistent/x.sluice.json").error().code == ErrorCode::FileUnreadable);
}

TEST_CASE("saving replaces the file as a whole and keeps links and rights")
{
    const fs::path folder = fs::temp_directory_path() / ("sluice_" + randomId());
    fs::create_directories(folder);
    const std::string path = (folder / "a.sluice.json").string();
    const Pipeline pipeline = parsePipeline(kStrange)->pipeline;
    REQUIRE(savePipelineFile(pipeline, path).has_value());
    CHECK(loadPipelineFile(path)->pipeline == pipeline);

    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    const std::string link = (folder / "link.sluice.json").string();
    fs::create_symlink("a.sluice.json", link);
    Pipeline renamed = pipeline;
    renamed.name = "Renamed";
    REQUIRE(savePipelineFile(renamed, link).has_value());
    CHECK(fs::is_symlink(link));
    CHECK(loadPipelineFile(path)->pipeline.name == "Renamed");
    CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(savePipelineFile(pipeline, (folder / "none" / "b.json").string()).error().code
          == ErrorCode::FileUnwritable);
    fs::remove_all(folder);
}
