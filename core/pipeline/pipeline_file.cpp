#include "core/pipeline/pipeline_file.h"

#include "core/base/file_system.h"

#include <filesystem>

namespace sluice {

Result<LoadedPipeline> loadPipelineFile(const std::string &path)
{
    auto text = realFileSystem().readAll(path);
    if (!text)
        return fail(ErrorCode::FileUnreadable, "{}", text.error().message);
    auto loaded = parsePipeline(*text);
    if (!loaded) {
        Error error = std::move(loaded).error();
        error.message = fmt::format("'{}': {}", path, error.message);
        return fail(std::move(error));
    }
    return loaded;
}

Result<void> savePipelineFile(const Pipeline &pipeline, const std::string &path)
{
    namespace fs = std::filesystem;
    std::string target = path;
    unsigned mode = 0644;
    std::error_code error;
    if (const auto real = fs::canonical(path, error); !error) {
        target = real.string(); // a link stays a link
        if (const auto status = fs::status(real, error); !error)
            mode = static_cast<unsigned>(status.permissions()) & 0777U;
    }
    if (auto outcome = realFileSystem().replaceAtomically(target, pipelineText(pipeline), mode);
        !outcome) {
        return fail(ErrorCode::FileUnwritable, "{}", outcome.error().message)
            .hint("Save it under another name or in another folder.");
    }
    return {};
}

} // namespace sluice
