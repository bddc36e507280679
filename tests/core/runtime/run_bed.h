#pragma once

#include "core/base/file_system.h"
#include "core/base/random.h"
#include "core/pipeline/pipeline_file.h"
#include "core/runtime/engine.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace sluice::test {

/// A folder of its own that is gone afterwards, and runs of pipelines in it.
class RunBed
{
public:
    RunBed()
        : m_folder(std::filesystem::temp_directory_path() / ("sluice-run-" + randomId()))
    {
        std::filesystem::create_directories(m_folder);
    }
    ~RunBed() { std::filesystem::remove_all(m_folder); }
    RunBed(const RunBed &) = delete;
    RunBed &operator=(const RunBed &) = delete;

    std::string path(const std::string &name) const { return (m_folder / name).string(); }

    void write(const std::string &name, const std::string &text) const
    {
        const auto file = realFileSystem().openWrite(path(name), WriteMode::Replace);
        REQUIRE(file);
        REQUIRE((*file)->write(text));
    }
    std::string read(const std::string &name) const
    {
        const auto text = realFileSystem().readAll(path(name));
        return text ? *text : std::string("(" + text.error().message + ")");
    }

    RunOptions options() const
    {
        RunOptions options;
        options.pipelinePath = path("test.sluice.json");
        options.values.pipelineDirectory = m_folder.string();
        options.values.workingDirectory = m_folder.string();
        options.workers = 2;
        return options;
    }

    static Pipeline parse(const std::string &text)
    {
        auto loaded = parsePipeline(text);
        REQUIRE(loaded);
        return loaded->pipeline;
    }

    /// Runs to the end. @return the last figures
    RunSnapshot run(const std::string &text, RunOptions options) const
    {
        Engine engine(builtInCatalog());
        const auto started = engine.start(parse(text), std::move(options));
        REQUIRE_MESSAGE(started, (started ? "" : describe(started.error())));
        REQUIRE(engine.wait(60 * kTicksPerSecond));
        const auto failure = engine.failure();
        REQUIRE_MESSAGE(!failure, (failure ? describe(*failure) : ""));
        return engine.snapshot();
    }
    RunSnapshot run(const std::string &text) const { return run(text, options()); }

private:
    std::filesystem::path m_folder;
};

} // namespace sluice::test
