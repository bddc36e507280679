// Functions of IPv6 addresses; an IPv4 address counts as one.
#include "core/kql/function.h"
#include "core/kql/ip_address.h"
#include "core/kql/json_text.h"

#include <algorithm>

namespace sluice::kql {

namespace {

using Long = std::int64_t;
using MaybeLong = std::optional<Long>;
using MaybeBool = std::optional<bool>;

bool isPrefix(Long prefix)
{
    return prefix >= 0 && prefix <= 128;
}

int orderUpTo(Ipv6 a, Ipv6 b, int prefix)
{
    a.cut(prefix);
    b.cut(prefix);
    return a.bytes < b.bytes ? -1 : b.bytes < a.bytes ? 1 : 0;
}

MaybeLong compareAddresses(std::string_view a, std::string_view b, Long prefix)
{
    const auto left = parseIpv6(a);
    const auto right = parseIpv6(b);
    if (!left || !right || !isPrefix(prefix))
        return std::nullopt;
    return orderUpTo(
        *left, *right, std::min({left->prefix, right->prefix, static_cast<int>(prefix)}));
}

MaybeBool match(std::string_view a, std::string_view b, Long prefix)
{
    const MaybeLong order = compareAddresses(a, b, prefix);
    return order ? MaybeBool(*order == 0) : std::nullopt;
}

MaybeBool isInRange(std::string_view text, std::string_view rangeText)
{
    const auto address = parseIpv6(text);
    const auto range = parseIpv6(rangeText);
    if (!address || !range)
        return std::nullopt;
    return orderUpTo(*address, *range, range->prefix) == 0;
}

void isInAnyRange(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        const std::string_view address = call.arguments[0].text(row);
        if (!parseIpv6(address))
            return;
        bool any = false;
        for (std::size_t i = 1; i < call.arguments.size() && !any; ++i) {
            const std::string_view text = call.arguments[i].text(row);
            if (call.arguments[i].column->type != ColumnType::Dynamic) {
                any = isInRange(address, text).value_or(false);
                continue;
            }
            std::string_view element;
            for (JsonArray ranges(jsonTrim(text)); !any && ranges.next(&element);)
                any = jsonKind(element) == JsonKind::String
                      && isInRange(address, element.substr(1, element.size() - 2)).value_or(false);
        }
        putValue(call.result, row, any);
    });
}

std::string_view write(Call &call, std::string_view text, Long prefix)
{
    auto address = parseIpv6(text);
    if (!address || !isPrefix(prefix))
        return {};
    address->cut(std::min(address->prefix, static_cast<int>(prefix)));
    call.scratch.text.clear();
    appendIpv6(*address, &call.scratch.text);
    return call.keep(call.scratch.text);
}

std::string_view normalized(Call &call, std::string_view text)
{
    return write(call, text, 128);
}

} // namespace

std::vector<Function> ipv6Functions()
{
    return {
        {.name = "ipv6_compare",
         .help = "-1, 0 or 1: the order of two addresses, as far as their prefixes count.",
         .example = "ipv6_compare(a_ip, 'fe80::/10')",
         .overloads = {{"left: string, right: string, [prefix: long = 128] -> long",
                        rows<compareAddresses>}}},
        {.name = "ipv6_is_match",
         .help = "True when two addresses are the same, as far as their prefixes count.",
         .example = "ipv6_is_match(a_ip, 'fe80::/10')",
         .overloads = {{"left: string, right: string, [prefix: long = 128] -> bool", rows<match>}}},
        {.name = "ipv6_is_in_range",
         .help = "True for an address inside of a network.",
         .example = "ipv6_is_in_range(a_ip, 'fe80::/10')",
         .overloads = {{"address: string, range: string -> bool", rows<isInRange>}}},
        {.name = "ipv6_is_in_any_range",
         .help = "True for an address inside of one of several networks.",
         .example = "ipv6_is_in_any_range(a_ip, 'fe80::/10', 'fc00::/7')",
         .overloads = {{"address: string, range: string, more: string... -> bool", isInAnyRange},
                       {"address: string, ranges: dynamic -> bool", isInAnyRange}}},
        {.name = "parse_ipv6",
         .help = "An address in its full form, cut to its prefix.",
         .example = "parse_ipv6('fe80::1')",
         .overloads = {{"address: string -> string", rows<normalized>}}},
        {.name = "parse_ipv6_mask",
         .help = "The first bits of an address, in its full form.",
         .example = "parse_ipv6_mask('fe80::1', 64)",
         .overloads = {{"address: string, prefix: long -> string", rows<write>}}},
    };
}

} // namespace sluice::kql
