#pragma once

#include "core/node/catalog.h"

#include <string>

namespace sluice {

/// All kinds by role, one a line.
std::string kindList(const Catalog &catalog);
/// The help page of a kind: what it does, ports, fields, example.
std::string kindHelp(const NodeDescriptor &descriptor);
/// The same as JSON; a list of all, or one object.
std::string kindListJson(const Catalog &catalog);
std::string kindJson(const NodeDescriptor &descriptor);

} // namespace sluice
