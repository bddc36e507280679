#include "core/runtime/stage_state.h"

#include "core/base/state_bytes.h"

namespace sluice {

namespace {

constexpr std::uint32_t kVersion = 1;

} // namespace

Result<std::string> saveStage(const Plan &plan, const StageTask &stage)
{
    StateWriter out;
    out.put(kVersion);
    out.putText(stage.merger.snapshot(
        [&](std::size_t gate) { return plan.nodes[stage.gateNodes[gate]].id(); },
        [&](std::uint32_t source) { return plan.nodes[source].id(); }));
    TRY_ASSIGN(const std::string operation, stage.operation->snapshot());
    out.putText(operation);
    return out.take();
}

Result<void> restoreStage(const Plan &plan, StageTask &stage, const std::string &state)
{
    StateReader in(state);
    const auto version = in.get<std::uint32_t>();
    const std::string watermarks(in.getText());
    const std::string operation(in.getText());
    const std::string &id = plan.nodes[stage.node].id();
    if (version != kVersion || !(in.ok() && in.atEnd()))
        return fail(ErrorCode::StateDamaged, "the saved state of '{}' cannot be read", id)
            .node(id)
            .hint("Start with --from-start to begin anew.");
    TRY(stage.merger.restore(
        watermarks,
        [&](std::size_t gate) { return plan.nodes[stage.gateNodes[gate]].id(); },
        [&](const std::string &source) {
            const std::size_t index = plan.indexOf(source);
            return index < plan.nodes.size() ? static_cast<std::uint32_t>(index)
                                             : ~std::uint32_t{0};
        }));
    return stage.operation->restore(operation);
}

} // namespace sluice
