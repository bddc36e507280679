#include "core/kql/base64.h"

#include <cstddef>

namespace sluice::kql {

namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

void encodeBase64(std::string_view bytes, std::string *out)
{
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        unsigned group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8U
                    | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            *out += i + j <= bytes.size() ? kDigits[group >> (18 - 6 * j) & 63U] : '=';
    }
}

bool decodeBase64(std::string_view text, std::string *out)
{
    if (text.size() % 4 != 0)
        return false;
    for (int padding = 0; padding < 2 && !text.empty() && text.back() == '='; ++padding)
        text.remove_suffix(1);
    unsigned group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const std::size_t digit = kDigits.find(c);
        if (digit == std::string_view::npos)
            return false;
        group = (group << 6U | static_cast<unsigned>(digit)) & 0xFFFFFU;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *out += static_cast<char>(group >> bits & 0xFFU);
        }
    }
    return true;
}

} // namespace sluice::kql
