#pragma once

#include "core/base/value.h"

#include <initializer_list>
#include <string>
#include <string_view>

namespace sluice {

/// Places inside a value, as JSON pointers have them: "/all/0/field"; "" is the whole.

/// The part at a place. Null: it is not there.
const Value *valueAt(const Value &value, std::string_view place);
/// Replaces that part; the last name of the place may be new in its map.
/// @return false when there is no such place
bool setValueAt(Value &value, std::string_view place, Value part);
/// "/all/0/field" from its names.
std::string placeOf(std::initializer_list<std::string_view> names);

} // namespace sluice
