#pragma once

#include <QString>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// The members of a JSON object as they stand in its text: numbers keep their digits, strings
/// their quotes. Empty when `json` is no object.
std::vector<std::pair<std::string, std::string_view>> jsonFields(std::string_view json);

/// A member's value for a table cell: strings without quotes, control characters made visible,
/// cut at `limit` characters.
QString jsonCell(std::string_view raw, int limit = 400);

} // namespace sluice
