#include "tests/nexmark/nexmark_events.h"

#include "core/base/random.h"
#include "core/base/time.h"
#include "core/event/datetime.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace sluice::test {

namespace {

constexpr std::uint64_t kBlock = 50; // events: one person, three auctions, 46 bids
constexpr std::uint64_t kAuctionsInBlock = 3;
constexpr std::uint64_t kFirstId = 1000;
constexpr std::uint64_t kFirstCategory = 10;
constexpr std::uint64_t kCategories = 5;
constexpr std::uint64_t kHotRatio = 100;
constexpr std::uint64_t kActivePeople = 1000;
constexpr std::uint64_t kInFlightAuctions = 100;
constexpr std::uint64_t kLead = 10; // ids that are a little ahead of the stream
constexpr Ticks kBegin = 1'767'225'600LL * kTicksPerSecond;

constexpr std::array kFirstNames{
    "Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"};
constexpr std::array kLastNames{
    "Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"};
constexpr std::array kCities{"Phoenix",
                             "Los Angeles",
                             "San Francisco",
                             "Boise",
                             "Portland",
                             "Bend",
                             "Redmond",
                             "Seattle",
                             "Kent",
                             "Cheyenne"};
constexpr std::array kStates{"AZ", "CA", "ID", "OR", "WA", "WY"};
constexpr std::array kChannels{"Google", "Facebook", "Baidu", "Apple"};

template<typename Array>
const char *pick(const Array &values, Random &random)
{
    return values[random.below(values.size())];
}

std::string letters(Random &random, std::uint64_t shortest, std::uint64_t longest)
{
    std::string text;
    const std::uint64_t size = shortest + random.below(longest - shortest + 1);
    for (std::uint64_t i = 0; i < size; ++i)
        text += random.below(13) == 0 ? ' ' : static_cast<char>('a' + random.below(26));
    return text;
}

/// Fills an event up to about `wanted` bytes, a fifth more or less.
std::string padding(Random &random, std::size_t used, std::size_t wanted)
{
    const std::size_t spread = wanted / 5;
    const std::size_t size = wanted - spread + random.below(2 * spread + 1);
    return size > used ? letters(random, size - used, size - used) : std::string();
}

std::string timeText(Ticks ticks)
{
    std::array<char, 64> place{};
    return {place.data(), formatDatetime(ticks, place.data())};
}

std::uint64_t price(Random &random)
{
    return static_cast<std::uint64_t>(std::lround(std::pow(10.0, random.unit() * 6) * 100));
}

/// Number of the newest person when event `number` comes, counted from 0.
std::uint64_t lastPerson(std::uint64_t number)
{
    return number / kBlock;
}

/// Number of the newest auction when event `number` comes, counted from 0.
std::uint64_t lastAuction(std::uint64_t number)
{
    const std::uint64_t block = number / kBlock;
    const std::uint64_t place = number % kBlock;
    if (place == 0)
        return block == 0 ? 0 : block * kAuctionsInBlock - 1;
    return block * kAuctionsInBlock + std::min<std::uint64_t>(place - 1, kAuctionsInBlock - 1);
}

std::uint64_t somePerson(std::uint64_t number, Random &random)
{
    const std::uint64_t last = lastPerson(number);
    const std::uint64_t active = std::min(last + 1, kActivePeople);
    return last + 1 - active + random.below(active + kLead);
}

std::string randomPath(Random &random)
{
    constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyz_";
    std::string path;
    for (int part = 0; part < 3; ++part) {
        const std::uint64_t size = 3 + random.below(2);
        for (std::uint64_t i = 0; i < size; ++i)
            path += kCharacters[random.below(kCharacters.size())];
        path += '/';
    }
    return path;
}

std::string url(std::uint64_t seed)
{
    Random random(seed);
    return "https://www.nexmark.com/" + randomPath(random) + "item.htm?query=1";
}

void appendPerson(std::string &out, std::uint64_t number, const std::string &time, Random &random)
{
    const std::size_t begin = out.size();
    const std::string first = pick(kFirstNames, random);
    const std::string last = pick(kLastNames, random);
    fmt::format_to(
        std::back_inserter(out),
        R"({{"event":"person","id":{},"name":"{} {}","email":"{}@{}.com","credit_card":"{:04} {:04} {:04} {:04}",)"
        R"("city":"{}","state":"{}","date_time":"{}")",
        kFirstId + lastPerson(number),
        first,
        last,
        letters(random, 7, 7),
        letters(random, 5, 5),
        random.below(10000),
        random.below(10000),
        random.below(10000),
        random.below(10000),
        pick(kCities, random),
        pick(kStates, random),
        time);
    fmt::format_to(
        std::back_inserter(out), R"(,"extra":"{}"}})", padding(random, out.size() - begin, 200));
}

void appendAuction(
    std::string &out, std::uint64_t number, std::uint64_t rate, Ticks now, Random &random)
{
    const std::size_t begin = out.size();
    const std::uint64_t seller = random.below(4) > 0 ? lastPerson(number) / kHotRatio * kHotRatio
                                                     : somePerson(number, random);
    const std::uint64_t initial = price(random);
    // The time in which a hundred auctions appear.
    const std::uint64_t horizon =
        std::max<std::uint64_t>(1, kInFlightAuctions * kBlock / kAuctionsInBlock * 1000 / rate);
    const Ticks expires =
        now + static_cast<TickSpan>(1 + random.below(2 * horizon)) * kTicksPerMillisecond;
    fmt::format_to(
        std::back_inserter(out),
        R"({{"event":"auction","id":{},"item_name":"{}","description":"{}","initial_bid":{},"reserve":{},)"
        R"("date_time":"{}","expires":"{}","seller":{},"category":{})",
        kFirstId + lastAuction(number),
        letters(random, 3, 20),
        letters(random, 3, 100),
        initial,
        initial + price(random),
        timeText(now),
        timeText(expires),
        kFirstId + seller,
        kFirstCategory + random.below(kCategories));
    fmt::format_to(
        std::back_inserter(out), R"(,"extra":"{}"}})", padding(random, out.size() - begin, 500));
}

void appendBid(std::string &out, std::uint64_t number, const std::string &time, Random &random)
{
    const std::size_t begin = out.size();
    const std::uint64_t last = lastAuction(number);
    const std::uint64_t oldest = last > kInFlightAuctions ? last - kInFlightAuctions : 0;
    const std::uint64_t auction = random.below(2) == 0
                                      ? last / kHotRatio * kHotRatio
                                      : oldest + random.below(last - oldest + 1 + kLead);
    const std::uint64_t bidder = random.below(4) > 0
                                     ? lastPerson(number) / kHotRatio * kHotRatio + 1
                                     : somePerson(number, random);
    std::string channel;
    std::string address;
    if (random.below(2) == 0) {
        const std::uint64_t known = random.below(kChannels.size());
        channel = kChannels[known];
        address = url(known);
    } else {
        const std::uint64_t other = random.below(10'000);
        channel = fmt::format("channel-{}", other);
        address = url(100 + other);
        if (random.below(10) > 0)
            address += fmt::format("&channel_id={}", other);
    }
    fmt::format_to(
        std::back_inserter(out),
        R"({{"event":"bid","auction":{},"bidder":{},"price":{},"channel":"{}","url":"{}","date_time":"{}")",
        kFirstId + auction,
        kFirstId + bidder,
        price(random),
        channel,
        address,
        time);
    fmt::format_to(
        std::back_inserter(out), R"(,"extra":"{}"}})", padding(random, out.size() - begin, 250));
}

} // namespace

void NexmarkEvents::append(std::string &out, std::uint64_t number) const
{
    Random random(0x5EED ^ number);
    random.next();
    const Ticks now = kBegin + static_cast<Ticks>(number * 1000 / m_rate) * kTicksPerMillisecond;
    const std::uint64_t place = number % kBlock;
    if (place == 0)
        appendPerson(out, number, timeText(now), random);
    else if (place <= kAuctionsInBlock)
        appendAuction(out, number, m_rate, now, random);
    else
        appendBid(out, number, timeText(now), random);
}

} // namespace sluice::test
