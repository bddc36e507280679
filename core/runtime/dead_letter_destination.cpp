#include "core/runtime/dead_letter_destination.h"

#include "core/base/state_bytes.h"
#include "core/node/exactly_once.h"
#include "core/runtime/program_runner.h"

namespace sluice {

namespace {

void writeLetter(StateWriter &out, const DeadLetter &letter)
{
    out.put(letter.at);
    out.putText(letter.node);
    out.putText(letter.source);
    out.put(letter.partition);
    out.put(letter.offset);
    out.put(static_cast<std::int32_t>(letter.code));
    out.putText(letter.message);
    out.putText(letter.payload);
    out.put(letter.payloadSize);
}

DeadLetter readLetter(StateReader &in)
{
    DeadLetter letter;
    letter.at = in.get<Ticks>();
    letter.node = in.getText();
    letter.source = in.getText();
    letter.partition = in.get<std::int32_t>();
    letter.offset = in.get<std::int64_t>();
    letter.code = static_cast<ErrorCode>(in.get<std::int32_t>());
    letter.message = in.getText();
    letter.payload = in.getText();
    letter.payloadSize = in.get<std::int64_t>();
    return letter;
}

class DeadLetterDestination : public Destination, public ExactlyOnceDestination
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

    Result<void> putAside(Prepared &prepared) const override
    {
        StateWriter record;
        for (const DeadLetter &letter : static_cast<DeadLetterBatch &>(prepared).letters)
            writeLetter(record, letter);
        prepared.bytes.append(record.bytes());
        return {};
    }

    Result<std::string> identity() const override { return "the dead letters of this workspace"; }

    Result<std::optional<AppliedMark>> claim(const ProgressKey &key, const std::string &) override
    {
        return m_store->claim(key);
    }

    Result<void> apply(const std::vector<std::string_view> &records,
                       const AppliedMark &mark) override
    {
        std::vector<DeadLetter> letters;
        for (const std::string_view record : records) {
            StateReader in(record);
            while (in.ok() && !in.atEnd())
                letters.push_back(readLetter(in));
            if (!in.ok())
                return fail(ErrorCode::OutboxDamaged, "dead letters in the outbox are damaged");
        }
        return m_store->apply(std::move(letters), mark);
    }

private:
    std::unique_ptr<DeadLetterStore> m_store;
};

} // namespace

std::unique_ptr<Destination> makeDeadLetterDestination(std::unique_ptr<DeadLetterStore> store)
{
    return std::make_unique<DeadLetterDestination>(std::move(store));
}

} // namespace sluice
