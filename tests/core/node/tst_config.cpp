#include "core/base/value_json.h"
#include "core/node/config.h"

#include <doctest/doctest.h>

using namespace sluice;

TEST_CASE("a config reads each field as its type")
{
    const Config config(*valueFromJson(R"({"text": "t", "yes": true, "count": 7, "share": 2,
        "pause": "1500ms", "size": "64kB", "bytes": 10, "names": ["a", "b"],
        "schema": [{"name": "id", "type": "long"}, {"name": "x"}]})")
                             ->asMap());
    CHECK(config.text("text") == "t");
    CHECK(config.boolean("yes"));
    CHECK(config.integer("count") == 7);
    CHECK(config.real("share") == 2.0);
    CHECK(config.duration("pause") == 1500 * kTicksPerMillisecond);
    CHECK(config.byteSize("size") == 64'000);
    CHECK(config.byteSize("bytes") == 10);
    CHECK(config.texts("names") == std::vector<std::string>{"a", "b"});
    CHECK(config.schemaColumns("schema")
          == std::vector<SchemaColumn>{{"id", ColumnType::Long}, {"x", ColumnType::Dynamic}});
}

TEST_CASE("a field that is not set reads as empty")
{
    Config config;
    CHECK_FALSE(config.has("text"));
    CHECK(config.text("text").empty());
    CHECK(config.integer("count") == 0);
    CHECK(config.texts("names").empty());
    config.set("text", "now");
    CHECK(config.has("text"));
    config.set("text", "later");
    CHECK(config.text("text") == "later");
    CHECK(config.values().size() == 1);
}
