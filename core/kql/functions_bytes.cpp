// Code points, bits, base64 of bytes and guids, sizes for people.
#include "core/event/datetime.h"
#include "core/kql/array_values.h"
#include "core/kql/base64.h"
#include "core/kql/binder.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/text.h"
#include "core/kql/values.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

Long countOnes(Long value)
{
    return std::popcount(static_cast<std::uint64_t>(value));
}

std::string_view codePoints(Call &call, std::string_view text)
{
    TextBuilder builder(call.scratch);
    builder.append('[');
    const char *at = text.data();
    const char *const end = at + text.size();
    while (at != end && !builder.isFull()) {
        const char32_t character = nextCharacter(&at, end);
        if (builder.text().size() > 1)
            builder.append(',');
        builder.append(std::to_string(static_cast<std::uint32_t>(character)));
    }
    builder.append(']');
    return call.keep(builder.text());
}

/// @return false when a number is no code point
bool appendCodePoint(std::optional<Long> number, std::string *out)
{
    if (!number || *number < 0 || *number > 0x10FFFF || (*number >= 0xD800 && *number < 0xE000))
        return false;
    appendCharacter(static_cast<char32_t>(*number), out);
    return true;
}

/// Numbers and arrays of numbers in any mix.
void textOfCodePoints(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        std::string &out = call.scratch.text;
        out.clear();
        bool good = true;
        for (const Vector &argument : call.arguments) {
            if (argument.column->type != ColumnType::Dynamic) {
                good = good && argument.valid(row) && appendCodePoint(argument.integer(row), &out);
                continue;
            }
            const std::string_view json = jsonTrim(argument.text(row));
            if (!isJsonArray(json)) {
                good = good && appendCodePoint(parseLong(json), &out);
                continue;
            }
            std::string_view element;
            for (JsonArray elements(json); elements.next(&element);)
                good = good && appendCodePoint(parseLong(element), &out);
        }
        putKept(call, row, good ? call.keep(out) : std::string_view());
    });
}

NodePtr bindCodePoints(Binder &binder,
                       const Function &function,
                       const Position &at,
                       std::vector<NodePtr> arguments)
{
    for (const NodePtr &argument : arguments) {
        if (storageOf(argument->type) != Storage::Integer && argument->type != ColumnType::Dynamic)
            return binder.refuse(argument->at,
                                 ErrorCode::WrongType,
                                 fmt::format("{}() takes whole numbers and arrays of them, not {}",
                                             function.name,
                                             typeName(argument->type)));
    }
    return binder.callOverload(function, at, std::move(arguments));
}

Function ofPoints(std::string_view name)
{
    return {.name = name,
            .help = "The text of code points, given one by one or in arrays.",
            .example = "unicode_codepoints_to_string(75, 117, 115)",
            .overloads = {{"point: any, more: any... -> string", textOfCodePoints}},
            .bind = bindCodePoints,
            .aliasOf = name == "make_string" ? "unicode_codepoints_to_string" : ""};
}

std::string_view base64OfArray(Call &call, std::string_view json)
{
    if (!isJsonArray(json))
        return {};
    std::string &bytes = call.scratch.other;
    bytes.clear();
    std::string_view element;
    for (JsonArray elements(jsonTrim(json)); elements.next(&element);) {
        const auto value = parseLong(element);
        if (!value || *value < 0 || *value > 255)
            return {};
        bytes += static_cast<char>(*value);
    }
    call.scratch.text.clear();
    encodeBase64(bytes, &call.scratch.text);
    return call.keep(call.scratch.text);
}

std::string_view arrayOfBase64(Call &call, std::string_view text)
{
    std::string &bytes = call.scratch.other;
    bytes.clear();
    if (!decodeBase64(text, &bytes))
        return {};
    std::string &json = call.scratch.text;
    json = "[";
    for (const char c : bytes) {
        if (json.size() > 1)
            json += ',';
        json += std::to_string(static_cast<unsigned char>(c));
    }
    json += ']';
    return call.keep(json);
}

