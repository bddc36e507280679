#pragma once

#include "core/node/field_spec.h"

namespace sluice {

/// A field that says when a source's events happened, and how late they may come, with the members
/// of its form.
FieldBuilder eventTimeForm(std::string_view name);

} // namespace sluice
