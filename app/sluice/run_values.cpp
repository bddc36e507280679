#include "app/sluice/run_values.h"

#include "app/sluice/output.h"
#include "core/base/file_system.h"
#include "core/pipeline/secrets.h"

#include <filesystem>

namespace sluice {

ValueSources commandLineValues(const std::string &pipelinePath,
                               const std::map<std::string, std::string> &parameters)
{
    ValueSources values;
    values.parameterOverrides = parameters;
    values.environment = environmentVariable;
    // Shared by the copies of this function object, all on one thread.
    const std::shared_ptr<SecretStore> secrets = commandLineSecrets();
    values.secret = [secrets](const std::string &name) -> std::optional<std::string> {
        auto value = secrets->get(name);
        if (!value) {
            complain(value.error());
            return std::nullopt;
        }
        return *value;
    };
    values.pipelineDirectory = directoryOf(pipelinePath);
    std::error_code error;
    values.workingDirectory = std::filesystem::current_path(error).string();
    return values;
}

} // namespace sluice
