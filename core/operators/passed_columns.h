#pragma once

#include "core/node/node_descriptor.h"

#include <string>

namespace sluice {

/// Adds what `wanted` asks of the output column `output` to the needs of the input column `input`.
void passNeed(const ColumnNeeds &wanted,
              const std::string &output,
              const SchemaColumn &input,
              ColumnNeeds &needs);

/// Adds what is wanted of columns that an open input does not list, nor the output.
void passUnlisted(const ColumnNeeds &wanted,
                  const Schema &output,
                  const Schema &input,
                  ColumnNeeds &needs);

} // namespace sluice
