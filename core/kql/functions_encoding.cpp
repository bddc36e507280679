// Base64, URLs, CSV, versions, hashes and guids.
#include "core/event/datetime.h"
#include "core/kql/base64.h"
#include "core/kql/decimal.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/text.h"
#include "core/kql/values.h"

#include <algorithm>
#include <array>
#include <openssl/evp.h>
#include <xxhash.h>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

std::string_view base64Of(Call &call, std::string_view text)
{
    call.scratch.text.clear();
    encodeBase64(text, &call.scratch.text);
    return call.keep(call.scratch.text);
}

/// Text that is no base64, or whose bytes are no UTF-8, gives "".
std::string_view textOfBase64(Call &call, std::string_view text)
{
    std::string &out = call.scratch.text;
    out.clear();
    return decodeBase64(text, &out) && isUtf8(out) ? call.keep(out) : std::string_view();
}

bool isUnreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
           || c == '_' || c == '.' || c == '~';
}

void appendPercent(char c, std::string *out)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    *out += '%';
    *out += kHex[static_cast<unsigned char>(c) >> 4U];
    *out += kHex[static_cast<unsigned char>(c) & 15U];
}

std::string_view encodeUrlComponent(Call &call, std::string_view text)
{
    std::string &out = call.scratch.text;
    out.clear();
    for (const char c : text) {
        if (isUnreserved(c))
            out += c;
        else
            appendPercent(c, &out);
    }
    return call.keep(out);
}

/// As forms do it: a space is a plus.
std::string_view encodeUrl(Call &call, std::string_view text)
{
    std::string &out = call.scratch.text;
    out.clear();
    for (const char c : text) {
        if (c == ' ')
            out += '+';
        else if (isUnreserved(c))
            out += c;
        else
            appendPercent(c, &out);
    }
    return call.keep(out);
}

std::string decoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() + 0) {
            const auto value = parseLong("0x" + std::string(text.substr(i + 1, 2)));
            if (value && text.substr(i + 1, 2).size() == 2) {
                out += static_cast<char>(*value);
                i += 2;
                continue;
            }
        }
        out += text[i] == '+' ? ' ' : text[i];
    }
    return out;
}

std::string_view decodeUrl(Call &call, std::string_view text)
{
    return call.keep(decoded(text));
}

void appendMember(std::string_view key, std::string_view value, std::string *json)
{
    if (json->back() != '{')
        *json += ',';
    jsonQuote(key, json);
    *json += ':';
    jsonQuote(value, json);
}

void appendQuery(std::string_view query, std::string *json)
{
    *json += '{';
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (!pair.empty())
            appendMember(decoded(pair.substr(0, equals)),
                         decoded(pair.substr(std::min(equals + 1, pair.size()))),
                         json);
    }
    *json += '}';
}

/// Takes off the front up to a mark, and the mark; all when the mark is not there.
std::string_view takeUntil(std::string_view *text, std::size_t at, std::size_t markSize)
{
    const std::size_t end = std::min(at, text->size());
    const std::string_view part = text->substr(0, end);
    text->remove_prefix(std::min(end + markSize, text->size()));
    return part;
}

std::string_view parseUrl(Call &call, std::string_view url)
{
    std::string &json = call.scratch.text;
    std::string_view rest = url;
    std::string_view fragment;
    if (const std::size_t at = rest.find('#'); at != std::string_view::npos) {
        fragment = rest.substr(at + 1);
        rest = rest.substr(0, at);
    }
    std::string_view query;
    if (const std::size_t at = rest.find('?'); at != std::string_view::npos) {
        query = rest.substr(at + 1);
        rest = rest.substr(0, at);
    }
    std::string_view scheme;
    if (const std::size_t at = rest.find("://"); at != std::string_view::npos)
        scheme = takeUntil(&rest, at, 3);
    std::string_view authority = takeUntil(&rest, rest.find('/'), 0);
    std::string_view user;
    std::string_view password;
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        std::string_view credentials = takeUntil(&authority, at, 1);
        user = takeUntil(&credentials, credentials.find(':'), 1);
        password = credentials;
    }
    const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
    const std::size_t colon =
        bracket == std::string_view::npos ? bracket : authority.find(':', bracket);
    const std::string_view host = takeUntil(&authority, colon, 1);
    json = "{";
    appendMember("Scheme", scheme, &json);
    appendMember("Host", host, &json);
    appendMember("Port", authority, &json);
    appendMember("Path", rest, &json);
    appendMember("Username", user, &json);
    appendMember("Password", password, &json);
    json += ",\"Query Parameters\":";
    appendQuery(query, &json);
    appendMember("Fragment", fragment, &json);
    json += '}';
    return call.keep(json);
}

std::string_view parseUrlQuery(Call &call, std::string_view query)
{
    std::string &json = call.scratch.text;
    json = "{\"Query Parameters\":";
    appendQuery(query, &json);
    json += '}';
    return call.keep(json);
}

