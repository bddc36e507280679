// Functions of IPv4 addresses, and the search for them in a text.
#include "core/kql/array_values.h"
#include "core/kql/function.h"
#include "core/kql/ip_address.h"
#include "core/kql/json_text.h"

#include <algorithm>
#include <array>
#include <bit>

namespace sluice::kql {

namespace {

using Long = std::int64_t;
using MaybeLong = std::optional<Long>;
using MaybeBool = std::optional<bool>;

bool isPrefix(Long prefix)
{
    return prefix >= 0 && prefix <= 32;
}

MaybeLong compareAddresses(std::string_view a, std::string_view b, Long prefix)
{
    const auto left = parseIpv4(a);
    const auto right = parseIpv4(b);
    if (!left || !right || !isPrefix(prefix))
        return std::nullopt;
    const std::uint32_t mask =
        ipv4Mask(std::min({left->prefix, right->prefix, static_cast<int>(prefix)}));
    const std::uint32_t x = left->bits & mask;
    const std::uint32_t y = right->bits & mask;
    return x < y ? -1 : x > y ? 1 : 0;
}

MaybeBool match(std::string_view a, std::string_view b, Long prefix)
{
    const MaybeLong order = compareAddresses(a, b, prefix);
    return order ? MaybeBool(*order == 0) : std::nullopt;
}

bool isWithin(const Ipv4 &address, const Ipv4 &range)
{
    const std::uint32_t mask = ipv4Mask(range.prefix);
    return (address.bits & mask) == (range.bits & mask);
}

MaybeBool isInRange(std::string_view text, std::string_view rangeText)
{
    const auto address = parseIpv4(text);
    const auto range = parseIpv4(rangeText);
    return address && range ? MaybeBool(isWithin(*address, *range)) : std::nullopt;
}

/// Calls `function` with each of the texts behind the first argument, or with those of an array.
template<typename F>
void forEachText(const Call &call, std::size_t row, F &&function)
{
    for (std::size_t i = 1; i < call.arguments.size(); ++i) {
        const std::string_view text = call.arguments[i].text(row);
        if (call.arguments[i].column->type != ColumnType::Dynamic) {
            function(text);
            continue;
        }
        std::string_view element;
        for (JsonArray elements(jsonTrim(text)); elements.next(&element);) {
            if (jsonKind(element) == JsonKind::String)
                function(element.substr(1, element.size() - 2));
        }
    }
}

void isInAnyRange(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        const auto address = parseIpv4(call.arguments[0].text(row));
        if (!address)
            return;
        bool any = false;
        forEachText(call, row, [&](std::string_view text) {
            const auto range = parseIpv4(text);
            any = any || (range && isWithin(*address, *range));
        });
        putValue(call.result, row, any);
    });
}

/// RFC 1918.
MaybeBool isPrivate(std::string_view text)
{
    constexpr std::array<Ipv4, 3> kPrivate{{{0x0A000000, 8}, {0xAC100000, 12}, {0xC0A80000, 16}}};
    const auto address = parseIpv4(text);
    if (!address)
        return std::nullopt;
    return std::any_of(kPrivate.begin(), kPrivate.end(), [&](const Ipv4 &range) {
        return address->prefix >= range.prefix && isWithin(*address, range);
    });
}

MaybeLong prefixLength(std::string_view text)
{
    const auto address = parseIpv4(text);
    return address ? MaybeLong(address->prefix) : std::nullopt;
}

MaybeLong numberOf(std::string_view text)
{
    const auto address = parseIpv4(text);
    return address ? MaybeLong(address->bits & ipv4Mask(address->prefix)) : std::nullopt;
}

MaybeLong maskedNumberOf(std::string_view text, Long prefix)
{
    const auto address = parseIpv4(text);
    if (!address || !isPrefix(prefix))
        return std::nullopt;
    return address->bits & ipv4Mask(std::min(address->prefix, static_cast<int>(prefix)));
}

std::string_view
write(Call &call, std::optional<Ipv4> address, std::optional<Long> prefix, bool withPrefix)
{
    if (!address || (prefix && !isPrefix(*prefix)))
        return {};
    const int length = std::min(address->prefix, static_cast<int>(prefix.value_or(32)));
    std::string &out = call.scratch.text;
    out.clear();
    appendIpv4(address->bits & ipv4Mask(length), &out);
    if (withPrefix)
        out.append("/").append(std::to_string(length));
    return call.keep(out);
}

