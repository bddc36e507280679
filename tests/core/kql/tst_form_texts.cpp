#include "core/kql/aggregate.h"
#include "core/kql/aggregate_binder.h"
#include "core/kql/aggregate_text.h"
#include "core/kql/expression.h"
#include "core/kql/functions.h"
#include "core/kql/other_names.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace sluice;
using namespace sluice::kql;

TEST_CASE("a single aggregate call is read as its function and its arguments")
{
    CHECK(readAggregateCall("avg(temp)") == AggregateCallText{"avg", {"temp"}});
    CHECK(readAggregateCall(" count( ) ") == AggregateCallText{"count", {}});
    CHECK(readAggregateCall("percentile(temp * 2, 95)")
          == AggregateCallText{"percentile", {"temp * 2", "95"}});
    CHECK(readAggregateCall("countif(a in (1, 2) and b == ',')")
          == AggregateCallText{"countif", {"a in (1, 2) and b == ','"}});
    CHECK(readAggregateCall("arg_max(temp, *)") == AggregateCallText{"arg_max", {"temp", "*"}});
    CHECK(readAggregateCall("sum(site['a b'])") == AggregateCallText{"sum", {"site['a b']"}});
    CHECK(readAggregateCall("avg(temp, )") == AggregateCallText{"avg", {"temp", ""}});
}

TEST_CASE("what is more than one call is not taken for one")
{
    for (const char *text : {"",
                             "avg",
                             "avg(temp",
                             "avg(temp))",
                             "round(avg(temp), 1)",
                             "avg(temp) + 1",
                             "avg(temp) // mean",
                             "tolower(name)",
                             "avg('temp)"}) {
        CAPTURE(text);
        CHECK_FALSE(readAggregateCall(text).has_value());
    }
}

TEST_CASE("every aggregate's example goes through the form's text and back")
{
    std::size_t read = 0;
    for (const Aggregate &aggregate : allAggregates()) {
        CAPTURE(aggregate.name);
        const auto call = readAggregateCall(aggregate.example);
        if (!call)
            continue;
        ++read;
        CHECK(writeAggregateCall(*call) == aggregate.example);
        CHECK(call->arguments.size() >= requiredParameters(aggregate.name));
        if (!call->arguments.empty())
            CHECK_FALSE(aggregateParameters(aggregate.name).empty());
    }
    CHECK(read + 2 >= allAggregates().size());
}

TEST_CASE("parameters of an aggregate have names where a form asks for them")
{
    CHECK(aggregateParameters("percentile") == std::vector<std::string>{"value", "percentage"});
    CHECK(aggregateParameters("percentiles") == std::vector<std::string>{"value", "percentage"});
    CHECK(aggregateParameters("avgif") == std::vector<std::string>{"value", "predicate"});
    CHECK(aggregateParameters("countif") == std::vector<std::string>{"predicate"});
    CHECK(aggregateParameters("nothing").empty());
    CHECK(requiredParameters("count") == 0);
    CHECK(requiredParameters("avg") == 1);
    CHECK(requiredParameters("dcount") == 1);
    CHECK(requiredParameters("arg_max") == 2);
}

TEST_CASE("the 39 functions of Fabric are found, and each stands for a call that compiles")
{
    Schema schema;
    for (const char *name : {"text", "more", "lookup", "replacement", "search"})
        schema.columns.push_back({name, ColumnType::String});
    for (const char *name : {"amount",
                             "length",
                             "start",
                             "times",
                             "digits",
                             "code",
                             "year",
                             "month",
                             "day",
                             "hour",
                             "minute",
                             "second"})
        schema.columns.push_back({name, ColumnType::Long});
    for (const char *name : {"number", "exponent"})
        schema.columns.push_back({name, ColumnType::Real});
    for (const char *name : {"moment", "later"})
        schema.columns.push_back({name, ColumnType::Datetime});
    CHECK(otherNames().size() == 39);
    CHECK(std::is_sorted(otherNames().begin(),
                         otherNames().end(),
                         [](const OtherName &a, const OtherName &b) { return a.name < b.name; }));
    for (const OtherName &other : otherNames()) {
        CAPTURE(other.name);
        CHECK(findFunctionInfo(other.function) != nullptr);
        const auto bound = compile(std::string(other.call), {&schema, nullptr});
        for (const Problem &problem : bound.problems)
            FAIL_CHECK(problem.message);
    }
}
