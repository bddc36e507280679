#include "core/kql/shared_values.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace sluice;
using namespace sluice::kql;

namespace {

Schema tableSchema()
{
    Schema schema;
    schema.columns = {{"url", ColumnType::String}, {"n", ColumnType::Long}};
    return schema;
}

Batch table()
{
    Batch batch;
    batch.rows = 3;
    batch.selection = Selection(3);
    auto urls = takeColumn(ColumnType::String, 3);
    auto numbers = takeColumn(ColumnType::Long, 3);
    constexpr std::string_view kUrls[] = {"https://h/a/b", "https://h/c", ""};
    for (std::size_t row = 0; row < 3; ++row) {
        urls->texts[row] = kUrls[row];
        urls->valid[row] = 1;
        numbers->integers[row] = static_cast<std::int64_t>(row);
        numbers->valid[row] = row != 2;
    }
    batch.columns = {urls, numbers};
    return batch;
}

std::vector<std::string> textsOf(const Column &column)
{
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < column.rows(); ++row) {
        if (column.valid[row] == 0)
            texts.emplace_back("null");
        else if (column.storage() == Storage::Text)
            texts.emplace_back(column.texts[row]);
        else if (column.storage() == Storage::Float)
            texts.push_back(std::to_string(column.floats[row]));
        else if (column.storage() == Storage::Byte)
            texts.push_back(std::to_string(column.bytes[row]));
        else
            texts.push_back(std::to_string(column.integers[row]));
    }
    return texts;
}

Evaluator evaluatorIn(const ExpressionPtr &expression, const Schema &schema)
{
    std::vector<std::size_t> places;
    for (const std::string &name : expression->columns())
        places.push_back(schema.find(name).value_or(schema.columns.size()));
    return {expression, std::move(places)};
}

/// How many values the texts have in common; fails the test unless they give what they give alone.
std::size_t sharedBy(const std::vector<std::string> &texts)
{
    const Schema schema = tableSchema();
    const Batch batch = table();
    std::vector<ExpressionPtr> alone;
    for (const std::string &text : texts) {
        alone.push_back(compile(text, {&schema, nullptr}).expression);
        REQUIRE_MESSAGE(alone.back(), text);
    }
    std::vector<ExpressionPtr> together = alone;
    std::vector<ExpressionPtr *> places;
    for (ExpressionPtr &one : together)
        places.push_back(&one);
    SharedValues shared(places, schema);
    const auto extended = shared.extended(batch, 0);
    REQUIRE(extended);
    CHECK(extended->columns.size() == schema.columns.size() + shared.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        CAPTURE(texts[i]);
        if (texts[i].find("rand") != std::string::npos)
            continue;
        const auto left = evaluatorIn(alone[i], schema).evaluate(batch, 0);
        const auto right = evaluatorIn(together[i], shared.schema()).evaluate(*extended, 0);
        REQUIRE(left);
        REQUIRE(right);
        CHECK(textsOf(**left) == textsOf(**right));
    }
    return shared.size();
}

} // namespace

TEST_CASE("what several expressions have in common is computed once")
{
    CHECK(sharedBy({"tostring(split(url, '/')[3])",
                    "tostring(split(url, '/')[2])",
                    "strcat(split(url, '/')[3], '!')"})
          == 2); // the split, and its third part
    CHECK(sharedBy({"n * 2 + 1", "n * 2 + 1"}) == 1);
    CHECK(sharedBy({"(n + 1) * (n + 1)"}) == 1);
    CHECK(sharedBy({"toupper(url)", "strlen(toupper(url))", "strcat(toupper(url), 'x')"}) == 1);
}

TEST_CASE("what differs, costs nothing or is random is left where it stands")
{
    CHECK(sharedBy({"split(url, '/')[3]", "split(url, ':')[3]"}) == 0);
    CHECK(sharedBy({"url", "url", "n"}) == 0);
    CHECK(sharedBy({"strcat('a', 'b')", "strcat('a', 'b')"}) == 0);
    CHECK(sharedBy({"strcat(url, rand())", "strcat(url, rand())"}) == 0);
    CHECK(sharedBy({"n + 1", "n + 2", "n + 1.0"}) == 0);
    CHECK(sharedBy({"tostring(n)", "toreal(n) > 1"}) == 0);
}

TEST_CASE("an expression that is not there is left alone")
{
    const Schema schema = tableSchema();
    ExpressionPtr none;
    ExpressionPtr some = compile("n + 1", {&schema, nullptr}).expression;
    ExpressionPtr same = some;
    const SharedValues shared({&none, &some, &same}, schema);
    CHECK(none == nullptr);
    CHECK(shared.size() == 1);
    CHECK(shared.schema().columns.size() == 3);
}
