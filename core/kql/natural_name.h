#pragma once

#include "core/kql/syntax.h"

#include <string>

namespace sluice::kql {

struct Aggregate;

/// The name that a result column gets by itself from the expression it is made of: `temp` for
/// tolong(temp) or bin(temp, 5), `d_a_b` for d.a.b, `strlen_s` for strlen(s), `sum_x` for
/// round(sum(x), 2); "" where KQL counts (Column1, print_0).
std::string naturalName(const Syntax &syntax);

/// What an aggregate makes of the name of its argument: `list_x`.
std::string aggregateName(const Syntax &call, const Aggregate &aggregate);

} // namespace sluice::kql
