#pragma once

#include "core/base/state_bytes.h"
#include "core/event/batch.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

namespace sluice {

/// Events that an operator holds back, by the batches they came in. A batch is let go of with its
/// last event. Thread: one at a time.
class EventStore
{
public:
    explicit EventStore(std::shared_ptr<const Schema> schema);

    struct Event
    {
        std::uint64_t batch = 0;
        std::uint32_t row = 0;
    };
    /// Takes a batch in, of which `events` will be held. @return its number
    std::uint64_t hold(const Batch &batch, std::size_t events);
    void release(const Event &event);

    /// The events as one dense batch: their columns, their sources' records left behind.
    Batch gather(std::span<const Event> events) const;
    /// The batch itself when the events are all of its rows in order; null else.
    const Batch *whole(std::span<const Event> events) const;

    void save(const Event &event, StateWriter &out) const;
    /// Reads so many events into a batch of their own. @return its number
    std::uint64_t load(std::size_t events, StateReader &in);
    std::size_t bytes() const { return m_bytes; }

private:
    struct Held
    {
        Batch batch;
        std::size_t events = 0;
        std::size_t bytes = 0;
    };
    const Batch &batchOf(const Event &event) const { return m_held[event.batch - m_first].batch; }

    std::shared_ptr<const Schema> m_schema; // shared by the batches it makes
    std::deque<Held> m_held;
    std::uint64_t m_first = 0; // number of m_held.front()
    std::size_t m_bytes = 0;
};

} // namespace sluice
