#pragma once

#include "core/base/result.h"

#include <re2/re2.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::kql {

/// A compiled pattern. Shared by the threads that run an expression; RE2 matches concurrently.
using RegexPtr = std::shared_ptr<const re2::RE2>;

/// Compiles a KQL pattern: RE2's syntax, with \d, \w and \s as Unicode has them.
/// Errors: WrongArguments with RE2's own words
Result<RegexPtr> compileRegex(std::string_view pattern);

/// Patterns that come with the events: the latest few stay compiled.
struct RegexCache
{
    /// Null for a pattern that does not compile.
    const re2::RE2 *find(std::string_view pattern);

    std::map<std::string, RegexPtr, std::less<>> patterns;
};

/// A seed that differs from evaluator to evaluator.
std::uint64_t seedOfScratch();

} // namespace sluice::kql