/// The first record of a CSV text as an array of strings.
std::string_view parseCsv(Call &call, std::string_view text)
{
    std::string &json = call.scratch.text;
    json = "[";
    std::string field;
    std::size_t i = 0;
    while (true) {
        field.clear();
        if (i < text.size() && text[i] == '"') {
            for (++i; i < text.size(); ++i) {
                if (text[i] == '"' && (i + 1 >= text.size() || text[i + 1] != '"'))
                    break;
                i += text[i] == '"' ? 1 : 0; // a doubled quote stands for one
                field += text[i];
            }
            ++i;
        }
        while (i < text.size() && text[i] != ',' && text[i] != '\n' && text[i] != '\r')
            field += text[i++];
        if (json.size() > 1)
            json += ',';
        jsonQuote(field, &json);
        if (i >= text.size() || text[i] != ',')
            break;
        ++i;
    }
    json += ']';
    return call.keep(json);
}

/// A version of up to four parts as one decimal, eight digits a part.
std::string_view parseVersion(Call &call, std::string_view text)
{
    constexpr std::size_t kParts = 4;
    constexpr std::size_t kDigits = 8;
    std::string digits;
    std::size_t parts = 0;
    for (; !text.empty() || parts == 0; ++parts) {
        const std::string_view part = takeUntil(&text, text.find('.'), 1);
        if (part.empty() || part.size() > kDigits || parts == kParts
            || !std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; }))
            return {};
        digits.append(kDigits - part.size(), '0').append(part);
    }
    digits.append((kParts - parts) * kDigits, '0');
    const auto value = normalizeDecimal(digits);
    return value ? call.keep(*value) : std::string_view();
}

/// C:\folder\file.txt:stream or scheme:///folder/file.txt, taken apart.
std::string_view parsePath(Call &call, std::string_view path)
{
    std::string_view rest = path;
    std::string_view scheme;
    if (const std::size_t at = rest.find("://"); at != std::string_view::npos)
        scheme = takeUntil(&rest, at, 3);
    const bool drive = rest.size() >= 3 && rest[1] == ':' && rest[2] == '\\';
    const std::string_view root = drive ? rest.substr(0, 3) : std::string_view();
    std::string_view stream;
    if (const std::size_t at = rest.rfind(':'); at != std::string_view::npos && at > 1) {
        stream = rest.substr(at + 1);
        rest = rest.substr(0, at);
    }
    const std::size_t slash = rest.find_last_of("/\\");
    const std::string_view file = slash == std::string_view::npos ? rest : rest.substr(slash + 1);
    const std::string_view folder =
        slash == std::string_view::npos ? std::string_view() : rest.substr(0, slash);
    const std::size_t folderSlash = folder.find_last_of("/\\");
    const std::size_t dot = file.rfind('.');
    std::string &json = call.scratch.text;
    json = "{";
    appendMember("Scheme", scheme, &json);
    appendMember("RootPath", root, &json);
    appendMember("DirectoryPath", folder, &json);
    appendMember("DirectoryName",
                 folderSlash == std::string_view::npos ? folder : folder.substr(folderSlash + 1),
                 &json);
    appendMember("Filename", file, &json);
    appendMember("Extension",
                 dot == std::string_view::npos ? std::string_view() : file.substr(dot + 1),
                 &json);
    appendMember("AlternateDataStreamName", stream, &json);
    json += '}';
    return call.keep(json);
}

/// The digest of a text in hexadecimal; of an empty text nothing.
template<auto kDigest>
std::string_view digest(Call &call, std::string_view text)
{
    if (text.empty())
        return {};
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), bytes.data(), &size, kDigest(), nullptr) != 1)
        return {};
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string &out = call.scratch.text;
    out.clear();
    for (unsigned i = 0; i < size; ++i) {
        out += kHex[bytes.at(i) >> 4U];
        out += kHex[bytes.at(i) & 15U];
    }
    return call.keep(out);
}

/// Texts by their bytes, numbers and times by their eight.
template<typename T>
std::uint64_t hashOf(T value)
{
    if constexpr (std::same_as<T, std::string_view>)
        return XXH64(value.data(), value.size(), 0);
    else
        return XXH64(&value, sizeof value, 0);
}
template<typename T, Long kOffset = 0>
Long hashValue(T value)
{
    if constexpr (kOffset != 0)
        value += kOffset;
    return static_cast<Long>(hashOf(value));
}
template<typename T, Long kOffset = 0>
std::optional<Long> hashModulo(T value, Long modulo)
{
    if (modulo <= 0)
        return std::nullopt;
    if constexpr (kOffset != 0)
        value += kOffset;
    return static_cast<Long>(hashOf(value) % static_cast<std::uint64_t>(modulo));
}

std::string_view newGuid(Call &call)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string text;
    for (int i = 0; i < 32; ++i)
        text += kHex[call.scratch.random.below(16)];
    text[12] = '4'; // RFC 4122: random
    text[16] = kHex[8 + call.scratch.random.below(4)];
    return call.keep(*normalizeGuid(text));
}

