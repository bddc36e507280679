// gzip and zlib, to and from base64.
#include "core/kql/base64.h"
#include "core/kql/function.h"
#include "core/kql/text.h"

#include <algorithm>
#include <array>
#include <zlib.h>

namespace sluice::kql {

namespace {

constexpr int kRawBits = -15;
constexpr int kZlibBits = 15;
constexpr int kGzipBits = 31;
constexpr std::size_t kMaxStored = 0xFFFF;

Bytef *bytesOf(std::string_view text)
{
    // zlib reads next_in only, whatever its type says.
    return reinterpret_cast<Bytef *>(const_cast<char *>(text.data())); // NOLINT
}

/// Appends the text as a deflate stream. A text that fits one fixed-code block is stored as it
/// is: so do the engine's own streams.
bool appendDeflated(std::string_view text, std::string *out)
{
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawBits, 8, Z_DEFAULT_STRATEGY)
        != Z_OK)
        return false;
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = bytesOf(text);
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = bytesOf(packed);
    stream.avail_out = static_cast<uInt>(packed.size());
    const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (!done || packed.empty())
        return false;
    constexpr unsigned kFixedCodes = 1;
    const bool fixed = (static_cast<unsigned char>(packed[0]) >> 1U & 3U) == kFixedCodes;
    if (!fixed || text.size() > kMaxStored) {
        *out += packed;
        return true;
    }
    const auto size = static_cast<unsigned>(text.size());
    for (const unsigned byte : {1U, size, size >> 8U, ~size, ~size >> 8U})
        *out += static_cast<char>(byte & 0xFFU);
    *out += text;
    return true;
}

void appendNumber(unsigned long value, bool bigEndian, std::string *out)
{
    for (unsigned i = 0; i < 4; ++i)
        *out += static_cast<char>(value >> (bigEndian ? 24 - 8 * i : 8 * i) & 0xFFU);
}

std::string_view toGzip(Call &call, std::string_view text)
{
    std::string &bytes = call.scratch.other;
    bytes.assign("\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10); // no name, no time, unknown system
    if (!appendDeflated(text, &bytes))
        return {};
    appendNumber(crc32(0, bytesOf(text), static_cast<uInt>(text.size())), false, &bytes);
    appendNumber(text.size(), false, &bytes);
    call.scratch.text.clear();
    encodeBase64(bytes, &call.scratch.text);
    return call.keep(call.scratch.text);
}

std::string_view toZlib(Call &call, std::string_view text)
{
    std::string &bytes = call.scratch.other;
    bytes = "\x78\x9C"; // deflate, window of 32 KiB, default level
    if (!appendDeflated(text, &bytes))
        return {};
    appendNumber(adler32(1, bytesOf(text), static_cast<uInt>(text.size())), true, &bytes);
    call.scratch.text.clear();
    encodeBase64(bytes, &call.scratch.text);
    return call.keep(call.scratch.text);
}

/// What cannot be unpacked, is longer than a text may be or is no UTF-8 gives "".
template<int kBits>
std::string_view unpack(Call &call, std::string_view text)
{
    std::string &bytes = call.scratch.other;
    bytes.clear();
    if (text.empty() || !decodeBase64(text, &bytes))
        return {};
    z_stream stream{};
    if (inflateInit2(&stream, kBits) != Z_OK)
        return {};
    std::string &out = call.scratch.text;
    out.clear();
    std::array<char, 16 * 1024> buffer{};
    stream.next_in = bytesOf(bytes);
    stream.avail_in = static_cast<uInt>(bytes.size());
    int status = Z_OK;
    while (status == Z_OK && out.size() <= kMaxTextBytes) {
        stream.next_out = reinterpret_cast<Bytef *>(buffer.data());
        stream.avail_out = buffer.size();
        status = inflate(&stream, Z_NO_FLUSH);
        out.append(buffer.data(), buffer.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END || !isUtf8(out))
        return {};
    return call.keep(out);
}

Function
ofText(std::string_view name, std::string_view help, std::string_view example, Kernel kernel)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {{"text: string -> string", kernel}}};
}

} // namespace

std::vector<Function> compressionFunctions()
{
    return {
        ofText("gzip_compress_to_base64_string",
               "A text packed by gzip, in base64.",
               "gzip_compress_to_base64_string(body)",
               rows<toGzip>),
        ofText("gzip_decompress_from_base64_string",
               "The text that was packed by gzip.",
               "gzip_decompress_from_base64_string(body)",
               rows<unpack<kGzipBits>>),
        ofText("zlib_compress_to_base64_string",
               "A text packed by zlib, in base64.",
               "zlib_compress_to_base64_string(body)",
               rows<toZlib>),
        ofText("zlib_decompress_from_base64_string",
               "The text that was packed by zlib.",
               "zlib_decompress_from_base64_string(body)",
               rows<unpack<kZlibBits>>),
    };
}

} // namespace sluice::kql
