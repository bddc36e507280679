#pragma once

#include <string>
#include <string_view>

namespace sluice::kql {

/// Appends the JSON form of an XML text: attributes as "@name", text beside other things as
/// "#text", repeated elements as an array; comments, CDATA and the like are left out.
/// @return false for text that is no XML, or nested too deep
bool xmlToJson(std::string_view xml, std::string *json);

} // namespace sluice::kql
