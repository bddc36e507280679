#include "core/sources/sample_generator.h"

#include "core/event/datetime.h"
#include "core/event/sensor_gen.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>

namespace sluice {

namespace {

/// Every event has random numbers of its own: random access, whatever the order.
Random eventRandom(std::uint64_t seed, std::uint64_t index)
{
    Random mixed(seed * 0x9E3779B97F4A7C15ULL ^ index);
    return Random(mixed.next());
}

std::string_view timeText(Ticks time, std::array<char, 48> &buffer)
{
    const Ticks millisecond = time - time % kTicksPerMillisecond;
    return {buffer.data(), formatDatetime(millisecond, buffer.data())};
}

template<typename... Args>
void put(std::string &out, fmt::format_string<Args...> text, Args &&...args)
{
    fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
}

/// A value that swings slowly around a machine's own middle, with noise and rare overheating.
double machineValue(std::uint64_t seed, std::uint64_t machine, Ticks time, Random &random)
{
    Random own(seed ^ machine * 7919U);
    const double middle = 55 + own.unit() * 20;
    const double period = 40 + own.unit() * 80; // seconds
    const double seconds = static_cast<double>(time % (kTicksPerDay * 10)) / kTicksPerSecond;
    double value = middle + 8 * std::sin(seconds / period * 6.283185307) + random.normal() * 0.8;
    const bool overheating = machine % 10 == 3 && std::fmod(seconds, 90) > 70;
    return overheating ? value + 25 : value;
}

class FactorySensors : public SampleGenerator
{
public:
    explicit FactorySensors(std::uint64_t seed)
        : m_seed(seed)
    {}
    void append(std::string &out, std::uint64_t index, Ticks time) override
    {
        struct Quantity
        {
            std::string_view name;
            std::string_view unit;
            double factor;
            double offset;
        };
        static constexpr std::array kQuantities{Quantity{"temperature", "C", 1, 0},
                                                Quantity{"vibration", "mm/s", 0.06, 0},
                                                Quantity{"pressure", "bar", 0.05, 2}};
        Random random = eventRandom(m_seed, index);
        const std::uint64_t machine = random.below(20);
        const Quantity &quantity = kQuantities[random.below(kQuantities.size())];
        const double value =
            machineValue(m_seed, machine, time, random) * quantity.factor + quantity.offset;
        std::array<char, 48> buffer;
        put(out,
            R"({{"sensor_id":"press-{:02}-{}","value":{:.2f},"unit":"{}","timestamp":"{}"}})",
            machine + 1,
            quantity.name,
            value,
            quantity.unit,
            timeText(time, buffer));
    }

private:
    std::uint64_t m_seed;
};

class Sensors : public SampleGenerator
{
public:
    explicit Sensors(std::uint64_t seed)
        : m_seed(seed)
    {}
    void append(std::string &out, std::uint64_t index, Ticks time) override
    {
        Random random = eventRandom(m_seed, index);
        const std::uint64_t device = random.below(100);
        const double temp = machineValue(m_seed, device, time, random) - 42;
        std::array<char, 48> buffer;
        put(out,
            R"({{"device_id":"sensor{:03}","temp":{:.1f},"timestamp":"{}"}})",
            device,
            temp,
            timeText(time, buffer));
    }

private:
    std::uint64_t m_seed;
};

struct LogLine
{
    std::string_view level;
    std::string_view text; // {} takes a number
    unsigned numberLimit;
};

class ApplicationLogs : public SampleGenerator
{
public:
    explicit ApplicationLogs(std::uint64_t seed)
        : m_seed(seed)
    {}
    void append(std::string &out, std::uint64_t index, Ticks time) override
    {
        static constexpr std::array<std::string_view, 6> kServices{
            "checkout", "catalog", "payment", "shipping", "account", "gateway"};
        static constexpr std::array kUsual{
            LogLine{"INFO", "request served in {} ms", 400},
            LogLine{"INFO", "order {} accepted", 90000},
            LogLine{"INFO", "cache hit for product {}", 5000},
            LogLine{"DEBUG", "{} rows fetched", 500},
        };
        static constexpr std::array kWarnings{
            LogLine{"WARN", "slow request: {} ms", 9000},
            LogLine{"WARN", "retry {} of 5", 5},
        };
        static constexpr std::array kErrors{
            LogLine{"ERROR", "upstream timed out after {} ms", 30000},
            LogLine{"ERROR", "card declined for order {}", 90000},
            LogLine{"ERROR", "connection pool exhausted, {} waiting", 200},
        };
        Random random = eventRandom(m_seed, index);
        const std::size_t service = random.below(kServices.size());
        const double seconds = static_cast<double>(time % kTicksPerDay) / kTicksPerSecond;
        // Payment has a bad quarter of a minute every minute.
        const bool trouble = service == 2 && std::fmod(seconds, 60) > 45;
        const double dice = random.unit();
        const LogLine &line = dice < (trouble ? 0.35 : 0.02) ? kErrors[random.below(kErrors.size())]
                              : dice < (trouble ? 0.6 : 0.08)
                                  ? kWarnings[random.below(kWarnings.size())]
                                  : kUsual[random.below(kUsual.size())];
        std::array<char, 48> buffer;
        put(out,
            R"({{"timestamp":"{}","level":"{}","message":")",
            timeText(time, buffer),
            line.level);
        fmt::format_to(
            std::back_inserter(out), fmt::runtime(line.text), 1 + random.below(line.numberLimit));
        put(out, R"(","service":"{}","trace_id":"{:016x}"}})", kServices[service], random.next());
    }

