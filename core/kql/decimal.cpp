#include "core/kql/decimal.h"

#include "core/event/datetime.h"
#include "core/kql/values.h"

#include <boost/multiprecision/cpp_dec_float.hpp>

#include <array>
#include <charconv>

namespace sluice::kql {

namespace {

constexpr int kDigits = 34;
constexpr int kMaxExponent = 96; // far beyond money and measures; keeps the text short
using Decimal = boost::multiprecision::number<boost::multiprecision::cpp_dec_float<kDigits>>;

/// True for [+-]digits[.digits][e[+-]digits].
bool isDecimalText(std::string_view text)
{
    std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    const auto digits = [&] {
        const std::size_t first = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9')
            ++at;
        return at - first;
    };
    std::size_t count = digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        count += digits();
    }
    if (count == 0)
        return false;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '-' || text[at] == '+'))
            ++at;
        const std::size_t exponent = digits();
        if (exponent == 0 || exponent > 4)
            return false;
    }
    return at == text.size();
}

std::optional<std::string> write(const Decimal &value)
{
    if (!boost::multiprecision::isfinite(value))
        return std::nullopt;
    if (value != 0 && abs(ilogb(value)) > kMaxExponent)
        return std::nullopt;
    // 28 digits behind the point are what a .NET decimal shows at most.
    std::string text = value.str(kDigits, std::ios_base::fmtflags(0));
    if (text.find('e') != std::string::npos)
        text = value.str(28, std::ios_base::fixed);
    if (text.find('.') != std::string::npos) {
        while (text.back() == '0')
            text.pop_back();
        if (text.back() == '.')
            text.pop_back();
    }
    return text == "-0" ? "0" : text;
}

Decimal read(std::string_view text)
{
    return isDecimalText(text) ? Decimal(std::string(text)) : Decimal(0);
}

} // namespace

std::optional<std::string> normalizeDecimal(std::string_view text)
{
    text = trimSpaces(text);
    constexpr std::size_t kLongest = 128;
    if (text.size() > kLongest || !isDecimalText(text))
        return std::nullopt;
    return write(read(text));
}

std::optional<std::string> decimalOf(double value)
{
    std::array<char, kValueTextBytes> text{};
    return normalizeDecimal({text.data(), formatReal(value, text.data())});
}

std::optional<std::string> decimalCalculate(char operation, std::string_view a, std::string_view b)
{
    const Decimal left = read(a);
    const Decimal right = read(b);
    switch (operation) {
    case '+':
        return write(left + right);
    case '-':
        return write(left - right);
    case '*':
        return write(left * right);
    case '/':
        return right == 0 ? std::nullopt : write(left / right);
    default:
        break;
    }
    if (right == 0)
        return std::nullopt;
    const Decimal size = abs(right);
    Decimal rest = fmod(left, size);
    if (rest < 0)
        rest += size;
    return write(rest);
}

int decimalCompare(std::string_view a, std::string_view b)
{
    return read(a).compare(read(b));
}

std::optional<std::string> decimalBin(std::string_view value, std::string_view step)
{
    const Decimal size = read(step);
    if (size <= 0)
        return std::nullopt;
    return write(Decimal(floor(Decimal(read(value) / size)) * size));
}

std::optional<std::string> decimalRound(std::string_view value, std::int64_t digits)
{
    constexpr std::int64_t kMost = kDigits;
    if (digits > kMost || digits < -kMost)
        return std::nullopt;
    const Decimal scale = pow(Decimal(10), Decimal(static_cast<int>(digits)));
    return write(Decimal(round(Decimal(read(value) * scale)) / scale));
}

std::optional<std::string> decimalCeiling(std::string_view value)
{
    return write(Decimal(ceil(read(value))));
}

double decimalToReal(std::string_view text)
{
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

} // namespace sluice::kql
