#pragma once

#include "core/pipeline/validation.h"

#include <map>
#include <string>

namespace sluice {

/// Where a command finds values: parameters as typed, the environment, secrets from
/// SLUICE_SECRET_<NAME> and then from the secrets file.
/// @param pipelinePath  absolute
ValueSources commandLineValues(const std::string &pipelinePath,
                               const std::map<std::string, std::string> &parameters);

} // namespace sluice