private:
    std::uint64_t m_seed;
};

class CardTransactions : public SampleGenerator
{
public:
    explicit CardTransactions(std::uint64_t seed)
        : m_seed(seed)
    {}
    void append(std::string &out, std::uint64_t index, Ticks time) override
    {
        static constexpr std::array<std::string_view, 8> kPlaces{
            "Lyon", "Porto", "Gdansk", "Leeds", "Turin", "Ghent", "Malmo", "Graz"};
        Random random = eventRandom(m_seed, index);
        const std::uint64_t user = random.below(2000);
        // Amounts are log-normal, as real ones are; one card in a hundred is in a thief's hands.
        double amount = std::exp(3.2 + random.normal() * 0.9);
        std::size_t place = user % kPlaces.size();
        if (user % 100 == 7 && random.unit() < 0.4) {
            amount = 400 + random.unit() * 1600;
            place = random.below(kPlaces.size());
        }
        std::array<char, 48> buffer;
        put(out,
            R"({{"transaction_id":"t{:010}","amount":{:.2f},"location":"{}","user_id":"u{:04}",)"
            R"("timestamp":"{}"}})",
            index,
            amount,
            kPlaces[place],
            user,
            timeText(time, buffer));
    }

private:
    std::uint64_t m_seed;
};

class SensorGen : public SampleGenerator
{
public:
    explicit SensorGen(std::uint64_t) {}
    void append(std::string &out, std::uint64_t index, Ticks) override
    {
        appendSensorGenEvent(out, index);
    }
};

template<typename T>
std::unique_ptr<SampleGenerator> create(std::uint64_t seed)
{
    return std::make_unique<T>(seed);
}

} // namespace

const std::vector<SampleExample> &sampleExamples()
{
    static const std::vector<SampleExample> examples{
        {"factory_sensors", "Factory sensors", create<FactorySensors>},
        {"sensors", "Sensors, short", create<Sensors>},
        {"application_logs", "Application logs", create<ApplicationLogs>},
        {"card_transactions", "Card transactions", create<CardTransactions>},
        {"sensor_gen", "SensorGen (benchmark)", create<SensorGen>},
    };
    return examples;
}

} // namespace sluice
