#include "core/network/http_client.h"
#include "tests/core/support/http_server.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <set>

using namespace sluice;
using namespace sluice::test;

TEST_CASE("a request reaches the server whole, and its answer comes back")
{
    ServerRequest seen;
    HttpServer server([&](const ServerRequest &request) {
        seen = request;
        return ServerAnswer{201, "{\"ok\":true}", {}, false};
    });
    HttpClient client;
    HttpRequest request;
    request.url = server.url("/score?x=1");
    request.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
    request.body = std::string(200'000, 'a');
    const auto answer = client.run(request);
    REQUIRE(answer);
    CHECK(answer->status == 201);
    CHECK(answer->body == "{\"ok\":true}");
    CHECK(seen.method == "POST");
    CHECK(seen.path == "/score?x=1");
    CHECK(seen.body == request.body);
    CHECK(seen.head.find("Content-Type: application/json") != std::string::npos);
    CHECK(seen.head.find("X-Empty:") != std::string::npos);
}

TEST_CASE("requests run side by side, and connections are used again")
{
    std::mutex mutex;
    std::condition_variable all;
    int waiting = 0;
    HttpServer server([&](const ServerRequest &request) {
        std::unique_lock lock(mutex); // nobody is answered before three have come
        ++waiting;
        all.notify_all();
        all.wait(lock, [&] { return waiting >= 3; });
        return ServerAnswer{200, request.body, {}, false};
    });
    HttpClient client;
    for (std::size_t i = 0; i < 3; ++i) {
        HttpRequest request;
        request.url = server.url();
        request.body = std::to_string(i);
        REQUIRE(client.start(i, request));
    }
    std::set<std::string> bodies;
    while (client.running() != 0) {
        for (HttpClient::Finished &finished : client.wait(kTicksPerSecond)) {
            REQUIRE(finished.answer);
            CHECK(finished.answer->body == std::to_string(finished.id));
            bodies.insert(finished.answer->body);
        }
    }
    CHECK(bodies.size() == 3);
    for (int i = 0; i < 5; ++i) {
        HttpRequest request;
        request.url = server.url();
        REQUIRE(client.run(request));
    }
    CHECK(server.connections() == 3);
}

TEST_CASE("no answer in time, none at all, and one that is too long are errors")
{
    std::atomic<bool> over = false;
    std::mutex mutex;
    std::condition_variable changed;
    HttpServer server([&](const ServerRequest &request) {
        if (request.path == "/slow") {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return over.load(); });
        }
        return ServerAnswer{200, std::string(1000, 'x'), {}, request.path == "/gone"};
    });
    HttpClient client;
    HttpRequest request;
    request.url = server.url("/slow");
    request.timeout = 50 * kTicksPerMillisecond;
    auto answer = client.run(request);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::ConnectionFailed);
    {
        const std::scoped_lock lock(mutex);
        over = true;
    }
    changed.notify_all();
    request.timeout = 10 * kTicksPerSecond;
    request.url = server.url("/gone");
    answer = client.run(request);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::ConnectionFailed);
    request.url = server.url("/long");
    request.answerLimit = 999;
    answer = client.run(request);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::UnusableAnswer);
    request.answerLimit = 1000;
    CHECK(client.run(request));
}

TEST_CASE("a redirect is not followed")
{
    HttpServer server([&](const ServerRequest &) {
        return ServerAnswer{302, "", "Location: /other\r\nRetry-After: 7\r\n", false};
    });
    HttpClient client;
    HttpRequest request;
    request.url = server.url();
    const auto answer = client.run(request);
    REQUIRE(answer);
    CHECK(answer->status == 302);
    CHECK(answer->retryAfter == 7 * kTicksPerSecond);
    CHECK(server.requests() == 1);
}

TEST_CASE("addresses that answer to everybody on a network are not called")
{
    HttpClient client;
    for (const char *url : {"http://169.254.169.254/latest/meta-data/",
                            "http://0xA9FEA9FE/",
                            "http://[::ffff:169.254.1.1]/",
                            "http://[fe80::1]/",
                            "http://[fd00:ec2::254]/",
                            "http://224.0.0.1/",
                            "http://0.0.0.0:1/"}) {
        CAPTURE(url);
        HttpRequest request;
        request.url = url;
        request.timeout = 2 * kTicksPerSecond;
        const auto answer = client.run(request);
        REQUIRE_FALSE(answer);
        CHECK(answer.error().message.find("not called") != std::string::npos);
    }
}

TEST_CASE("addresses and headers that must not be sent are refused")
{
    CHECK_FALSE(checkHttpUrl("https://example.org/a?b=c"));
    for (const char *url : {"",
                            "example.org",
                            "ftp://a/b",
                            "file:///etc/passwd",
                            "http://",
                            "http:///x",
                            "http://a b/",
                            "http://user:pw@host/",
                            "http://a/\r\nX: y"}) {
        CAPTURE(url);
        CHECK(checkHttpUrl(url));
    }
    HttpClient client;
    HttpRequest request;
    request.url = "http://127.0.0.1:1/";
    request.headers = {{"X", "a\r\nY: b"}};
    const auto refused = client.start(1, request);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::InvalidValue);
    CHECK(client.running() == 0);
}
