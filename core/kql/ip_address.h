#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::kql {

/// An IPv4 address and how many of its first bits count.
struct Ipv4
{
    std::uint32_t bits = 0;
    int prefix = 32;
};

constexpr std::uint32_t ipv4Mask(int prefix)
{
    return prefix <= 0 ? 0 : ~std::uint32_t{0} << (32U - static_cast<unsigned>(prefix));
}

/// "10.1.2.3" or "10.1.2.0/24".
std::optional<Ipv4> parseIpv4(std::string_view text);
/// Appends a.b.c.d.
void appendIpv4(std::uint32_t bits, std::string *out);

/// An IPv6 address; an IPv4 one is ::ffff:a.b.c.d, its prefix 96 more.
struct Ipv6
{
    std::array<std::uint8_t, 16> bytes{};
    int prefix = 128;

    /// Bits behind `length` become 0.
    void cut(int length);
};

/// Any form of RFC 4291 with an optional "/prefix", or an IPv4 address.
std::optional<Ipv6> parseIpv6(std::string_view text);
/// Appends eight groups of four digits, nothing left out, as KQL writes them.
void appendIpv6(const Ipv6 &address, std::string *out);

} // namespace sluice::kql
