#pragma once

#include "core/base/result.h"
#include "core/base/value.h"

#include <string>
#include <string_view>

namespace sluice {

/// Deeper nesting than this is refused: nothing a person writes comes near it.
inline constexpr std::size_t kMaxJsonDepth = 200;

/// JSON text to a value. {"param"|"env"|"secret": name} with no other key becomes a reference.
/// Errors: FileDamaged with line and column; also a key that stands twice in one object
Result<Value> valueFromJson(std::string_view text);

/// `text` as a JSON string, quotes included.
std::string jsonString(std::string_view text);

} // namespace sluice
