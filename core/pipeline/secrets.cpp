#include "core/pipeline/secrets.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>

namespace sluice {

namespace {

using Secrets = std::map<std::string, std::string>;

constexpr unsigned kOwnerOnly = 0600;
constexpr unsigned kOthers = 0077;

Result<void> checkName(const std::string &name)
{
    if (isValidSecretName(name))
        return {};
    return fail(ErrorCode::InvalidValue, "'{}' cannot be the name of a secret", name)
        .hint("Use letters, digits, '_', '-' and '.'.");
}

class FileSecretStore : public SecretStore
{
public:
    FileSecretStore(std::string path, FileSystem &files)
        : m_path(std::move(path))
        , m_files(files)
    {}

    Result<std::optional<std::string>> get(const std::string &name) override
    {
        TRY_ASSIGN(const Secrets secrets, read());
        const auto it = secrets.find(name);
        return it == secrets.end() ? std::nullopt : std::optional(it->second);
    }

    Result<void> set(const std::string &name, const std::string &value) override
    {
        TRY(checkName(name));
        TRY_ASSIGN(Secrets secrets, read());
        secrets[name] = value;
        return write(secrets);
    }

    Result<void> remove(const std::string &name) override
    {
        TRY_ASSIGN(Secrets secrets, read());
        if (secrets.erase(name) == 0)
            return fail(ErrorCode::SecretMissing, "there is no secret '{}' in {}", name, place());
        return write(secrets);
    }

    Result<std::vector<std::string>> list() override
    {
        TRY_ASSIGN(const Secrets secrets, read());
        std::vector<std::string> names;
        for (const auto &entry : secrets)
            names.push_back(entry.first);
        return names;
    }

    std::string place() const override { return "the file " + m_path; }

private:
    Result<Secrets> read()
    {
        if (!m_files.exists(m_path))
            return Secrets{};
        TRY_ASSIGN(const FileInfo info, m_files.info(m_path));
        if ((info.mode & kOthers) != 0) {
            return fail(ErrorCode::FileUnreadable,
                        "others may read the secrets in '{}' (mode {:o})",
                        m_path,
                        info.mode)
                .hint(fmt::format("Take their rights away: chmod 600 '{}'", m_path));
        }
        TRY_ASSIGN(const std::string text, m_files.readAll(m_path));
        // The text of a library's error could repeat a secret: it is not shown.
        const auto json = nlohmann::json::parse(text, nullptr, false);
        if (json.is_discarded() || !json.is_object())
            return damaged();
        Secrets secrets;
        for (const auto &[name, value] : json.items()) {
            if (!value.is_string())
                return damaged();
            secrets[name] = value.get<std::string>();
        }
        return secrets;
    }

    Failure damaged() const
    {
        return fail(ErrorCode::FileDamaged, "'{}' is not a file of secrets", m_path)
            .hint("It is one JSON object of names and texts. Correct it, or move it away and "
                  "store the secrets anew.");
    }

    Result<void> write(const Secrets &secrets)
    {
        std::string text;
        try {
            text = nlohmann::json(secrets).dump(2) + "\n";
        } catch (const nlohmann::json::exception &) {
            return fail(ErrorCode::InvalidValue, "the secret is not UTF-8 text");
        }
        TRY(m_files.createDirectories(directoryOf(m_path)));
        return m_files.replaceAtomically(m_path, text, kOwnerOnly);
    }

    std::string m_path;
    FileSystem &m_files;
};

class EnvironmentSecretStore : public SecretStore
{
public:
    explicit EnvironmentSecretStore(EnvironmentLookup environment)
        : m_environment(std::move(environment))
    {}

    Result<std::optional<std::string>> get(const std::string &name) override
    {
        return m_environment(secretVariable(name));
    }
    Result<void> set(const std::string &name, const std::string & /*value*/) override
    {
        return fail(ErrorCode::FileUnwritable,
                    "the environment cannot be written; set {} before the start",
                    secretVariable(name));
    }
    Result<void> remove(const std::string &name) override { return set(name, {}); }
    Result<std::vector<std::string>> list() override { return std::vector<std::string>(); }
    std::string place() const override { return "the environment (SLUICE_SECRET_…)"; }

private:
    EnvironmentLookup m_environment;
};

class ChainedSecretStore : public SecretStore
{
public:
    explicit ChainedSecretStore(std::vector<std::unique_ptr<SecretStore>> stores)
        : m_stores(std::move(stores))
    {}

    Result<std::optional<std::string>> get(const std::string &name) override
    {
        for (const auto &store : m_stores) {
            TRY_ASSIGN(auto value, store->get(name));
            if (value)
                return value;
        }
        return std::optional<std::string>();
    }
    Result<void> set(const std::string &name, const std::string &value) override
    {
        return m_stores.back()->set(name, value);
    }
    Result<void> remove(const std::string &name) override { return m_stores.back()->remove(name); }
    Result<std::vector<std::string>> list() override
    {
        std::vector<std::string> names;
        for (const auto &store : m_stores) {
            TRY_ASSIGN(const auto more, store->list());
            names.insert(names.end(), more.begin(), more.end());
        }
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        return names;
    }
    std::string place() const override { return m_stores.back()->place(); }

private:
    std::vector<std::unique_ptr<SecretStore>> m_stores; // never empty
};

} // namespace

bool isValidSecretName(std::string_view name)
{
    return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return (c < 0x80 && std::isalnum(c) != 0) || c == '_' || c == '-' || c == '.';
    });
}

std::string secretVariable(std::string_view name)
{
    std::string variable = "SLUICE_SECRET_";
    for (const unsigned char c : name)
        variable += c < 0x80 && std::isalnum(c) != 0 ? static_cast<char>(std::toupper(c)) : '_';
    return variable;
}

std::string secretFilePath(const EnvironmentLookup &environment)
{
    // The base directory specification: a path that is not absolute is to be ignored.
    auto config = environment("XDG_CONFIG_HOME");
    if (!config || config->empty() || config->front() != '/')
        config = environment("HOME").value_or("") + "/.config";
    return *config + "/sluice/secrets.json";
}

std::optional<std::string> environmentVariable(const std::string &name)
{
    const char *value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::unique_ptr<SecretStore> fileSecretStore(std::string path, FileSystem &files)
{
    return std::make_unique<FileSecretStore>(std::move(path), files);
}

std::unique_ptr<SecretStore> environmentSecretStore(EnvironmentLookup environment)
{
    return std::make_unique<EnvironmentSecretStore>(std::move(environment));
}

std::unique_ptr<SecretStore> chainedSecretStore(std::vector<std::unique_ptr<SecretStore>> stores)
{
    return std::make_unique<ChainedSecretStore>(std::move(stores));
}

std::unique_ptr<SecretStore> commandLineSecrets()
{
    std::vector<std::unique_ptr<SecretStore>> stores;
    stores.push_back(environmentSecretStore(environmentVariable));
    stores.push_back(fileSecretStore(secretFilePath(environmentVariable)));
    return chainedSecretStore(std::move(stores));
}

} // namespace sluice
