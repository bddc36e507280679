#include "core/runtime/run_parts.h"

namespace sluice {

void pushToGates(const std::vector<GateRef> &gates, std::uint64_t number, RunnerResult &result)
{
    for (const GateRef &gate : gates) {
        InboxItem item;
        if (gate.node == kDeadLetterNode) {
            if (!result.letters.empty()) {
                auto letters = std::make_unique<DeadLetterBatch>();
                letters->letters = std::move(result.letters);
                letters->events = letters->letters.size();
                result.letters.clear();
                std::uint64_t bytes = 0;
                for (const DeadLetter &letter : letters->letters)
                    bytes += letter.payload.size();
                const std::uint64_t events = letters->events;
                item.batches.push_back({std::move(letters), 0, events, bytes});
            }
        } else if (const auto it = result.batches.find(gate.node); it != result.batches.end()) {
            item.batches.swap(it->second);
        }
        gate.inbox->push(gate.gate, number, std::move(item));
    }
}

void pushMark(const std::vector<GateRef> &gates,
              std::uint64_t number,
              std::uint64_t barrier,
              bool end)
{
    for (const GateRef &gate : gates) {
        InboxItem item;
        item.barrier = barrier;
        item.end = end;
        gate.inbox->push(gate.gate, number, std::move(item));
    }
}

} // namespace sluice
