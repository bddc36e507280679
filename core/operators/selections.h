#pragma once

#include "core/event/batch.h"

namespace sluice {

/// Rows of `all` that are not in `some`; both ascending, `some` a part of `all`.
Selection without(const Selection &all, const Selection &some);

} // namespace sluice
