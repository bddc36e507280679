#include "core/runtime/dead_letter_destination.h"

#include "core/runtime/program_runner.h"

namespace sluice {

namespace {

class DeadLetterDestination : public Destination
{
public:
    explicit DeadLetterDestination(std::unique_ptr<DeadLetterStore> store)
        : m_store(std::move(store))
    {}

    Result<void> open() override { return {}; }

    Result<std::unique_ptr<Prepared>> prepare(const Batch &) const override
    {
        return std::make_unique<Prepared>(); // nobody wires it: letters come ready made
    }

    Result<void> accept(std::unique_ptr<Prepared> prepared, std::vector<RowError> &) override
    {
        return m_store->append(std::move(static_cast<DeadLetterBatch &>(*prepared).letters));
    }

    Result<void> flush(std::uint64_t) override { return m_store->flush(); }
    Result<void> idle() override { return m_store->flush(); }

private:
    std::unique_ptr<DeadLetterStore> m_store;
};

} // namespace

std::unique_ptr<Destination> makeDeadLetterDestination(std::unique_ptr<DeadLetterStore> store)
{
    return std::make_unique<DeadLetterDestination>(std::move(store));
}

} // namespace sluice
