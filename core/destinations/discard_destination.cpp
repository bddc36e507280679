#include "core/destinations/text_needs.h"
#include "core/node/exactly_once.h"

namespace sluice {

namespace {

class DiscardDestination : public Destination, public ExactlyOnceDestination
{
public:
    Result<void> open() override { return {}; }
    Result<std::unique_ptr<Prepared>> prepare(const Batch &batch) const override
    {
        auto prepared = std::make_unique<Prepared>();
        prepared->events = batch.selection.size();
        return prepared;
    }
    Result<void> accept(std::unique_ptr<Prepared>, std::vector<RowError> &) override { return {}; }
    Result<void> flush(std::uint64_t) override { return {}; }

    // Nothing is put aside, so nothing is ever applied.
    Result<void> putAside(Prepared &) const override { return {}; }
    Result<std::string> identity() const override { return "nothing"; }
    Result<std::optional<AppliedMark>> claim(const ProgressKey &, const std::string &) override
    {
        return std::optional<AppliedMark>();
    }
    Result<void> apply(const std::vector<std::string_view> &, const AppliedMark &) override
    {
        return {};
    }
};

} // namespace

const NodeDescriptor &discardDestinationDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "discard_destination",
        .role = NodeRole::Destination,
        .title = "Discard",
        .summary = "Takes events and keeps none: for looking and measuring.",
        .icon = "discard",
        .keywords = {"null", "blackhole", "drop", "nothing"},
        .inputs = {{.id = "in", .many = true}},
        .describe = [](const ValueMap &) { return std::string("keeps nothing"); },
        .outputSchemas = [](const Config &,
                            const std::vector<Schema> &,
                            const NodeContext &) -> SchemaFlow { return {}; },
        .columnNeeds = [](const Config &,
                          const std::vector<Schema> &inputs,
                          const std::vector<ColumnNeeds> &,
                          const NodeContext &) -> std::vector<ColumnNeeds> {
            return {textNeeds(inputs.front())};
        },
        .createDestination = [](const Config &,
                                const NodeContext &) -> Result<std::unique_ptr<Destination>> {
            return std::unique_ptr<Destination>(std::make_unique<DiscardDestination>());
        },
        .exactlyOnce = true,
    };
    return descriptor;
}

} // namespace sluice
