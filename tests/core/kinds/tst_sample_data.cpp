#include "core/sources/pacer.h"
#include "core/sources/sample_generator.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <string>

using namespace sluice;

TEST_CASE("every example gives valid JSON with its fields, the same for the same seed")
{
    const std::map<std::string, std::vector<std::string>> fields{
        {"factory_sensors", {"sensor_id", "value", "unit", "timestamp"}},
        {"sensors", {"device_id", "temp", "timestamp"}},
        {"application_logs", {"timestamp", "level", "message", "service", "trace_id"}},
        {"card_transactions", {"transaction_id", "amount", "location", "user_id", "timestamp"}},
        {"sensor_gen", {"device_id", "temp", "timestamp"}},
    };
    CHECK(sampleExamples().size() == fields.size());
    const Ticks time = 1'767'225'600LL * kTicksPerSecond;
    for (const SampleExample &example : sampleExamples()) {
        CAPTURE(example.name);
        const auto one = example.create(5);
        const auto two = example.create(5);
        for (std::uint64_t i = 0; i < 500; ++i) {
            std::string a;
            std::string b;
            one->append(a, i, time);
            two->append(b, i, time);
            REQUIRE(a == b);
            const auto json = nlohmann::ordered_json::parse(a, nullptr, false);
            REQUIRE_FALSE(json.is_discarded());
            std::vector<std::string> keys;
            for (const auto &[key, value] : json.items())
                keys.push_back(key);
            REQUIRE(keys == fields.at(std::string(example.name)));
        }
    }
}

TEST_CASE("a pacer lets as many events pass as its rate says")
{
    ManualClock clock;
    Pacer pacer(1000, clock);
    std::size_t passed = 0;
    for (int i = 0; i < 500; ++i) {
        const std::size_t allowed = pacer.allowed(2048);
        pacer.took(allowed);
        passed += allowed;
        clock.advance(10 * kTicksPerMillisecond);
    }
    CHECK(passed >= 4990);
    CHECK(passed <= 5001);
}

TEST_CASE("a pacer does not make up for a long pause, and without a rate holds nothing back")
{
    ManualClock clock;
    Pacer pacer(1000, clock);
    pacer.took(pacer.allowed(1));
    clock.advance(60 * kTicksPerSecond);
    CHECK(pacer.allowed(100'000) == 1);
    Pacer free(0, clock);
    CHECK(free.allowed(2048) == 2048);
    CHECK_FALSE(free.isLimited());
}
