#include "core/runtime/inbox.h"

#include <algorithm>
#include <chrono>

namespace sluice {

Inbox::Inbox(std::size_t gates, std::size_t byteBudget)
    : m_budget(byteBudget)
    , m_gates(gates)
{}

void Inbox::push(std::size_t gate, std::uint64_t number, InboxItem item)
{
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    for (const InboxBatch &batch : item.batches) {
        events += batch.events;
        bytes += batch.bytes;
    }
    bool next = false;
    {
        const std::scoped_lock lock(m_mutex);
        Gate &target = m_gates[gate];
        const std::size_t place = static_cast<std::size_t>(number - target.next);
        if (target.items.size() <= place)
            target.items.resize(place + 1);
        target.items[place] = std::move(item);
        m_events.fetch_add(events, std::memory_order_relaxed);
        m_bytes.fetch_add(bytes, std::memory_order_relaxed);
        m_wasFull = m_wasFull || isFull();
        next = place == 0;
    }
    if (next)
        m_ready.notify_one();
}

/// The barrier that stands at every open gate, or Finished when all gates have ended.
std::optional<Inbox::Taken> Inbox::takeBarrier()
{
    std::uint64_t barrier = 0;
    bool open = false;
    for (const Gate &gate : m_gates) {
        if (gate.ended)
            continue;
        open = true;
        if (!gate.hasNext() || gate.items.front()->barrier == 0)
            return std::nullopt;
        barrier = std::max(barrier, gate.items.front()->barrier);
    }
    Taken taken;
    taken.kind = open ? Kind::Barrier : Kind::Finished;
    taken.barrier = barrier;
    for (Gate &gate : m_gates) {
        if (!gate.ended) {
            gate.items.pop_front();
            ++gate.next;
        }
    }
    return taken;
}

bool Inbox::takeReady(Taken &out)
{
    for (std::size_t i = 0; i < m_gates.size(); ++i) {
        Gate &gate = m_gates[(m_turn + i) % m_gates.size()];
        // Numbers that bring nothing are passed over at once.
        while (gate.hasNext() && gate.items.front()->batches.empty()
               && gate.items.front()->barrier == 0) {
            gate.ended = gate.ended || gate.items.front()->end;
            gate.items.pop_front();
            ++gate.next;
        }
        if (!gate.hasNext() || gate.items.front()->barrier != 0)
            continue;
        out.kind = Kind::Item;
        out.item = std::move(*gate.items.front());
        gate.items.pop_front();
        ++gate.next;
        gate.ended = out.item.end;
        m_turn = (m_turn + i + 1) % m_gates.size();
        return true;
    }
    if (auto barrier = takeBarrier()) {
        out = std::move(*barrier);
        return true;
    }
    return false;
}

Inbox::Taken Inbox::take(TickSpan patience)
{
    Taken taken;
    bool drained = false;
    {
        std::unique_lock lock(m_mutex);
        const auto ready = [&] { return m_stopped || takeReady(taken); };
        if (!m_ready.wait_for(
                lock, std::chrono::microseconds(patience / kTicksPerMicrosecond), ready))
            return taken;
        if (m_stopped) {
            taken.kind = Kind::Stopped;
            return taken;
        }
        for (const InboxBatch &batch : taken.item.batches) {
            m_events.fetch_sub(batch.events, std::memory_order_relaxed);
            m_bytes.fetch_sub(batch.bytes, std::memory_order_relaxed);
        }
        drained = m_wasFull && queuedBytes() < m_budget / 2;
        if (drained)
            m_wasFull = false;
    }
    if (drained && m_drained)
        m_drained();
    return taken;
}

void Inbox::stop()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_stopped = true;
    }
    m_ready.notify_all();
}

} // namespace sluice