std::optional<Ipv4> addressOf(Long number)
{
    if (number < 0 || number > 0xFFFFFFFF)
        return std::nullopt;
    return Ipv4{static_cast<std::uint32_t>(number), 32};
}

template<bool kWithPrefix>
std::string_view formatText(Call &call, std::string_view text)
{
    return write(call, parseIpv4(text), std::nullopt, kWithPrefix);
}
template<bool kWithPrefix>
std::string_view formatTextTo(Call &call, std::string_view text, Long prefix)
{
    return write(call, parseIpv4(text), prefix, kWithPrefix);
}
template<bool kWithPrefix>
std::string_view formatNumber(Call &call, Long number)
{
    return write(call, addressOf(number), std::nullopt, kWithPrefix);
}
template<bool kWithPrefix>
std::string_view formatNumberTo(Call &call, Long number, Long prefix)
{
    return write(call, addressOf(number), prefix, kWithPrefix);
}

/// The fewest networks that hold all addresses from one to another.
std::string_view toNetworks(Call &call, std::string_view from, std::string_view to)
{
    const auto first = parseIpv4(from);
    const auto last = parseIpv4(to);
    if (!first || !last || first->bits > last->bits)
        return {};
    std::string &json = call.scratch.text;
    json = "[";
    std::uint64_t at = first->bits;
    const std::uint64_t end = std::uint64_t{last->bits} + 1;
    while (at < end) {
        const int aligned = at == 0 ? 32 : std::countr_zero(at);
        const int fitting = 63 - std::countl_zero(end - at);
        const int size = std::min(aligned, fitting);
        json += json.size() > 1 ? ",\"" : "\"";
        appendIpv4(static_cast<std::uint32_t>(at), &json);
        json.append("/").append(std::to_string(32 - size)).append("\"");
        at += std::uint64_t{1} << static_cast<unsigned>(size);
    }
    json += ']';
    return call.keep(json);
}

bool isWordCharacter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The address that begins at a place of a text, with nothing of a word on either side.
std::string_view addressAt(std::string_view text, std::size_t at)
{
    if (at > 0 && isWordCharacter(text[at - 1]))
        return {};
    std::size_t end = at;
    int dots = 0;
    while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) {
        if (text[end] == '.' && ++dots == 4)
            break;
        ++end;
    }
    if (end < text.size() && isWordCharacter(text[end]))
        return {};
    const std::string_view found = text.substr(at, end - at);
    return parseIpv4(found) ? found : std::string_view();
}

bool holdsAddress(std::string_view text, std::string_view address)
{
    if (address.find('/') != std::string_view::npos || !parseIpv4(address))
        return false;
    for (std::size_t at = text.find(address); at != std::string_view::npos;
         at = text.find(address, at + 1)) {
        if (addressAt(text, at) == address)
            return true;
    }
    return false;
}

/// A prefix is a whole address, or ends in a dot: "192.168.".
bool holdsPrefix(std::string_view text, std::string_view prefix)
{
    if (!prefix.ends_with('.'))
        return holdsAddress(text, prefix);
    for (std::size_t at = text.find(prefix); at != std::string_view::npos;
         at = text.find(prefix, at + 1)) {
        if (!addressAt(text, at).empty())
            return true;
    }
    return false;
}

template<auto kHolds>
void holdsAny(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        const std::string_view text = call.arguments[0].text(row);
        bool any = false;
        forEachText(call, row, [&](std::string_view wanted) { any = any || kHolds(text, wanted); });
        putValue(call.result, row, any);
    });
}

std::vector<Overload> ofAny(Kernel kernel)
{
    return {{"text: string, wanted: string, more: string... -> bool", kernel},
            {"text: string, wanted: dynamic -> bool", kernel}};
}

