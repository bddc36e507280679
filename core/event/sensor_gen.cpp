#include "core/event/sensor_gen.h"

#include "core/base/time.h"

#include <ctime>

namespace sluice {

namespace {

constexpr std::int64_t kFirstSecond = 1'767'225'600; // 2026-01-01T00:00:00Z

void putDigits(char *place, std::uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; --i) {
        place[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

} // namespace

void appendSensorGenEvent(std::string &out, std::uint64_t index)
{
    const std::uint64_t device = index * 7919 % 1000;
    const std::uint64_t tenths = (index / 1000 * 37 + index % 1000 * 11) % 400;
    const std::uint64_t milliseconds = index / 40;

    char text[] = R"({"device_id":"sensor000","temp":)"; // NOLINT(modernize-avoid-c-arrays)
    putDigits(text + sizeof(R"({"device_id":"sensor)") - 1, device, 3);
    out.append(text, sizeof(text) - 1);
    char temp[4]; // NOLINT(modernize-avoid-c-arrays)
    putDigits(temp, tenths / 10, 2);
    temp[2] = '.';
    temp[3] = static_cast<char>('0' + tenths % 10);
    const std::size_t skip = tenths < 100 ? 1 : 0;
    out.append(temp + skip, sizeof(temp) - skip);

    const std::time_t second = kFirstSecond + static_cast<std::int64_t>(milliseconds / 1000);
    struct Cached
    {
        std::time_t second = -1;
        std::tm parts{};
    };
    thread_local Cached cached; // 40,000 events share a second
    if (cached.second != second) {
        gmtime_r(&second, &cached.parts);
        cached.second = second;
    }
    char time[] = R"(,"timestamp":"0000-00-00T00:00:00.000Z"})"; // NOLINT
    char *p = time + sizeof(R"(,"timestamp":")") - 1;
    putDigits(p, static_cast<std::uint64_t>(cached.parts.tm_year + 1900), 4);
    putDigits(p + 5, static_cast<std::uint64_t>(cached.parts.tm_mon + 1), 2);
    putDigits(p + 8, static_cast<std::uint64_t>(cached.parts.tm_mday), 2);
    putDigits(p + 11, static_cast<std::uint64_t>(cached.parts.tm_hour), 2);
    putDigits(p + 14, static_cast<std::uint64_t>(cached.parts.tm_min), 2);
    putDigits(p + 17, static_cast<std::uint64_t>(cached.parts.tm_sec), 2);
    putDigits(p + 20, milliseconds % 1000, 3);
    out.append(time, sizeof(time) - 1);
}

} // namespace sluice
