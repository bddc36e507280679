#include "core/event/datetime.h"
#include "core/pipeline/pipeline_file.h"
#include "tests/core/runtime/run_bed.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <sstream>

using namespace sluice;
using namespace sluice::test;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const fs::path kFolder = fs::path(SLUICE_SOURCE_DIR) / "tests/golden/pipelines/transforms";

std::string golden(const std::string &name)
{
    const auto text = realFileSystem().readAll((kFolder / name).string());
    REQUIRE_MESSAGE(text, name);
    return *text;
}

/// A pipeline with the files its parameters name.
struct Case
{
    std::string name;
    std::string text;
    std::map<std::string, std::string> inputs;  // parameter: file
    std::map<std::string, std::string> outputs; // parameter: file of the expected lines
};

/// Numbers by value, moments as instants; the order of fields counts.
Json canonical(const Json &value)
{
    if (value.is_number())
        return value.get<double>();
    if (value.is_string()) {
        const auto moment = parseIsoDatetime(value.get<std::string>());
        if (!moment)
            return value;
        char text[kValueTextBytes]; // NOLINT(modernize-avoid-c-arrays): formatDatetime() fills it
        return std::string(text, formatDatetime(*moment, text));
    }
    if (!value.is_structured()) // a truth value would be its own only item
        return value;
    Json result = value;
    for (auto &item : result)
        item = canonical(item);
    return result;
}

/// Lines as JSON, sorted: a multiset.
std::vector<std::string> lines(const std::string &text)
{
    std::vector<std::string> result;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        const auto json = Json::parse(line, nullptr, false);
        REQUIRE_MESSAGE(!json.is_discarded(), line);
        result.push_back(canonical(json).dump());
    }
    std::sort(result.begin(), result.end());
    return result;
}

/// The part of a file's lines before, or from, its middle.
std::string half(const std::string &text, bool first)
{
    const auto count = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    std::size_t place = 0;
    for (std::size_t i = 0; i < count / 2; ++i)
        place = text.find('\n', place) + 1;
    return first ? text.substr(0, place) : text.substr(place);
}

std::optional<Case> readCase(const fs::path &path)
{
    constexpr std::string_view kEnding = ".sluice.json";
    Case found;
    const std::string file = path.filename().string();
    found.name = file.substr(0, file.size() - kEnding.size());
    found.text = golden(file);
    const Pipeline pipeline = RunBed::parse(found.text);
    for (const NodePtr &node : pipeline.nodes) {
        if (builtInCatalog().find(node->kind) == nullptr)
            return std::nullopt;
    }
    for (const Parameter &parameter : pipeline.parameters) {
        const std::string *value = parameter.value.asString();
        if (value == nullptr)
            continue;
        constexpr std::string_view kResult = ".result.";
        const auto result = value->find(kResult);
        if (result != std::string::npos)
            found.outputs[parameter.name] =
                std::string(*value).replace(result, kResult.size(), ".expected.");
        else
            found.inputs[parameter.name] = *value;
    }
    const bool complete =
        std::all_of(found.outputs.begin(), found.outputs.end(), [](const auto &output) {
            return fs::exists(kFolder / output.second);
        });
    if (!complete || found.outputs.empty())
        return std::nullopt;
    // Whether a config is one that this version has is for validation to say.
    ValueSources values;
    values.pipelineDirectory = kFolder.string();
    for (const Diagnostic &problem : validate(pipeline, builtInCatalog(), values).diagnostics) {
        if (problem.severity == Severity::Error
            && problem.message.find("not available yet") != std::string::npos)
            return std::nullopt;
    }
    return found;
}

std::vector<Case> cases()
{
    std::vector<Case> found;
    for (const auto &entry : fs::directory_iterator(kFolder)) {
        if (!entry.path().filename().string().ends_with(".sluice.json"))
            continue;
        if (auto one = readCase(entry.path()))
            found.push_back(std::move(*one));
    }
    std::sort(
        found.begin(), found.end(), [](const Case &a, const Case &b) { return a.name < b.name; });
    return found;
}

RunOptions optionsFor(const Case &one, const RunBed &bed, std::size_t batchRows, int workers)
{
    RunOptions options = bed.options();
    options.batchRows = batchRows;
    options.workers = workers;
    for (const auto &[parameter, file] : one.inputs)
        options.values.parameterOverrides[parameter] = bed.path(file);
    for (const auto &[parameter, file] : one.outputs)
        options.values.parameterOverrides[parameter] = bed.path(parameter + ".out");
    return options;
}

void checkOutputs(const Case &one, const RunBed &bed)
{
    for (const auto &[parameter, expected] : one.outputs)
        CHECK(lines(bed.read(parameter + ".out")) == lines(golden(expected)));
}

} // namespace

TEST_CASE("golden pipelines give their exact output with any batch size and worker count")
{
    CHECK(cases().size() >= 4);
    for (const Case &one : cases()) {
        for (const std::size_t batchRows : {std::size_t{1}, std::size_t{7}, kBatchRows}) {
            for (const int workers : {1, 2, 3}) {
                CAPTURE(one.name);
                CAPTURE(batchRows);
                CAPTURE(workers);
                const RunBed bed;
                for (const auto &[parameter, file] : one.inputs)
                    bed.write(file, golden(file));
                const RunSnapshot last =
                    bed.run(one.text, optionsFor(one, bed, batchRows, workers));
                CHECK(last.conserved);
                checkOutputs(one, bed);
            }
        }
    }
}

TEST_CASE("golden pipelines that are stopped in the middle go on with what they kept")
{
    for (const Case &one : cases()) {
        CAPTURE(one.name);
        const RunBed bed;
        for (const auto &[parameter, file] : one.inputs) {
            const bool lookedUp = file.ends_with(".csv"); // reference data is there as a whole
            bed.write(file, lookedUp ? golden(file) : half(golden(file), true));
        }
        RunOptions options = optionsFor(one, bed, 2, 2);
        options.untilCaughtUp = true;
        CHECK(bed.run(one.text, options).conserved);
        for (const auto &[parameter, file] : one.inputs) {
            if (file.ends_with(".csv"))
                continue;
            const auto rest = realFileSystem().openWrite(bed.path(file), WriteMode::Append);
            REQUIRE(rest);
            REQUIRE((*rest)->write(half(golden(file), false)));
        }
        CHECK(bed.run(one.text, optionsFor(one, bed, kBatchRows, 3)).conserved);
        checkOutputs(one, bed);
    }
}
