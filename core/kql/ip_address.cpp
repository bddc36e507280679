#include "core/kql/ip_address.h"

#include <algorithm>
#include <charconv>

namespace sluice::kql {

namespace {

std::optional<int> smallNumber(std::string_view text, int most)
{
    if (text.empty() || text.size() > 3 || text.front() == '+' || text.front() == '-')
        return std::nullopt;
    int value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || rest != text.data() + text.size() || value > most)
        return std::nullopt;
    return value;
}

/// Takes "/24" off the end. @return false when what stands behind the slash is no prefix
bool takePrefix(std::string_view *text, int most, int *prefix)
{
    const std::size_t slash = text->find('/');
    if (slash == std::string_view::npos)
        return true;
    const auto number = smallNumber(text->substr(slash + 1), most);
    *text = text->substr(0, slash);
    *prefix = number.value_or(0);
    return number.has_value();
}

std::optional<std::uint32_t> fourBytes(std::string_view text)
{
    std::uint32_t bits = 0;
    for (int part = 0; part < 4; ++part) {
        const std::size_t dot = part == 3 ? text.size() : text.find('.');
        if (dot == std::string_view::npos)
            return std::nullopt;
        const auto value = smallNumber(text.substr(0, dot), 255);
        if (!value)
            return std::nullopt;
        bits = bits << 8U | static_cast<std::uint32_t>(*value);
        text.remove_prefix(part == 3 ? dot : dot + 1);
    }
    return bits;
}

std::optional<std::uint16_t> hexGroup(std::string_view text)
{
    std::uint16_t value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (text.empty() || text.size() > 4 || error != std::errc()
        || rest != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// The groups between colons; the last may be a.b.c.d. @return how many, or -1
int readGroups(std::string_view text, std::array<std::uint16_t, 8> *groups)
{
    int count = 0;
    while (!text.empty()) {
        const std::size_t colon = std::min(text.find(':'), text.size());
        const std::string_view part = text.substr(0, colon);
        const bool last = colon == text.size();
        if (last && part.find('.') != std::string_view::npos) {
            const auto bits = fourBytes(part);
            if (!bits || count > 6)
                return -1;
            (*groups)[static_cast<std::size_t>(count++)] = static_cast<std::uint16_t>(*bits >> 16U);
            (*groups)[static_cast<std::size_t>(count++)] = static_cast<std::uint16_t>(*bits);
            return count;
        }
        const auto value = hexGroup(part);
        if (!value || count > 7)
            return -1;
        (*groups)[static_cast<std::size_t>(count++)] = *value;
        if (last)
            return count;
        text.remove_prefix(colon + 1);
        if (text.empty())
            return -1; // a colon at the end
    }
    return count;
}

std::optional<Ipv6> readIpv6(std::string_view text)
{
    std::array<std::uint16_t, 8> front{};
    std::array<std::uint16_t, 8> back{};
    const std::size_t gap = text.find("::");
    const bool compressed = gap != std::string_view::npos;
    const int before = readGroups(text.substr(0, gap), &front);
    const int behind = compressed ? readGroups(text.substr(gap + 2), &back) : 0;
    if (before < 0 || behind < 0 || (compressed ? before + behind > 7 : before != 8))
        return std::nullopt;
    for (int i = 0; i < behind; ++i)
        front[static_cast<std::size_t>(8 - behind + i)] = back[static_cast<std::size_t>(i)];
    Ipv6 address;
    for (std::size_t i = 0; i < 8; ++i) {
        address.bytes[2 * i] = static_cast<std::uint8_t>(front[i] >> 8U);
        address.bytes[2 * i + 1] = static_cast<std::uint8_t>(front[i]);
    }
    return address;
}

} // namespace

std::optional<Ipv4> parseIpv4(std::string_view text)
{
    Ipv4 address;
    if (!takePrefix(&text, 32, &address.prefix))
        return std::nullopt;
    const auto bits = fourBytes(text);
    if (!bits)
        return std::nullopt;
    address.bits = *bits;
    return address;
}

void appendIpv4(std::uint32_t bits, std::string *out)
{
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        *out += std::to_string(bits >> (shift - 8) & 255U);
        if (shift > 8)
            *out += '.';
    }
}

void Ipv6::cut(int length)
{
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int keep = length - static_cast<int>(i) * 8;
        if (keep <= 0)
            bytes[i] = 0;
        else if (keep < 8)
            bytes[i] =
                static_cast<std::uint8_t>(bytes[i] & (0xFF00U >> static_cast<unsigned>(keep)));
    }
}

std::optional<Ipv6> parseIpv6(std::string_view text)
{
    if (const auto four = parseIpv4(text)) {
        Ipv6 address;
        address.bytes[10] = address.bytes[11] = 0xFF;
        for (unsigned i = 0; i < 4; ++i)
            address.bytes[12 + i] = static_cast<std::uint8_t>(four->bits >> (24 - 8 * i));
        address.prefix = 96 + four->prefix;
        return address;
    }
    int prefix = 128;
    if (!takePrefix(&text, 128, &prefix))
        return std::nullopt;
    auto address = readIpv6(text);
    if (address)
        address->prefix = prefix;
    return address;
}

void appendIpv6(const Ipv6 &address, std::string *out)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    for (std::size_t i = 0; i < address.bytes.size(); ++i) {
        if (i != 0 && i % 2 == 0)
            *out += ':';
        *out += kHex[address.bytes[i] >> 4U];
        *out += kHex[address.bytes[i] & 15U];
    }
}

} // namespace sluice::kql
