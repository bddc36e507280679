#include "tests/core/pipeline/validation_helper.h"

#include <doctest/doctest.h>

using namespace sluice;
using namespace sluice::test;

TEST_CASE("a sound config has no diagnostics and comes with its defaults")
{
    const auto validated =
        validate(withSource(R"({"rate": 5.0, "buffer": "64kB", "pause": "2s", "topics": ["a"],
                       "event_time": {"field": "ts", "max_out_of_orderness": "5s"},
                       "properties": {"a.b": 1}, "schema": [{"name": "ts", "type": "datetime"}]})"),
                 catalog(),
                 {});
    CHECK(found(validated).empty());
    const Config &config = validated.find("in")->config;
    CHECK(config.value("rate") == Value(5));
    CHECK(config.text("mode") == "slow");
    CHECK(config.byteSize("buffer") == 64'000);
}

TEST_CASE("every wrong value is reported with its field")
{
    struct Case
    {
        const char *config;
        const char *problem;
    };
    for (const Case &c :
         {Case{R"({"rate": "fast"})", "in.rate 1001"},
          Case{R"({"rate": 1.5})", "in.rate 1001"},
          Case{R"({"rate": -1})", "in.rate 1001"},
          Case{R"({"rate": 1001})", "in.rate 1001"},
          Case{R"({"share": 1.5})", "in.share 1001"},
          Case{R"({"loop": "yes"})", "in.loop 1001"},
          Case{R"({"mode": "fst"})", "in.mode 1001"},
          Case{R"({"mode": "fast"})", "in.hidden 1002"},
          Case{R"({"pause": "soon"})", "in.pause 1007"},
          Case{R"({"pause": 5})", "in.pause 1007"},
          Case{R"({"pause": "10ms"})", "in.pause 1001"},
          Case{R"({"buffer": "big"})", "in.buffer 1008"},
          Case{R"({"buffer": "2MB"})", "in.buffer 1001"},
          Case{R"({"topics": "a"})", "in.topics 1001"},
          Case{R"({"topics": ["a", 1]})", "in.topics 1001"},
          Case{R"({"path": 1})", "in.path 1001"},
          Case{R"({"event_time": {"feild": "t"}})", "in.event_time 1003"},
          Case{R"({"event_time": {"format": "unix"}})", "in.event_time 1001"},
          Case{R"({"event_time": {"time_zone": "Europe/Pris"}})", "in.event_time 1001"},
          Case{R"({"event_time": {"field": "t", "max_out_of_orderness": 1}})",
               "in.event_time 1007"},
          Case{R"({"properties": {"a": [1]}})", "in.properties 1001"},
          Case{R"({"schema": {"a": "real"}})", "in.schema 1001"},
          Case{R"({"schema": [{"name": "a", "type": "rael"}]})", "in.schema 1001"},
          Case{R"({"schema": [{"name": "a"}, {"name": "a"}]})", "in.schema 1001"},
          Case{R"({"rate": {"param": "none"}})", "in.rate 1006"},
          Case{R"({"rate": {"secret": "s"}})", "in.rate 1001"},
          Case{R"({"rat": 5})", "in.rat 1003"}}) {
        CAPTURE(c.config);
        CHECK(problems(withSource(c.config)) == Texts{c.problem});
    }
}

TEST_CASE("the fields of an object and of each row of a list are checked like any other")
{
    struct Case
    {
        const char *config;
        Texts problems;
    };
    for (const Case &c :
         {Case{R"({"table": {"path": "a.csv", "every": "5s"}, "headers": [{"name": "a"}]})", {}},
          Case{R"({"table": []})", {"in.table 1001"}},
          Case{R"({"table": {}})", {"in.table 1002"}},
          Case{R"({"table": {"path": "a", "format": "delta"}})", {"in.table 1002"}},
          Case{R"({"table": {"path": "a", "format": "cvs"}})", {"in.table 1001"}},
          Case{R"({"table": {"path": "a", "every": "1ms"}})", {"in.table 1001"}},
          Case{R"({"table": {"path": "a", "evry": "1s"}})", {"in.table 1003"}},
          Case{R"({"table": {"path": "a", "token": "hunter2"}})", {"in.table 1001"}},
          Case{R"({"table": {"path": {"param": "none"}}})", {"in.table 1006"}},
          Case{R"({"headers": [{"name": "a"}, {"value": "b"}, 5]})",
               {"in.headers 1002", "in.headers 1001"}}}) {
        CAPTURE(c.config);
        CHECK(problems(withSource(c.config)) == c.problems);
    }
}

TEST_CASE("an object gets its defaults, and its paths become absolute each by its own origin")
{
    ValueSources values;
    values.pipelineDirectory = "/file";
    values.workingDirectory = "/elsewhere";
    values.secret = [](const std::string &name) { return name + "!"; };
    const std::string parameters = R"(, "parameters": {"p": {"type": "string", "value": "a.csv"}})";
    const Pipeline pipeline =
        withSource(R"({"table": {"path": {"param": "p"}, "token": {"secret": "s"}}})", parameters);
    const auto inside = validate(pipeline, catalog(), values);
    CHECK(found(inside).empty());
    const Config table = inside.find("in")->config.group("table");
    CHECK(table.text("path") == "/file/a.csv");
    CHECK(table.text("format") == "csv");
    CHECK(table.text("token") == "s!");
    values.parameterOverrides["p"] = "b.csv";
    const auto outside = validate(pipeline, catalog(), values);
    CHECK(outside.find("in")->config.group("table").text("path") == "/elsewhere/b.csv");
}

