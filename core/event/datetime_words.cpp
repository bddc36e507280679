#include "core/event/datetime_words.h"

#include "core/event/datetime.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace sluice {

namespace {

constexpr std::array<std::string_view, 12> kMonths{"january",
                                                   "february",
                                                   "march",
                                                   "april",
                                                   "may",
                                                   "june",
                                                   "july",
                                                   "august",
                                                   "september",
                                                   "october",
                                                   "november",
                                                   "december"};
constexpr std::array<std::string_view, 7> kDays{
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The place of `word` in `names`, written out or by its first three letters.
template<std::size_t N>
std::optional<int> indexOfName(const std::array<std::string_view, N> &names, std::string_view word)
{
    for (std::size_t i = 0; i < N; ++i) {
        const std::string_view name = names.at(i);
        const bool length = word.size() == name.size() || word.size() == 3
                            || (word == "sept" && name == "september");
        if (length && name.substr(0, word.size()) == word)
            return static_cast<int>(i);
    }
    return std::nullopt;
}

/// Reads the text piece by piece: a date, then an optional time, then an optional zone.
class WrittenReader
{
public:
    explicit WrittenReader(std::string_view text)
        : m_rest(text)
    {}

    std::optional<Ticks> read()
    {
        skipSpaces();
        skipWeekday();
        if (!readDate() || !readTime() || !readZone() || !m_rest.empty())
            return std::nullopt;
        return moment();
    }

private:
    struct Number
    {
        int value = 0;
        std::size_t digits = 0;
    };

    void skipSpaces()
    {
        while (!m_rest.empty() && std::isspace(static_cast<unsigned char>(m_rest.front())) != 0)
            m_rest.remove_prefix(1);
    }
    bool accept(char c)
    {
        if (m_rest.empty() || m_rest.front() != c)
            return false;
        m_rest.remove_prefix(1);
        return true;
    }
    std::string word()
    {
        std::string result;
        while (!m_rest.empty() && isLetter(m_rest.front())) {
            result += static_cast<char>(std::tolower(static_cast<unsigned char>(m_rest.front())));
            m_rest.remove_prefix(1);
        }
        return result;
    }
    std::optional<Number> number()
    {
        Number result;
        while (result.digits < 8 && !m_rest.empty() && isDigit(m_rest.front())) {
            result.value = result.value * 10 + (m_rest.front() - '0');
            ++result.digits;
            m_rest.remove_prefix(1);
        }
        return result.digits == 0 ? std::nullopt : std::optional(result);
    }
    void skipWeekday()
    {
        const std::string_view before = m_rest;
        if (!indexOfName(kDays, word())) {
            m_rest = before;
            return;
        }
        accept(',');
        skipSpaces();
    }

    bool readDate()
    {
        if (m_rest.empty())
            return false;
        if (isLetter(m_rest.front()))
            return readMonthFirst();
        const auto first = number();
        if (!first)
            return false;
        if (first->digits == 8)
            return setDate(first->value / 10'000, first->value / 100 % 100, first->value % 100);
        if (first->digits == 4)
            return readAfterYear(first->value);
        if (first->digits > 2 || m_rest.empty())
            return false;
        const char separator = m_rest.front();
        if (separator != '-' && separator != '/' && separator != '.' && separator != ' ')
            return false;
        m_rest.remove_prefix(1);
        skipSpaces();
        if (!m_rest.empty() && isLetter(m_rest.front()))
            return readDayMonthName(first->value);
        return separator != ' ' && readMonthDayYear(first->value, separator);
    }
    bool readAfterYear(int year) // 2022, 2022-12, 2022/12/02
    {
        if (m_rest.empty())
            return setDate(year, 1, 1);
        const char separator = m_rest.front();
        if (separator != '-' && separator != '/' && separator != '.')
            return false;
        m_rest.remove_prefix(1);
        const auto month = number();
        if (!month || month->digits > 2)
            return false;
        if (m_rest.empty())
            return setDate(year, month->value, 1);
        if (!accept(separator))
            return false;
        const auto day = number();
        return day && day->digits <= 2 && setDate(year, month->value, day->value);
    }
    bool readMonthFirst() // Dec 2, 2022
    {
        const auto month = indexOfName(kMonths, word());
        accept('.');
        skipSpaces();
        const auto day = number();
        accept(',');
        skipSpaces();
        const auto year = number();
        return month && day && year && setYearDate(*year, *month + 1, day->value);
    }
    bool readDayMonthName(int day) // 2 Dec 2022, 02-Dec-22
    {
        const auto month = indexOfName(kMonths, word());
        if (!accept('-'))
            accept(',');
        skipSpaces();
        const auto year = number();
        return month && year && setYearDate(*year, *month + 1, day);
    }
    bool readMonthDayYear(int month, char separator) // 12/02/2022
    {
        const auto day = number();
        if (!day || day->digits > 2 || !accept(separator))
            return false;
        const auto year = number();
        return year && setYearDate(*year, month, day->value);
    }
    bool setYearDate(Number year, int month, int day)
    {
        if (year.digits == 2) // RFC 2822, section 4.3
            return setDate(year.value < 50 ? 2000 + year.value : 1900 + year.value, month, day);
        return year.digits == 4 && setDate(year.value, month, day);
    }
    bool setDate(int year, int month, int day)
    {
        if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
            return false;
        m_ticks = daysFromCivil(year, month, day) * kTicksPerDay;
        return true;
    }

    bool readTime()
    {
        if (!m_rest.empty() && (m_rest.front() == 'T' || m_rest.front() == 't'))
            m_rest.remove_prefix(1);
        else
            skipSpaces();
        if (m_rest.empty() || !isDigit(m_rest.front()))
            return true;
        auto hour = number();
        if (!hour)
            return false;
        Number minute;
        Number second;
        if (hour->digits == 4 || hour->digits == 6) { // 1345, 134556
            const int clock = hour->digits == 4 ? hour->value * 100 : hour->value;
            hour->value = clock / 10'000;
            minute.value = clock / 100 % 100;
            second.value = clock % 100;
        } else if (hour->digits > 2 || !readMinutes(&minute, &second)) {
            return false;
        }
        TickSpan fraction = 0;
        if (accept('.') && !readFraction(&fraction))
            return false;
        if (!readHalf(&hour->value) || hour->value > 23 || minute.value > 59 || second.value > 59)
            return false;
        m_ticks += hour->value * kTicksPerHour + minute.value * kTicksPerMinute
                   + second.value * kTicksPerSecond + fraction;
        return true;
    }
    bool readMinutes(Number *minute, Number *second)
    {
        if (!accept(':'))
            return false;
        const auto minutes = number();
        if (!minutes || minutes->digits > 2)
            return false;
        *minute = *minutes;
        if (!accept(':'))
            return true;
        const auto seconds = number();
        if (!seconds || seconds->digits > 2)
            return false;
        *second = *seconds;
        return true;
    }
    bool readFraction(TickSpan *fraction)
    {
        TickSpan unit = kTicksPerSecond;
        bool any = false;
        while (!m_rest.empty() && isDigit(m_rest.front())) {
            unit /= 10;
            *fraction += (m_rest.front() - '0') * unit;
            any = true;
            m_rest.remove_prefix(1);
        }
        return any;
    }
    bool readHalf(int *hour) // AM, PM
    {
        const std::string_view before = m_rest;
        skipSpaces();
        const std::string half = word();
        if (half != "am" && half != "pm") {
            m_rest = before;
            return true;
        }
        if (*hour < 1 || *hour > 12)
            return false;
        *hour = *hour % 12 + (half == "pm" ? 12 : 0);
        return true;
    }

    bool readZone()
    {
        skipSpaces();
        if (!m_rest.empty() && isLetter(m_rest.front())) {
            const std::string zone = word();
            if (zone != "z" && zone != "gmt" && zone != "utc" && zone != "ut")
                return false;
        } else if (!m_rest.empty() && (m_rest.front() == '+' || m_rest.front() == '-')) {
            const bool west = m_rest.front() == '-';
            m_rest.remove_prefix(1);
            const auto clock = number();
            if (!clock)
                return false;
            int minutes = clock->digits <= 2 ? clock->value * 60
                                             : clock->value / 100 * 60 + clock->value % 100;
            if (accept(':')) {
                const auto more = number();
                if (!more || more->value > 59)
                    return false;
                minutes += more->value;
            }
            if (minutes > 14 * 60)
                return false;
            m_ticks -= (west ? -minutes : minutes) * kTicksPerMinute;
        }
        skipSpaces();
        return true;
    }

    std::optional<Ticks> moment() const
    {
        return isValidTicks(m_ticks) ? std::optional(m_ticks) : std::nullopt;
    }

    std::string_view m_rest;
    Ticks m_ticks = 0;
};

} // namespace

std::optional<Ticks> parseWrittenDatetime(std::string_view text)
{
    constexpr std::size_t kLongest = 64;
    if (text.size() > kLongest)
        return std::nullopt;
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    std::string_view trimmed = text;
    while (!trimmed.empty() && trimmed.front() == ' ')
        trimmed.remove_prefix(1);
    if (const auto iso = parseIsoDatetime(trimmed))
        return iso;
    return WrittenReader(trimmed).read();
}

} // namespace sluice
