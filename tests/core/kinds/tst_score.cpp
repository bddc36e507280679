#include "tests/core/kinds/transform_bed.h"
#include "tests/core/support/http_server.h"

#include <nlohmann/json.hpp>

#include <condition_variable>

using namespace sluice;
using namespace sluice::test;

namespace {

using Json = nlohmann::json;

TransformBed bed()
{
    return {
        "score",
        R"([{"name": "id", "type": "long"}, {"name": "amount", "type": "real"}, {"name": "country", "type": "string"}])"};
}

std::string config(const HttpServer &server, const std::string &more = {})
{
    return fmt::format(
        R"({{"url": "{}", "batch": {{"events": 10, "delay": "1ms"}}, "request": {{"fields": ["amount", "country"]}}, "response": {{"items": "scores", "fields": [{{"name": "risk", "type": "real"}}, {{"name": "why", "path": "reasons[0].text", "type": "string"}}]}}, "retry": {{"count": 2, "delay": "1ms"}}{}}})",
        server.url("/score"),
        more);
}

/// Risk is a tenth of the amount.
ServerAnswer model(const ServerRequest &request)
{
    Json answer;
    answer["scores"] = Json::array();
    for (const Json &event : Json::parse(request.body))
        answer["scores"].push_back({{"risk", event["amount"].get<double>() / 10},
                                    {"reasons", {{{"text", event["country"]}}}}});
    return {200, answer.dump(), {}, false};
}

std::string input(int events)
{
    std::string text;
    for (int i = 0; i < events; ++i)
        text += fmt::format("{{\"id\":{0},\"amount\":{0}.50,\"country\":\"c{1}\"}}\n", i, i % 3);
    return text;
}

std::string scored(int events)
{
    std::string text;
    for (int i = 0; i < events; ++i)
        text += fmt::format("{{\"id\":{0},\"amount\":{0}.50,\"country\":\"c{1}\",\"risk\":{2:.2f},"
                            "\"why\":\"c{1}\"}}\n",
                            i,
                            i % 3,
                            i / 10.0 + 0.05);
    return text;
}

/// Lines as JSON: numbers by value.
std::vector<Json> values(const std::string &text)
{
    std::vector<Json> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(Json::parse(line));
    return lines;
}

} // namespace

TEST_CASE("events leave in their order with what the model said, whichever call is answered first")
{
    std::mutex mutex;
    int arrived = 0;
    std::condition_variable changed;
    HttpServer server([&](const ServerRequest &request) {
        // Of the first four calls the first one is answered last.
        std::unique_lock lock(mutex);
        const int turn = arrived++;
        changed.notify_all();
        if (turn == 0)
            changed.wait(lock, [&] { return arrived >= 4; });
        lock.unlock();
        return model(request);
    });
    for (const std::size_t batchRows : {std::size_t{7}, kBatchRows}) {
        arrived = 0;
        TransformBed score = bed();
        const std::string out =
            score.run(config(server, R"(, "concurrency": 4)"), input(95), {"out"}, batchRows);
        const auto found = values(out);
        const auto wanted = values(scored(95));
        REQUIRE(found.size() == wanted.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            CHECK(found[i]["id"] == wanted[i]["id"]);
            CHECK(found[i]["risk"].get<double>()
                  == doctest::Approx(wanted[i]["risk"].get<double>()));
            CHECK(found[i]["why"] == wanted[i]["why"]);
        }
        CHECK(out.find("\"amount\":0.50") != std::string::npos); // passed on as it was
    }
}

TEST_CASE("calls carry the fields asked for, the headers, and no more events than they may")
{
    std::mutex mutex;
    std::vector<ServerRequest> seen;
    HttpServer server([&](const ServerRequest &request) {
        const std::scoped_lock lock(mutex);
        seen.push_back(request);
        return model(request);
    });
    TransformBed score = bed();
    score.run(config(server, R"(, "headers": [{"name": "Authorization", "value": "Bearer x"}])"),
              input(25));
    REQUIRE(seen.size() == 3);
    std::size_t events = 0;
    for (const ServerRequest &request : seen) {
        CHECK(request.head.find("Authorization: Bearer x") != std::string::npos);
        CHECK(request.head.find("Content-Type: application/json") != std::string::npos);
        const Json body = Json::parse(request.body);
        CHECK(body.size() <= 10);
        events += body.size();
        for (const Json &event : body)
            CHECK(event.size() == 2);
    }
    CHECK(events == 25);
}

TEST_CASE("what a server can heal is tried again, the rest is not")
{
    std::atomic<int> calls = 0;
    HttpServer server([&](const ServerRequest &request) {
        switch (calls++) {
        case 0:
            return ServerAnswer{503, "busy", {}, false};
        case 1:
            return ServerAnswer{0, "", {}, true};
        default:
            return model(request);
        }
    });
    TransformBed score = bed();
    CHECK(values(score.run(config(server), input(5))).size() == 5);
    CHECK(calls == 3);

    calls = 0;
    HttpServer strict([&](const ServerRequest &) {
        ++calls;
        return ServerAnswer{400, "no such\nfield", {}, false};
    });
    TransformBed refused = bed();
    refused.run(config(strict), input(5));
    CHECK(calls == 1);
    CHECK(refused.last.nodes.at("node").deadLettered == 5);
}

