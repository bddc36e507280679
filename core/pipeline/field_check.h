#pragma once

#include "core/node/field_spec.h"
#include "core/pipeline/diagnostic.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Checks a literal (references already looked up) against its field: type, limits, choices.
/// Brings it into the field's form where that loses nothing: 20.0 for an integer becomes 20.
/// Diagnostics have the field and no node. Says nothing about values that are not set.
/// @param secretInside  the value must not be shown in messages
std::vector<Diagnostic>
checkFieldValue(const FieldSpec &field, Value &value, bool secretInside = false);

/// "Table", or the name where the field has no label.
const std::string &labelOf(const FieldSpec &field);
/// Not set, or so empty that a required field is not filled by it.
bool isEmptyValue(const Value &value);

} // namespace sluice
