#pragma once

#include <string>
#include <string_view>

namespace sluice::kql {

/// A string as a KQL literal: 'it\'s'.
std::string quoteString(std::string_view text);
/// A name as KQL wants it: temp, or ['a b'] where the bare word would not be a name.
std::string quoteName(std::string_view name);

} // namespace sluice::kql