TEST_CASE("a fix inside an object changes that part of it and leaves references alone")
{
    Pipeline pipeline =
        withSource(R"({"table": {"path": "a", "format": "csvv", "token": {"secret": "s"}}})");
    const auto validated = validate(pipeline, catalog(), {});
    REQUIRE(found(validated) == Texts{"in.table 1001"});
    REQUIRE(validated.diagnostics[0].fixes.size() == 1);
    pipeline = *applyFix(pipeline, "in", validated.diagnostics[0].fixes[0]);
    CHECK(problems(pipeline).empty());
    CHECK(Value(pipeline.findNode("in")->config).toJson()
          == R"({"table": {"path": "a", "format": "csv", "token": {"secret": "s"}}})");
}

TEST_CASE("near names come with a fix that mends them")
{
    Pipeline pipeline = withSource(R"({"rat": 5, "mode": "slo"})");
    auto validated = validate(pipeline, catalog(), {});
    REQUIRE(validated.diagnostics.size() == 2);
    CHECK(validated.diagnostics[0].severity == Severity::Warning);
    for (const Diagnostic &diagnostic : validated.diagnostics) {
        REQUIRE(diagnostic.fixes.size() == 1);
        pipeline = *applyFix(pipeline, diagnostic.node, diagnostic.fixes[0]);
    }
    CHECK(problems(pipeline).empty());
    CHECK(Value(pipeline.findNode("in")->config).find("rate") != nullptr);
    CHECK(Value(pipeline.findNode("in")->config).find("rat") == nullptr);
}

TEST_CASE("a password in the file is an error that does not repeat it")
{
    for (const char *config : {R"({"password": "hunter2"})",
                               R"({"password": {"param": "p"}})",
                               R"({"password": ["hunter2"]})"}) {
        const auto validated = validate(
            withSource(config, R"(, "parameters": {"p": {"type": "string", "value": "hunter2"}})"),
            catalog(),
            {});
        REQUIRE(found(validated) == Texts{"in.password 1001"});
        CHECK(describe(validated.diagnostics[0]).find("hunter2") == std::string::npos);
        CHECK(validated.diagnostics[0].hint.find("sluice secret set") != std::string::npos);
        CHECK_FALSE(validated.find("in")->config.has("password"));
    }
}

TEST_CASE("a secret or variable that is missing is a note while editing and an error before a run")
{
    const Pipeline pipeline =
        withSource(R"({"password": {"secret": "kafka"}, "path": {"env": "WHERE"}})");
    CHECK(problems(pipeline).empty()); // nobody to ask

    ValueSources values;
    values.secret = [](const std::string &) { return std::nullopt; };
    values.environment = values.secret;
    auto validated = validate(pipeline, catalog(), values);
    CHECK(found(validated) == Texts{"in.path 1005", "in.password 1004"});
    CHECK_FALSE(hasErrors(validated.diagnostics));
    values.forRun = true;
    validated = validate(pipeline, catalog(), values);
    CHECK(found(validated).size() == 2);
    CHECK(hasErrors(validated.diagnostics));
    ValueSources nobody;
    nobody.forRun = true;
    CHECK(hasErrors(validate(pipeline, catalog(), nobody).diagnostics));

    values.secret = [](const std::string &name) { return name + "!"; };
    values.environment = [](const std::string &) { return "/data/x"; };
    validated = validate(pipeline, catalog(), values);
    CHECK(found(validated).empty());
    CHECK(validated.find("in")->config.text("password") == "kafka!");
    CHECK(validated.find("in")->config.text("path") == "/data/x");
}

TEST_CASE("what comes from the environment is not repeated in messages")
{
    ValueSources values;
    values.environment = [](const std::string &) { return "hunter2"; };
    const auto validated = validate(withSource(R"({"rate": {"env": "RATE"}})"), catalog(), values);
    REQUIRE(found(validated) == Texts{"in.rate 1001"});
    CHECK(describe(validated.diagnostics[0]).find("hunter2") == std::string::npos);
}

TEST_CASE("paths of the file are relative to it, those given outside to the working directory")
{
    const Pipeline pipeline =
        withSource(R"({"path": {"param": "input"}})",
                   R"(, "parameters": {"input": {"type": "string", "value": "../a.ndjson"}})");
    ValueSources values;
    values.pipelineDirectory = "/home/me/pipes";
    values.workingDirectory = "/tmp/here";
    CHECK(validate(pipeline, catalog(), values).find("in")->config.text("path")
          == "/home/me/a.ndjson");
    values.parameterOverrides["input"] = "b.ndjson";
    CHECK(validate(pipeline, catalog(), values).find("in")->config.text("path")
          == "/tmp/here/b.ndjson");
    values.parameterOverrides["input"] = "/data/c.ndjson";
    CHECK(validate(pipeline, catalog(), values).find("in")->config.text("path")
          == "/data/c.ndjson");
}
