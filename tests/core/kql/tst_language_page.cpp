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

TEST_CASE("the help of a function shows signatures and an example")
{
    const FunctionInfo *function = findFunctionInfo("substring");
    REQUIRE(function != nullptr);
    const std::string help = functionHelp(*function);
    CHECK(help.find("substring(") != std::string::npos);
    CHECK(help.find("Example: ") != std::string::npos);
    CHECK(findFunctionInfo("substrin") == nullptr);
}
