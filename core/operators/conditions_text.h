#pragma once

#include "core/base/value.h"
#include "core/event/schema.h"

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Rows of conditions as a person would write them: temp > 20 and (state == 'on' or isnull(state)).
/// It means what conditionsToKql() gives. Nothing where a row is not sound.
std::optional<std::string> conditionsToText(const Value &conditions, const Schema &schema);

/// The rows that say the same as an expression; nothing where rows cannot say it.
std::optional<Value> conditionsFromText(std::string_view text);

} // namespace sluice
