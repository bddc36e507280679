#include "core/base/random.h"
#include "core/pipeline/secrets.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace sluice;
namespace fs = std::filesystem;

namespace {

/// A folder that is gone when the test is over.
struct Folder
{
    fs::path path = fs::temp_directory_path() / ("sluice_" + randomId());
    ~Folder() { fs::remove_all(path); }
    std::string file() const { return (path / "sluice" / "secrets.json").string(); }
};

} // namespace

TEST_CASE("the file store keeps secrets for the owner alone")
{
    const Folder folder;
    const auto store = fileSecretStore(folder.file());
    CHECK_FALSE(store->get("kafka")->has_value());
    CHECK(store->list()->empty());
    REQUIRE(store->set("kafka", "hunter2").has_value());
    REQUIRE(store->set("env", "a \"quoted\" ä").has_value()); // a name that JSON might misread
    CHECK(store->get("kafka") == std::optional<std::string>("hunter2"));
    CHECK(store->get("env") == std::optional<std::string>("a \"quoted\" ä"));
    CHECK(*store->list() == std::vector<std::string>{"env", "kafka"});
    CHECK(fs::status(folder.file()).permissions()
          == (fs::perms::owner_read | fs::perms::owner_write));
    REQUIRE(store->remove("kafka").has_value());
    CHECK_FALSE(store->get("kafka")->has_value());
    CHECK(store->remove("kafka").error().code == ErrorCode::SecretMissing);
    CHECK(store->set("a b", "x").error().code == ErrorCode::InvalidValue);
    CHECK(store->place().find(folder.file()) != std::string::npos);
}

TEST_CASE("a secrets file that others may read is refused")
{
    const Folder folder;
    const auto store = fileSecretStore(folder.file());
    REQUIRE(store->set("kafka", "hunter2").has_value());
    for (const fs::perms right : {fs::perms::group_read, fs::perms::others_read}) {
        fs::permissions(folder.file(), fs::perms::owner_read | fs::perms::owner_write | right);
        const auto value = store->get("kafka");
        REQUIRE_FALSE(value.has_value());
        CHECK(value.error().code == ErrorCode::FileUnreadable);
        CHECK(value.error().hint.find("chmod 600") != std::string::npos);
        CHECK_FALSE(store->set("other", "x").has_value());
    }
}

TEST_CASE("a damaged secrets file is refused without repeating it")
{
    const Folder folder;
    fs::create_directories(folder.path / "sluice");
    for (const char *text : {"hunter2", "[\"hunter2\"]", "{\"a\": {\"b\": \"hunter2\"}}"}) {
        std::ofstream(folder.file()) << text;
        fs::permissions(folder.file(), fs::perms::owner_read | fs::perms::owner_write);
        const auto value = fileSecretStore(folder.file())->get("a");
        REQUIRE_FALSE(value.has_value());
        CHECK(value.error().code == ErrorCode::FileDamaged);
        CHECK(describe(value.error()).find("hunter2") == std::string::npos);
    }
}

TEST_CASE("the environment counts before the file, and is never written")
{
    const Folder folder;
    std::vector<std::unique_ptr<SecretStore>> stores;
    stores.push_back(environmentSecretStore([](const std::string &name) {
        return name == "SLUICE_SECRET_KAFKA_PASSWORD" ? std::optional<std::string>("from outside")
                                                      : std::nullopt;
    }));
    stores.push_back(fileSecretStore(folder.file()));
    const auto chain = chainedSecretStore(std::move(stores));
    REQUIRE(chain->set("kafka.password", "from file").has_value());
    REQUIRE(chain->set("other", "from file").has_value());
    CHECK(chain->get("kafka.password") == std::optional<std::string>("from outside"));
    CHECK(chain->get("other") == std::optional<std::string>("from file"));
    CHECK_FALSE(chain->get("none")->has_value());
    CHECK(chain->list()->size() == 2);
    CHECK_FALSE(environmentSecretStore(environmentVariable)->set("a", "b").has_value());
}

TEST_CASE("the secrets file is where the desktop keeps configuration")
{
    const auto with = [](const char *config) {
        return secretFilePath([config](const std::string &name) -> std::optional<std::string> {
            if (name == "HOME")
                return "/home/me";
            return config == nullptr ? std::nullopt : std::optional<std::string>(config);
        });
    };
    CHECK(with(nullptr) == "/home/me/.config/sluice/secrets.json");
    CHECK(with("/etc/me") == "/etc/me/sluice/secrets.json");
    CHECK(with("relative") == "/home/me/.config/sluice/secrets.json");
}
