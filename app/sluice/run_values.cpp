#include "app/sluice/run_values.h"

#include "core/base/file_system.h"

#include <cstdlib>
#include <filesystem>

namespace sluice {

ValueSources commandLineValues(const std::string &pipelinePath,
                               const std::map<std::string, std::string> &parameters)
{
    ValueSources values;
    values.parameterOverrides = parameters;
    values.environment = [](const std::string &name) -> std::optional<std::string> {
        const char *value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
    values.pipelineDirectory = directoryOf(pipelinePath);
    values.workingDirectory = std::filesystem::current_path().string();
    return values;
}

} // namespace sluice
