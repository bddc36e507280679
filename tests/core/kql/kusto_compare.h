#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace sluice::kql {

/// Compares a result with what a case expects: names and order of the columns always count, the
/// order of the rows where the case says so, reals within its tolerance, keys of bags in any order.
/// @param rows  an array of arrays, values in the cases' form
/// @return empty when they agree, else what differs first
std::string differenceToCase(const nlohmann::json &test,
                             const std::vector<std::string> &columns,
                             const nlohmann::json &rows);

} // namespace sluice::kql