template<bool kWithPrefix>
std::vector<Overload> formats()
{
    return {{"address: string -> string", rows<formatText<kWithPrefix>>},
            {"address: string, prefix: long -> string", rows<formatTextTo<kWithPrefix>>},
            {"address: long -> string", rows<formatNumber<kWithPrefix>>},
            {"address: long, prefix: long -> string", rows<formatNumberTo<kWithPrefix>>}};
}

} // namespace

std::vector<Function> ipv4Functions()
{
    return {
        {.name = "ipv4_compare",
         .help = "-1, 0 or 1: the order of two addresses, as far as their prefixes count.",
         .example = "ipv4_compare(a_ip, '10.0.0.0/8')",
         .overloads = {{"left: string, right: string, [prefix: long = 32] -> long",
                        rows<compareAddresses>}}},
        {.name = "ipv4_is_match",
         .help = "True when two addresses are the same, as far as their prefixes count.",
         .example = "ipv4_is_match(a_ip, '10.0.0.0/8')",
         .overloads = {{"left: string, right: string, [prefix: long = 32] -> bool", rows<match>}}},
        {.name = "ipv4_is_in_range",
         .help = "True for an address inside of a network.",
         .example = "ipv4_is_in_range(a_ip, '192.168.1.0/24')",
         .overloads = {{"address: string, range: string -> bool", rows<isInRange>}}},
        {.name = "ipv4_is_in_any_range",
         .help = "True for an address inside of one of several networks.",
         .example = "ipv4_is_in_any_range(a_ip, '10.0.0.0/8', '192.168.0.0/16')",
         .overloads = {{"address: string, range: string, more: string... -> bool", isInAnyRange},
                       {"address: string, ranges: dynamic -> bool", isInAnyRange}}},
        {.name = "ipv4_is_private",
         .help = "True for an address of a private network.",
         .example = "ipv4_is_private(a_ip)",
         .overloads = {{"address: string -> bool", rows<isPrivate>}}},
        {.name = "ipv4_netmask_suffix",
         .help = "The length of an address's prefix.",
         .example = "ipv4_netmask_suffix('10.1.2.0/24')",
         .overloads = {{"address: string -> long", rows<prefixLength>}}},
        {.name = "ipv4_range_to_cidr_list",
         .help = "The networks that hold the addresses from one to another.",
         .example = "ipv4_range_to_cidr_list('1.1.128.0', '1.1.140.255')",
         .overloads = {{"from: string, to: string -> dynamic", rows<toNetworks>}}},
        {.name = "parse_ipv4",
         .help = "An address as a number.",
         .example = "parse_ipv4(a_ip)",
         .overloads = {{"address: string -> long", rows<numberOf>}}},
        {.name = "parse_ipv4_mask",
         .help = "The first bits of an address as a number.",
         .example = "parse_ipv4_mask(a_ip, 24)",
         .overloads = {{"address: string, prefix: long -> long", rows<maskedNumberOf>}}},
        {.name = "format_ipv4",
         .help = "An address as text, cut to its prefix.",
         .example = "format_ipv4('192.168.1.255', 24)",
         .overloads = formats<false>()},
        {.name = "format_ipv4_mask",
         .help = "A network as text, with its prefix.",
         .example = "format_ipv4_mask('192.168.1.255', 24)",
         .overloads = formats<true>()},
        {.name = "has_ipv4",
         .help = "True when the address stands in the text.",
         .example = "has_ipv4(line, '127.0.0.1')",
         .overloads = {{"text: string, address: string -> bool", rows<holdsAddress>}}},
        {.name = "has_ipv4_prefix",
         .help = "True when an address that begins so stands in the text.",
         .example = "has_ipv4_prefix(line, '192.168.')",
         .overloads = {{"text: string, prefix: string -> bool", rows<holdsPrefix>}}},
        {.name = "has_any_ipv4",
         .help = "True when one of the addresses stands in the text.",
         .example = "has_any_ipv4(line, '127.0.0.1', '10.0.0.1')",
         .overloads = ofAny(holdsAny<holdsAddress>)},
        {.name = "has_any_ipv4_prefix",
         .help = "True when an address with one of these beginnings stands in the text.",
         .example = "has_any_ipv4_prefix(line, '192.168.', '10.')",
         .overloads = ofAny(holdsAny<holdsPrefix>)},
    };
}

} // namespace sluice::kql