std::string_view toHex(Call &call, Long value, Long length)
{
    std::array<char, 17> digits{};
    const int size =
        std::snprintf(digits.data(), digits.size(), "%llx", static_cast<unsigned long long>(value));
    std::string text(length > size && length <= 16 ? static_cast<std::size_t>(length - size) : 0,
                     '0');
    return call.keep(text.append(digits.data(), static_cast<std::size_t>(size)));
}

Function ofText(std::string_view name,
                std::string_view help,
                std::string_view example,
                Overload overload,
                std::string_view alias = {})
{
    return {
        .name = name, .help = help, .example = example, .overloads = {overload}, .aliasOf = alias};
}

std::vector<Overload> hashOverloads()
{
    constexpr Long kFromYearOne = -kMinTicks; // as .NET counts ticks
    using Text = std::string_view;
    return {{"text: string -> long", rows<hashValue<Text>>},
            {"text: string, modulo: long -> long", rows<hashModulo<Text>>},
            {"value: long -> long", rows<hashValue<Long>>},
            {"value: long, modulo: long -> long", rows<hashModulo<Long>>},
            {"value: real -> long", rows<hashValue<double>>, nullptr, true}, // of reals alone
            {"value: real, modulo: long -> long", rows<hashModulo<double>>, nullptr, true},
            {"value: datetime -> long", rows<hashValue<Long, kFromYearOne>>},
            {"value: datetime, modulo: long -> long", rows<hashModulo<Long, kFromYearOne>>},
            {"value: timespan -> long", rows<hashValue<Long>>},
            {"value: timespan, modulo: long -> long", rows<hashModulo<Long>>}};
}

} // namespace

std::vector<Function> encodingFunctions()
{
    constexpr std::string_view kText = "text: string -> string";
    constexpr std::string_view kDynamic = "text: string -> dynamic";
    return {
        ofText("base64_encode_tostring",
               "A text in base64.",
               "base64_encode_tostring(name)",
               {kText, rows<base64Of>}),
        ofText("base64_decode_tostring",
               "The text that base64 stands for.",
               "base64_decode_tostring(body)",
               {kText, rows<textOfBase64>}),
        ofText("base64_encodestring",
               "The same as base64_encode_tostring().",
               "base64_encodestring(name)",
               {kText, rows<base64Of>},
               "base64_encode_tostring"),
        ofText("base64_decodestring",
               "The same as base64_decode_tostring().",
               "base64_decodestring(body)",
               {kText, rows<textOfBase64>},
               "base64_decode_tostring"),
        ofText("url_encode_component",
               "A text as it stands in a URL.",
               "url_encode_component(name)",
               {kText, rows<encodeUrlComponent>}),
        ofText("url_encode",
               "A text as a form sends it.",
               "url_encode(name)",
               {kText, rows<encodeUrl>}),
        ofText("url_decode",
               "The text that a part of a URL stands for.",
               "url_decode(query)",
               {kText, rows<decodeUrl>}),
        ofText(
            "parse_url", "The parts of a URL.", "parse_url(link).Host", {kDynamic, rows<parseUrl>}),
        ofText("parse_urlquery",
               "The parameters of a URL's query.",
               "parse_urlquery('a=1&b=2')",
               {kDynamic, rows<parseUrlQuery>}),
        ofText("parse_csv",
               "The fields of a line of CSV.",
               "parse_csv(line)[0]",
               {kDynamic, rows<parseCsv>}),
        ofText("parse_path",
               "The parts of a file's path.",
               "parse_path(file).Extension",
               {kDynamic, rows<parsePath>}),
        ofText("parse_version",
               "A version as a number that compares well.",
               "parse_version('1.2.3') > parse_version(min)",
               {"text: string -> decimal", rows<parseVersion>}),
        ofText("hash_md5",
               "The MD5 digest.",
               "hash_md5(name)",
               {"value: text -> string", rows<digest<EVP_md5>>}),
        ofText("hash_sha1",
               "The SHA-1 digest.",
               "hash_sha1(name)",
               {"value: text -> string", rows<digest<EVP_sha1>>}),
        ofText("hash_sha256",
               "The SHA-256 digest.",
               "hash_sha256(name)",
               {"value: text -> string", rows<digest<EVP_sha256>>}),
        {.name = "hash",
         .help = "A 64-bit hash; with a modulus a number below it.",
         .example = "hash(name, 10)",
         .overloads = hashOverloads()},
        {.name = "hash_xxhash64",
         .help = "The xxHash64 of a text.",
         .example = "hash_xxhash64(name)",
         .overloads = hashOverloads()},
        {.name = "new_guid",
         .help = "A new random guid.",
         .example = "new_guid()",
         .overloads = {{" -> guid", rows<newGuid>}},
         .stability = Stability::Row},
        {.name = "tohex",
         .help = "A number in hexadecimal.",
         .example = "tohex(255)",
         .overloads = {{"value: long, [length: long = 0] -> string", rows<toHex>}}},
    };
}

} // namespace sluice::kql
