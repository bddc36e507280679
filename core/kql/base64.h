#pragma once

#include <string>
#include <string_view>

namespace sluice::kql {

/// Appends the base64 form of bytes, with padding.
void encodeBase64(std::string_view bytes, std::string *out);
/// Appends the bytes that base64 stands for. @return false for anything that is not base64
bool decodeBase64(std::string_view text, std::string *out);

} // namespace sluice::kql
