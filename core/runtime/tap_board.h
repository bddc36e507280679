#pragma once

#include "core/base/clock.h"
#include "core/event/batch.h"
#include "core/event/json_encoder.h"
#include "core/runtime/engine.h"

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace sluice {

/// The latest events of the ports somebody looks at. A port nobody looks at costs one relaxed
/// load a batch; a tapped one copies at most kEventsPerSecond events a second.
/// Thread: any.
class TapBoard
{
public:
    static constexpr double kEventsPerSecond = 50;

    /// @param ports  number of output ports of each node
    TapBoard(std::vector<std::size_t> ports, const Clock &clock);

    bool isOpen(std::size_t node, std::size_t port) const
    {
        return m_open[m_first[node] + port].load(std::memory_order_relaxed);
    }
    void open(std::size_t node, std::size_t port, std::size_t capacity);
    void close(std::size_t node, std::size_t port);
    void add(std::size_t node, std::size_t port, const Batch &batch);
    TapContent content(std::size_t node, std::size_t port) const;

private:
    struct Tap
    {
        std::size_t capacity = 0;
        TapContent content;
        std::deque<TappedEvent> events;
        double allowance = 0;
        Ticks last = 0;
        std::shared_ptr<const Schema> schema;
        std::unique_ptr<JsonEncoder> encoder;
    };
    std::vector<std::size_t> m_first; // of each node in m_open
    std::vector<std::atomic<bool>> m_open;
    const Clock *m_clock;
    mutable std::mutex m_mutex;
    std::map<std::size_t, Tap> m_taps; // GUARDED_BY(m_mutex)
};

} // namespace sluice
