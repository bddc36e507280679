#pragma once

#include "core/base/file_system.h"
#include "core/base/result.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Keeps secrets by name, outside of pipeline files. Values never go into messages or logs.
/// Thread: one at a time.
class SecretStore
{
public:
    virtual ~SecretStore() = default;
    /// Nothing when the store has no such secret. Errors: the store cannot be read
    virtual Result<std::optional<std::string>> get(const std::string &name) = 0;
    virtual Result<void> set(const std::string &name, const std::string &value) = 0;
    virtual Result<void> remove(const std::string &name) = 0;
    /// Names, sorted; empty where a store cannot tell.
    virtual Result<std::vector<std::string>> list() = 0;
    /// Where it keeps them, in words for the user: "the file /home/me/.config/…".
    virtual std::string place() const = 0;
};

/// Looks up a variable of the environment.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string &)>;
/// The one of this process.
std::optional<std::string> environmentVariable(const std::string &name);

/// A JSON file with mode 0600. Refused when others may read it.
std::unique_ptr<SecretStore> fileSecretStore(std::string path,
                                             FileSystem &files = realFileSystem());
/// $XDG_CONFIG_HOME/sluice/secrets.json, else ~/.config/sluice/secrets.json.
std::string secretFilePath(const EnvironmentLookup &environment);

/// SLUICE_SECRET_<NAME>: read only.
std::unique_ptr<SecretStore> environmentSecretStore(EnvironmentLookup environment);
/// "kafka.password" → "SLUICE_SECRET_KAFKA_PASSWORD".
std::string secretVariable(std::string_view name);

/// Reads from the first store that has the secret; writes to the last one.
std::unique_ptr<SecretStore> chainedSecretStore(std::vector<std::unique_ptr<SecretStore>> stores);

/// What the command line uses: the environment first, then the file.
std::unique_ptr<SecretStore> commandLineSecrets();

/// Letters, digits, '_', '-' and '.'; not empty.
bool isValidSecretName(std::string_view name);

} // namespace sluice
