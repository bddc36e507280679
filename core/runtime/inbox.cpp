#include "core/runtime/inbox.h"

#include <algorithm>
#include <chrono>

namespace sluice {

Inbox::Inbox(std::size_t gates, std::size_t byteBudget, GateOrder order)
    : m_budget(byteBudget)
    , m_share(byteBudget / std::max<std::size_t>(1, gates))
    , m_order(order)
    , m_loads(gates)
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
        target.dry = false;
        m_events.fetch_add(events, std::memory_order_relaxed);
        m_bytes.fetch_add(bytes, std::memory_order_relaxed);
        m_loads[gate].fetch_add(bytes, std::memory_order_relaxed);
        target.wasFull = target.wasFull || isFull(gate);
        next = place == 0;
    }
    if (next)
        m_ready.notify_one();
}

void Inbox::setReached(std::size_t gate, Ticks watermark)
{
    const std::scoped_lock lock(m_mutex);
    m_gates[gate].reached = watermark;
}

void Inbox::setStrict(bool strict)
{
    const std::scoped_lock lock(m_mutex);
    m_strict = strict;
}

void Inbox::setDry(std::size_t gate)
{
    {
        const std::scoped_lock lock(m_mutex);
        if (m_gates[gate].dry)
            return;
        m_gates[gate].dry = true;
    }
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
    taken.complete =
        std::all_of(m_gates.begin(), m_gates.end(), [](const Gate &gate) { return gate.complete; });
    for (Gate &gate : m_gates) {
        if (!gate.ended) {
            gate.items.pop_front();
            ++gate.next;
        }
    }
    return taken;
}

/// Numbers that bring nothing are passed over at once.
void Inbox::passOver(Gate &gate) const
{
    while (gate.hasNext()) {
        const InboxItem &front = *gate.items.front();
        const bool says = front.times || (front.end && m_order == GateOrder::Time);
        if (!front.batches.empty() || front.barrier != 0 || says)
            return;
        gate.ended = gate.ended || front.end;
        gate.complete = gate.complete || front.complete;
        gate.items.pop_front();
        ++gate.next;
    }
}

/// The gate to hand out from: of those that have something the one that is least far, in order of
/// time, else the next in turn.
std::optional<std::size_t> Inbox::nextGate() const
{
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < m_gates.size(); ++i) {
        const std::size_t place = (m_turn + i) % m_gates.size();
        const Gate &gate = m_gates[place];
        if (!gate.hasNext() || gate.atBarrier())
            continue;
        if (m_order == GateOrder::Turns)
            return place;
        if (!best || gate.reached < m_gates[*best].reached)
            best = place;
    }
    return best;
}

/// Whether a gate that lags behind this one is still to bring something.
bool Inbox::mustWait(const Gate &gate) const
{
    return std::any_of(m_gates.begin(), m_gates.end(), [this, &gate](const Gate &other) {
        return !other.hasNext() && !other.ended && (!other.dry || m_strict)
               && other.reached < gate.reached;
    });
}

bool Inbox::takeReady(Taken &out)
{
    for (Gate &gate : m_gates)
        passOver(gate);
    m_held = false;
    if (const auto place = nextGate()) {
        Gate &gate = m_gates[*place];
        m_held = m_order == GateOrder::Time && mustWait(gate);
        if (m_held && (m_strict || !m_heldLong))
            return false;
        out.kind = Kind::Item;
        out.gate = *place;
        out.item = std::move(*gate.items.front());
        gate.items.pop_front();
        ++gate.next;
        gate.ended = out.item.end;
        gate.complete = out.item.complete;
        m_turn = (*place + 1) % m_gates.size();
        m_heldLong = false;
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
                lock, std::chrono::microseconds(patience / kTicksPerMicrosecond), ready)) {
            m_heldLong = m_held;
            return taken;
        }
        if (m_stopped) {
            taken.kind = Kind::Stopped;
            return taken;
        }
        drained = settle(taken);
    }
    if (drained) {
        m_room.notify_all();
        if (m_drained)
            m_drained();
    }
    return taken;
}

/// Counts what was taken. @return whether its gate has room again after it was full
bool Inbox::settle(const Taken &taken)
{
    if (taken.kind != Kind::Item)
        return false;
    for (const InboxBatch &batch : taken.item.batches) {
        m_events.fetch_sub(batch.events, std::memory_order_relaxed);
        m_bytes.fetch_sub(batch.bytes, std::memory_order_relaxed);
        m_loads[taken.gate].fetch_sub(batch.bytes, std::memory_order_relaxed);
    }
    Gate &gate = m_gates[taken.gate];
    const bool drained =
        gate.wasFull && m_loads[taken.gate].load(std::memory_order_relaxed) <= m_share / 2;
    if (drained)
        gate.wasFull = false;
    return drained;
}

bool Inbox::waitForRoom(std::size_t gate, TickSpan patience)
{
    std::unique_lock lock(m_mutex);
    return m_room.wait_for(lock, std::chrono::microseconds(patience / kTicksPerMicrosecond), [&] {
        return m_stopped || !isFull(gate);
    });
}

bool Inbox::isStopped() const
{
    const std::scoped_lock lock(m_mutex);
    return m_stopped;
}

void Inbox::stop()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_stopped = true;
    }
    m_room.notify_all();
    m_ready.notify_all();
}

} // namespace sluice
