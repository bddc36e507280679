#include "core/kql/quote.h"

#include "core/kql/lexer.h"

namespace sluice::kql {

std::string quoteString(std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out = "'";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\'' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n' || c == '\r' || c == '\t') {
            out += '\\';
            out += c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
        } else if (byte < 0x20 || byte == 0x7F) {
            out += "\\u00";
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
        } else {
            out += c;
        }
    }
    return out + "'";
}

std::string quoteName(std::string_view name)
{
    const auto tokens = tokenize(name);
    const bool bare =
        tokens.size() == 1 && tokens.front().kind == TokenKind::Name && tokens.front().text == name;
    return bare ? std::string(name) : "[" + quoteString(name) + "]";
}

} // namespace sluice::kql
