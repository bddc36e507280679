#include "core/runtime/inbox.h"

#include <doctest/doctest.h>

using namespace sluice;

namespace {

InboxItem events(std::uint64_t count, std::uint64_t bytes = 1)
{
    InboxItem item;
    InboxBatch batch;
    batch.prepared = std::make_unique<Prepared>();
    batch.events = count;
    batch.bytes = bytes;
    item.batches.push_back(std::move(batch));
    return item;
}

InboxItem barrier(std::uint64_t epoch)
{
    InboxItem item;
    item.barrier = epoch;
    return item;
}

InboxItem end()
{
    InboxItem item;
    item.end = true;
    return item;
}

std::uint64_t takeEvents(Inbox &inbox)
{
    auto taken = inbox.take(0);
    REQUIRE(taken.kind == Inbox::Kind::Item);
    return taken.item.batches.front().events;
}

} // namespace

TEST_CASE("numbers come out in order, whoever pushed them first")
{
    Inbox inbox(1, 1000);
    inbox.push(0, 2, events(3));
    inbox.push(0, 1, {});
    CHECK(inbox.take(0).kind == Inbox::Kind::Quiet);
    inbox.push(0, 0, events(1));
    CHECK(takeEvents(inbox) == 1);
    CHECK(takeEvents(inbox) == 3);
    CHECK(inbox.queuedEvents() == 0);
}

TEST_CASE("a barrier waits until it stands at every gate, and holds back what is behind it")
{
    Inbox inbox(2, 1000);
    inbox.push(0, 0, barrier(1));
    inbox.push(0, 1, events(7));
    CHECK(inbox.take(0).kind == Inbox::Kind::Quiet);
    inbox.push(1, 0, events(2));
    CHECK(takeEvents(inbox) == 2);
    inbox.push(1, 1, barrier(1));
    const auto taken = inbox.take(0);
    CHECK(taken.kind == Inbox::Kind::Barrier);
    CHECK(taken.barrier == 1);
    CHECK(takeEvents(inbox) == 7);
}

TEST_CASE("a gate that has ended holds no barrier up; all ended is the end")
{
    Inbox inbox(2, 1000);
    inbox.push(1, 0, end());
    inbox.push(0, 0, barrier(4));
    CHECK(inbox.take(0).kind == Inbox::Kind::Barrier);
    inbox.push(0, 1, end());
    CHECK(inbox.take(0).kind == Inbox::Kind::Finished);
}

TEST_CASE("the edge is full above its budget and tells when it has drained")
{
    Inbox inbox(1, 100);
    int drained = 0;
    inbox.onDrained([&] { ++drained; });
    inbox.push(0, 0, events(1, 80));
    CHECK_FALSE(inbox.isFull(0));
    inbox.push(0, 1, events(1, 80));
    CHECK(inbox.isFull(0));
    takeEvents(inbox);
    CHECK(drained == 0);
    takeEvents(inbox);
    CHECK(drained == 1);
}

TEST_CASE("stop wakes the destination")
{
    Inbox inbox(1, 100);
    inbox.stop();
    CHECK(inbox.take(kTicksPerMinute).kind == Inbox::Kind::Stopped);
}

TEST_CASE("in order of time the gate that lags goes first, and the others wait for it")
{
    Inbox inbox(2, 1000, GateOrder::Time);
    inbox.push(0, 0, events(1));
    CHECK(takeEvents(inbox) == 1);
    inbox.setReached(0, 100);
    inbox.push(0, 1, events(2));
    CHECK(inbox.take(0).kind == Inbox::Kind::Quiet); // gate 1 may bring something earlier
    inbox.push(1, 0, events(3));
    CHECK(takeEvents(inbox) == 3);
    inbox.setReached(1, 200);
    CHECK(takeEvents(inbox) == 2);
}

TEST_CASE("a gate does not wait for one that has run dry, nor for ever")
{
    Inbox inbox(2, 1000, GateOrder::Time);
    inbox.setReached(0, 100);
    inbox.push(0, 0, events(1));
    inbox.push(0, 1, events(2));
    inbox.push(0, 2, events(3));
    CHECK(inbox.take(0).kind == Inbox::Kind::Quiet);
    CHECK(takeEvents(inbox) == 1); // it has waited once
    CHECK(inbox.take(0).kind == Inbox::Kind::Quiet);
    inbox.setDry(1);
    CHECK(takeEvents(inbox) == 2);
    CHECK(takeEvents(inbox) == 3);
}

TEST_CASE("a stage is told of times and ends that come without batches")
{
    Inbox inbox(1, 1000, GateOrder::Time);
    InboxItem times;
    times.times = takeTimeTrack();
    inbox.push(0, 0, std::move(times));
    InboxItem last = end();
    last.complete = true;
    inbox.push(0, 1, std::move(last));
    CHECK(inbox.take(0).item.times);
    CHECK(inbox.take(0).item.end);
    const auto finished = inbox.take(0);
    CHECK(finished.kind == Inbox::Kind::Finished);
    CHECK(finished.complete);
}

TEST_CASE("a gate is full by its own share, so that one ahead shuts no other")
{
    Inbox inbox(2, 100);
    inbox.push(0, 0, events(1, 80));
    CHECK(inbox.isFull(0));
    CHECK_FALSE(inbox.isFull(1));
}
