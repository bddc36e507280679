#pragma once

#include "core/node/catalog.h"
#include "tests/core/network/kafka_mock.h"

#include <doctest/doctest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sluice::test {

/// A kafka_source on a mock cluster with one topic.
struct SourceBed
{
    MockKafka kafka;
    WakeUp wakeUp;
    Delivered delivered;
    Config config;
    std::vector<std::string> log; // guarded by logMutex
    std::mutex logMutex;
    const Clock *clock = &systemClock();
    bool exactlyOnce = false;
    std::unique_ptr<Source> source;

    explicit SourceBed(int partitions = 1)
    {
        kafka.createTopic("telemetry", partitions);
        config = Config(ValueMap{{"bootstrap_servers", kafka.servers()},
                                 {"topics", ValueList{"telemetry"}},
                                 {"consumer_group", "sluice"},
                                 {"start_from", "earliest"},
                                 {"properties", quickGroup()}});
    }
    ~SourceBed()
    {
        if (source)
            source->close();
    }
    SourceBed(const SourceBed &) = delete;
    SourceBed &operator=(const SourceBed &) = delete;

    /// In a group that had members, the mock waits almost a session before it lets one in.
    static ValueMap quickGroup()
    {
        return {{"session.timeout.ms", 1500}, {"heartbeat.interval.ms", 100}};
    }
    /// Closes what was open.
    Result<void> open(const SourceStart &start)
    {
        if (source)
            source->close();
        delivered = {};
        NodeContext context;
        context.nodeId = "sensors";
        context.clock = clock;
        context.exactlyOnce = exactlyOnce;
        context.wake = wakeUp.hook();
        context.log = [this](const std::string &line) {
            const std::scoped_lock lock(logMutex);
            log.push_back(line);
        };
        TRY_ASSIGN(source, builtInCatalog().find("kafka_source")->createSource(config, context));
        return source->open(start);
    }
    Result<void> openToCatchUp(std::string position = {})
    {
        return open({.position = std::move(position), .untilCaughtUp = true});
    }
    Result<void> pollFor(std::size_t records)
    {
        return poll([this, records] { return delivered.payloads.size() >= records; });
    }
    Result<void> pollToEnd()
    {
        return poll([] { return false; });
    }
    Result<void> poll(const std::function<bool()> &done)
    {
        auto result = pollUntil(*source, wakeUp, delivered, done);
        if (!result)
            MESSAGE(describe(result.error()));
        return result;
    }
};

} // namespace sluice::test
