#pragma once

#include "core/node/destination.h"
#include "core/storage/dead_letters.h"

#include <memory>

namespace sluice {

/// The dead-letter store as the last destination of every run. Takes DeadLetterBatch only.
std::unique_ptr<Destination> makeDeadLetterDestination(std::unique_ptr<DeadLetterStore> store);

} // namespace sluice