TEST_CASE("events of a failed call go where the config says")
{
    HttpServer server([&](const ServerRequest &request) {
        if (request.body.find("13.50") != std::string::npos)
            return ServerAnswer{500, "", {}, false};
        return model(request);
    });
    TransformBed errors = bed();
    const std::string out = errors.run(config(server), input(30), {"out", "errors"});
    CHECK(values(out).size() == 20);
    const auto failed = values(errors.out("errors"));
    REQUIRE(failed.size() == 10);
    CHECK(failed[3]["id"] == 13);
    CHECK(failed[3]["$error_code"] == "4004");
    CHECK(failed[3]["$error_node"] == "node");

    TransformBed letters = bed();
    letters.run(config(server), input(30));
    CHECK(letters.last.nodes.at("node").deadLettered == 10);

    TransformBed skip = bed();
    CHECK(values(skip.run(config(server, R"(, "on_error": "skip")"), input(30))).size() == 20);
    CHECK(skip.last.nodes.at("node").filtered == 10);

    TransformBed null = bed();
    const auto all = values(null.run(config(server, R"(, "on_error": "null")"), input(30)));
    REQUIRE(all.size() == 30);
    CHECK(all[13]["risk"].is_null());
    CHECK_FALSE(all[9]["risk"].is_null());

    const RunBed stop;
    stop.write("in.ndjson", input(30));
    Engine engine(builtInCatalog());
    REQUIRE(engine.start(RunBed::parse(bed().pipeline(config(server, R"(, "on_error": "stop")"))),
                         stop.options()));
    REQUIRE(engine.wait(60 * kTicksPerSecond));
    REQUIRE(engine.failure());
    CHECK(engine.failure()->code == ErrorCode::RequestRefused);
    CHECK(engine.failure()->node == "node");
}

TEST_CASE("an answer that is not what the config says fails its call")
{
    for (const char *body :
         {"", "not json", "{}", R"({"scores": 5})", R"({"scores": []})", R"([{"risk": 1}])"}) {
        CAPTURE(body);
        HttpServer server([&](const ServerRequest &) {
            return ServerAnswer{200, body, {}, false};
        });
        TransformBed score = bed();
        score.run(config(server), input(3));
        CHECK(score.last.nodes.at("node").deadLettered == 3);
    }
    HttpServer odd([&](const ServerRequest &) {
        return ServerAnswer{200, R"({"scores": [{"risk": "high"}, {}, {"risk": 2}]})", {}, false};
    });
    TransformBed score = bed();
    const auto found = values(score.run(config(odd), input(3)));
    REQUIRE(found.size() == 3);
    CHECK(found[0]["risk"].is_null());
    CHECK(found[2]["risk"] == 2.0);
    CHECK(score.last.nodes.at("node").conversionErrors == 1);
}

TEST_CASE("a template shapes the body, for many events or for one")
{
    std::mutex mutex;
    std::vector<Json> seen;
    HttpServer server([&](const ServerRequest &request) {
        const std::scoped_lock lock(mutex);
        seen.push_back(Json::parse(request.body));
        const Json &body = seen.back();
        Json answer = Json::array();
        const std::size_t events = body.contains("rows") ? body["rows"].size() : 1;
        for (std::size_t i = 0; i < events; ++i)
            answer.push_back(0.5);
        return ServerAnswer{200, body.contains("rows") ? answer.dump() : "{\"p\": 0.5}", {}, false};
    });
    const auto run = [&](const std::string &body, const std::string &response) {
        TransformBed score = bed();
        return values(score.run(
            fmt::format(
                R"({{"url": "{}", "request": {{"body": "template", "template": {}}}, "response": {}}})",
                server.url(),
                body,
                response),
            input(2)));
    };
    auto found = run(R"({"model": "m", "names": "$columns", "rows": "$rows", "k": [1, null]})",
                     R"({"fields": [{"name": "p", "path": ".", "type": "real"}]})");
    REQUIRE(found.size() == 2);
    CHECK(found[1]["p"] == 0.5);
    REQUIRE(seen.size() == 1);
    CHECK(
        seen[0]
        == Json::parse(
            R"({"model": "m", "names": ["id", "amount", "country"], "rows": [[0, 0.5, "c0"], [1, 1.5, "c1"]], "k": [1, null]})"));
    seen.clear();
    found = run(R"({"one": "$event"})", R"({"fields": [{"name": "p", "type": "real"}]})");
    REQUIRE(found.size() == 2);
    CHECK(found[1]["p"] == 0.5);
    CHECK(seen.size() == 2);
}

TEST_CASE("wrong fields of a score are said")
{
    const TransformBed score = bed();
    const auto with =
        [](const std::string &url, const std::string &request, const std::string &response) {
            return fmt::format(
                R"({{"url": "{}", "request": {}, "response": {}}})", url, request, response);
        };
    const std::string good = R"({"fields": [{"name": "risk", "type": "real"}]})";
    CHECK(score.problems(with("http://a/b", "{}", good)).empty());
    CHECK(score.problems(with("a/b", "{}", good)) == Strings{"url 1001"});
    CHECK(score.problems(with("http://a/b", R"({"fields": ["id", "amuont"]})", good))
          == Strings{"request 2020"});
    CHECK(score.mended(with("http://a/b", R"({"fields": ["id", "amuont"]})", good)).empty());
    CHECK(score.problems(with("http://a/b", R"({"body": "template", "template": {"a": 1}})", good))
          == Strings{"request 1001"});
    CHECK(score.problems(with("http://a/b", R"({"body": "template"})", good))
          == Strings{"request 1002"});
    CHECK(score.problems(with("http://a/b", "{}", R"({"fields": []})"))
          == Strings{"response 1002"});
    CHECK(score.problems(with("http://a/b", "{}", R"({"fields": [{"name": "id"}]})"))
          == Strings{"response 2011"});
    CHECK(
        score.problems(with("http://a/b", "{}", R"({"items": "a..b", "fields": [{"name": "x"}]})"))
        == Strings{"response 1001"});
}
