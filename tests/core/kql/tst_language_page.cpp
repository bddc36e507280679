#include "core/kql/language_page.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace sluice::kql;

TEST_CASE("the language page is what the table of functions says")
{
    std::ifstream file(SLUICE_SOURCE_DIR "/docs/kql.md");
    REQUIRE(file.good());
    std::stringstream page;
    page << file.rdbuf();
    // When this fails: sluice kql --page > docs/kql.md
    CHECK(page.str() == languagePage());
}

TEST_CASE("every function belongs to a group of the page")
{
    const std::string index = functionIndex();
    for (const FunctionInfo &function : functionList()) {
        CHECK(!function.group.empty());
        CHECK(index.find(" " + std::string(function.name)) != std::string::npos);
    }
}

TEST_CASE("the help of a function or an aggregate shows signatures and an example")
{
    for (const char *name : {"substring", "has", "percentile", "arg_max"}) {
        const auto help = helpOf(name);
        REQUIRE(help.has_value());
        CHECK(help->starts_with(name));
        CHECK(help->find("Example: ") != std::string::npos);
    }
    CHECK(helpOf("substring")->find("substring(") != std::string::npos);
    CHECK(!helpOf("substrin").has_value());
    for (const std::string &name : helpNames())
        CHECK(helpOf(name).has_value());
}
