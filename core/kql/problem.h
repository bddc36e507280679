#pragma once

#include "core/base/error_code.h"

#include <cstddef>
#include <string>

namespace sluice::kql {

/// A place in a KQL text. Offset and length count bytes; column counts characters from 1.
struct Position
{
    std::size_t offset = 0;
    std::size_t length = 0;
    int line = 1;
    int column = 1;
};

/// What is wrong with a KQL text, and where.
struct Problem
{
    ErrorCode code = ErrorCode::SyntaxError;
    std::string message;
    std::string hint; // what to write instead; may be empty
    Position at;
    std::string suggestion; // the nearest name that exists; may be empty
};

/// Bounds that no text passes: what a person writes stays far below.
inline constexpr std::size_t kMaxKqlBytes = std::size_t{256} * 1024;
inline constexpr int kMaxKqlDepth = 100;
inline constexpr std::size_t kMaxKqlNodes = 20'000;
inline constexpr std::size_t kMaxKqlChain = 1'000;
/// The longest string that an expression may make, Kusto's own bound; a longer one is null.
inline constexpr std::size_t kMaxTextBytes = std::size_t{1024} * 1024;

} // namespace sluice::kql
