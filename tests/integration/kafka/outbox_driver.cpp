#include "core/event/batch.h"
#include "core/node/catalog.h"
#include "core/node/exactly_once.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

// Drives a kafka_destination through the contract of an exactly-once destination, as an applier
// would: commands are lines on the standard input, each is answered by one line of JSON.
//
//   outbox_driver SERVERS TOPIC LINEAGE NODE [PROPERTY=VALUE]...
//
//   claim [goes-on]                {"claimed": {"epoch", "chunks"} or null}
//   apply EPOCH CHUNKS BEGIN END   {"applied": true}; messages {"k":"k<n % 100>","n":n}, by key
//   identity | state | log         {"identity"|"state"|"log": …}
//   advance HOURS                  {"advanced": true}: moves the node's clock
//
// A failure is {"error": code, "message": text}.

using namespace sluice;
using nlohmann::json;

namespace {

constexpr std::int64_t kRowsARecord = 1000;

Schema schema()
{
    return {.columns = {{"k", ColumnType::String}, {"n", ColumnType::Long}}};
}

Batch numbers(std::int64_t begin, std::int64_t end)
{
    const auto rows = static_cast<std::size_t>(end - begin);
    Batch batch;
    batch.schema = std::make_shared<Schema>(schema());
    batch.rows = rows;
    batch.selection = Selection(rows);
    auto keys = takeColumn(ColumnType::String, rows);
    auto values = takeColumn(ColumnType::Long, rows);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::int64_t n = begin + static_cast<std::int64_t>(i);
        keys->valid[i] = 1;
        keys->texts[i] = keys->arena.copy("k" + std::to_string(n % 100));
        values->valid[i] = 1;
        values->integers[i] = n;
    }
    batch.columns = {keys, values};
    return batch;
}

class Driver
{
public:
    Result<void> open(const std::vector<std::string> &words)
    {
        ValueMap properties;
        for (std::size_t i = 5; i < words.size(); ++i) {
            const std::size_t at = words[i].find('=');
            properties.emplace_back(words[i].substr(0, at), words[i].substr(at + 1));
        }
        const Config config(ValueMap{{"bootstrap_servers", words[1]},
                                     {"topic", words[2]},
                                     {"key", "k"},
                                     {"properties", properties}});
        m_key = {words[3], words[4]};
        NodeContext context;
        context.nodeId = words[4];
        context.clock = &m_clock;
        context.exactlyOnce = true;
        context.inputSchemas = {schema()};
        context.log = [this](const std::string &line) {
            const std::scoped_lock lock(m_mutex);
            m_log.push_back(line);
        };
        TRY_ASSIGN(m_destination,
                   builtInCatalog().find("kafka_destination")->createDestination(config, context));
        m_once = dynamic_cast<ExactlyOnceDestination *>(m_destination.get());
        return m_destination->open();
    }

    Result<json> obey(const std::string &line)
    {
        std::istringstream words(line);
        std::string command;
        words >> command;
        if (command == "claim") {
            std::string goesOn; // a checkpoint is continued that has such a place
            words >> goesOn;
            TRY_ASSIGN(const auto mark, m_once->claim(m_key, goesOn));
            if (!mark)
                return json{{"claimed", nullptr}};
            return json{{"claimed", {{"epoch", mark->epoch}, {"chunks", mark->chunks}}}};
        }
        if (command == "apply") {
            AppliedMark mark;
            std::int64_t begin = 0;
            std::int64_t end = 0;
            words >> mark.epoch >> mark.chunks >> begin >> end;
            TRY(apply(mark, begin, end));
            return json{{"applied", true}};
        }
        if (command == "identity") {
            TRY_ASSIGN(const std::string identity, m_once->identity());
            return json{{"identity", identity}};
        }
        if (command == "state")
            return json{{"state", m_destination->state()}};
        if (command == "log") {
            const std::scoped_lock lock(m_mutex);
            return json{{"log", m_log}};
        }
        if (command == "advance") {
            std::int64_t hours = 0;
            words >> hours;
            m_clock.advance(hours * 3600 * kTicksPerSecond);
            return json{{"advanced", true}};
        }
        return fail(ErrorCode::Usage, "unknown command '{}'", line);
    }

    void close()
    {
        if (m_destination)
            (void)m_destination->close(false);
    }

private:
    Result<void> apply(const AppliedMark &mark, std::int64_t begin, std::int64_t end)
    {
        std::vector<std::unique_ptr<Prepared>> chunk;
        std::vector<std::string_view> records;
        for (std::int64_t at = begin; at < end; at += kRowsARecord) {
            TRY_ASSIGN(auto prepared,
                       m_destination->prepare(numbers(at, std::min(end, at + kRowsARecord))));
            TRY(m_once->putAside(*prepared));
            records.push_back(prepared->bytes.view());
            chunk.push_back(std::move(prepared));
        }
        return m_once->apply(records, mark);
    }

    ManualClock m_clock{systemClock().now()};
    ProgressKey m_key;
    std::unique_ptr<Destination> m_destination;
    ExactlyOnceDestination *m_once = nullptr;
    std::mutex m_mutex;
    std::vector<std::string> m_log; // guarded by m_mutex
};

void answer(const Result<json> &result)
{
    if (result)
        std::cout << result->dump() << std::endl;
    else
        std::cout << json{{"error", static_cast<int>(result.error().code)},
                          {"message", result.error().message}}
                         .dump()
                  << std::endl;
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> words(argv, argv + argc);
    if (words.size() < 5) {
        std::cerr << "usage: outbox_driver SERVERS TOPIC LINEAGE NODE [PROPERTY=VALUE]...\n";
        return 2;
    }
    Driver driver;
    if (auto opened = driver.open(words); !opened) {
        answer(fail(std::move(opened).error()));
        return 1;
    }
    answer(json{{"opened", true}});
    for (std::string line; std::getline(std::cin, line);)
        answer(driver.obey(line));
    driver.close();
    return 0;
}
