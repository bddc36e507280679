#include "core/kql/regex.h"

#include <atomic>
#include <random>

namespace sluice::kql {

namespace {

constexpr std::size_t kMaxCachedPatterns = 64;
constexpr std::size_t kMaxPatternBytes = 64 * 1024;
constexpr std::int64_t kMaxRegexMemory = 8 << 20;

/// What stands for \d, \w, \s and their opposites; alone and inside of […].
std::string_view unicodeClass(char letter, bool inClass)
{
    switch (letter) {
    case 'd':
        return "\\p{Nd}";
    case 'D':
        return "\\P{Nd}";
    case 'w':
        return inClass ? "\\p{L}\\p{M}\\p{Nd}\\p{Pc}" : "[\\p{L}\\p{M}\\p{Nd}\\p{Pc}]";
    case 'W':
        return inClass ? std::string_view() : "[^\\p{L}\\p{M}\\p{Nd}\\p{Pc}]";
    case 's':
        return inClass ? "\\s\\x{85}\\p{Z}" : "[\\s\\x{85}\\p{Z}]";
    case 'S':
        return inClass ? std::string_view() : "[^\\s\\x{85}\\p{Z}]";
    default:
        return {};
    }
}

std::string widened(std::string_view pattern)
{
    std::string out;
    bool inClass = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        if (c == '\\' && i + 1 < pattern.size()) {
            const char letter = pattern[++i];
            const std::string_view wide = unicodeClass(letter, inClass);
            if (letter == 'Q') { // up to \E everything is itself
                const std::size_t end = pattern.find("\\E", i);
                out += pattern.substr(i - 1, end == std::string_view::npos ? end : end - i + 1);
                i = end == std::string_view::npos ? pattern.size() : end - 1;
            } else if (wide.empty()) {
                out += c;
                out += letter;
            } else {
                out += wide;
            }
            continue;
        }
        if (c == '[' && !inClass) {
            inClass = true;
            // A ']' that comes first is itself.
            out += c;
            if (i + 1 < pattern.size() && pattern[i + 1] == '^')
                out += pattern[++i];
            if (i + 1 < pattern.size() && pattern[i + 1] == ']')
                out += pattern[++i];
            continue;
        }
        if (c == ']')
            inClass = false;
        out += c;
    }
    return out;
}

} // namespace

Result<RegexPtr> compileRegex(std::string_view pattern)
{
    if (pattern.size() > kMaxPatternBytes)
        return fail(ErrorCode::TooComplex, "the regular expression is longer than 64 KiB");
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMaxRegexMemory);
    const std::string wide = widened(pattern);
    auto regex = std::make_shared<const re2::RE2>(wide, options);
    if (!regex->ok())
        return fail(ErrorCode::WrongArguments,
                    "the regular expression '{}' cannot be read: {}",
                    pattern,
                    regex->error())
            .hint("The syntax is RE2's: no look-around and no back-references.");
    return regex;
}

const re2::RE2 *RegexCache::find(std::string_view pattern)
{
    const auto known = patterns.find(pattern);
    if (known != patterns.end())
        return known->second.get();
    if (patterns.size() >= kMaxCachedPatterns)
        patterns.clear();
    auto compiled = compileRegex(pattern);
    const RegexPtr regex = compiled ? *compiled : nullptr;
    patterns.emplace(std::string(pattern), regex);
    return regex.get();
}

std::uint64_t seedOfScratch()
{
    static std::atomic<std::uint64_t> next = std::random_device{}();
    return next.fetch_add(0x9E3779B97F4A7C15ULL);
}

} // namespace sluice::kql
