#pragma once

#include "core/base/result.h"
#include "core/base/state_bytes.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

/// How the state of an operator begins that fits one config only: a version, and what of the config
/// it depends on.
inline void beginKept(StateWriter &writer, std::uint32_t version, std::string_view config)
{
    writer.put(version);
    writer.putText(config);
}

/// Reads such a state. @param load  reads what follows
/// @param changed  what is said when another config made it: "the windows that are kept were …"
/// Errors: StateDamaged
template<typename Load>
Result<void> restoreKept(const std::string &state,
                         std::uint32_t version,
                         std::string_view config,
                         std::string_view changed,
                         Load &&load)
{
    StateReader reader(state);
    const auto found = reader.get<std::uint32_t>();
    const std::string_view madeBy = reader.getText();
    if (reader.ok() && found == version && madeBy != config)
        return fail(ErrorCode::StateDamaged, "{}", changed)
            .hint("Begin anew (--from-start), or undo the change.");
    if (found == version)
        load(reader);
    if (found != version || !reader.ok() || !reader.atEnd())
        return fail(ErrorCode::StateDamaged, "the state that was kept cannot be read")
            .hint("Begin anew: --from-start.");
    return {};
}

} // namespace sluice
