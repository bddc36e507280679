#pragma once

#include <cstdint>
#include <string>

namespace sluice::test {

/// The auction house of NEXMark: people, auctions and bids in one stream of flat JSON events, each
/// made from its number alone, so that any range gives the same events everywhere.
/// Source: the rules of nexmark/nexmark (NexmarkConfiguration, generators). Departures: the random
/// numbers come from the event's number, and the first person's id is added to a bidder once.
class NexmarkEvents
{
public:
    /// @param eventsPerSecond  in event time, which begins at 2026-01-01T00:00:00Z
    explicit NexmarkEvents(std::uint64_t eventsPerSecond)
        : m_rate(eventsPerSecond)
    {}

    /// Appends event `number` without a line feed.
    void append(std::string &out, std::uint64_t number) const;

private:
    std::uint64_t m_rate;
};

} // namespace sluice::test