/// Where the bytes of a guid lie in .NET: the first three groups are little-endian.
constexpr std::array<std::size_t, 16> kGuidOrder{
    3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

std::string_view base64OfGuid(Call &call, std::string_view guid)
{
    if (guid.empty())
        return {};
    std::string digits(guid);
    std::erase(digits, '-');
    std::string bytes(16, '\0');
    for (std::size_t i = 0; i < 16; ++i)
        bytes[i] =
            static_cast<char>(parseLong("0x" + digits.substr(2 * kGuidOrder.at(i), 2)).value_or(0));
    call.scratch.text.clear();
    encodeBase64(bytes, &call.scratch.text);
    return call.keep(call.scratch.text);
}

std::string_view guidOfBase64(Call &call, std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string &bytes = call.scratch.other;
    bytes.clear();
    if (!decodeBase64(text, &bytes) || bytes.size() != 16)
        return {};
    std::string digits(32, '0');
    for (std::size_t i = 0; i < 16; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        digits[2 * kGuidOrder.at(i)] = kHex[byte >> 4U];
        digits[2 * kGuidOrder.at(i) + 1] = kHex[byte & 15U];
    }
    return call.keep(*normalizeGuid(digits));
}

constexpr std::array<std::string_view, 7> kUnits{"Bytes", "KB", "MB", "GB", "TB", "PB", "EB"};

/// Without a unit the largest that leaves a number of at least 1.
std::string_view formatSize(Call &call, double size, Long precision, std::string_view unit)
{
    constexpr double kStep = 1024;
    if (!std::isfinite(size) || precision < 0 || precision > 15)
        return {};
    const auto known = std::find(kUnits.begin(), kUnits.end(), unit);
    if (known == kUnits.end() && !unit.empty())
        return {};
    std::size_t step = 0;
    while (known != kUnits.end() ? step < static_cast<std::size_t>(known - kUnits.begin())
                                 : std::fabs(size) >= kStep && step + 1 < kUnits.size()) {
        size /= kStep;
        ++step;
    }
    const double scale = std::pow(10.0, static_cast<double>(precision));
    const double rounded = std::round(size * scale) / scale;
    std::array<char, kValueTextBytes> text{};
    std::string_view number(text.data(), formatReal(rounded, text.data()));
    if (number.ends_with(".0"))
        number.remove_suffix(2);
    call.scratch.text = number;
    call.scratch.text.append(" ").append(kUnits.at(step));
    return call.keep(call.scratch.text);
}

Function ofBytes(std::string_view name,
                 std::string_view help,
                 std::string_view example,
                 Overload overload,
                 std::string_view alias = {})
{
    return {
        .name = name, .help = help, .example = example, .overloads = {overload}, .aliasOf = alias};
}

} // namespace

std::vector<Function> byteFunctions()
{
    return {
        ofBytes("isutf8",
                "True for a text that is UTF-8.",
                "isutf8(name)",
                {"text: text -> bool", rows<isUtf8>}),
        ofBytes("bitset_count_ones",
                "How many bits of a number are 1.",
                "bitset_count_ones(42)",
                {"value: long -> long", rows<countOnes>}),
        ofBytes("unicode_codepoints_from_string",
                "The code points of a text.",
                "unicode_codepoints_from_string(name)",
                {"text: text -> dynamic", rows<codePoints>}),
        ofBytes("to_utf8",
                "The code points of a text.",
                "to_utf8(name)",
                {"text: text -> dynamic", rows<codePoints>},
                "unicode_codepoints_from_string"),
        ofPoints("unicode_codepoints_to_string"),
        ofPoints("make_string"),
        ofBytes("base64_encode_fromarray",
                "An array of bytes in base64.",
                "base64_encode_fromarray(values)",
                {"bytes: dynamic -> string", rows<base64OfArray>}),
        ofBytes("base64_decode_toarray",
                "The bytes that base64 stands for, as an array.",
                "base64_decode_toarray(body)",
                {"text: string -> dynamic", rows<arrayOfBase64>}),
        ofBytes("base64_encode_fromguid",
                "A guid in base64.",
                "base64_encode_fromguid(new_guid())",
                {"value: guid -> string", rows<base64OfGuid>}),
        ofBytes("base64_decode_toguid",
                "The guid that base64 stands for.",
                "base64_decode_toguid(body)",
                {"text: string -> guid", rows<guidOfBase64>}),
        ofBytes(
            "format_bytes",
            "A number of bytes for people: '19.08 MB'.",
            "format_bytes(20010332, 2)",
            {"size: real, [precision: long = 0], [unit: string = ''] -> string", rows<formatSize>}),
    };
}

} // namespace sluice::kql
