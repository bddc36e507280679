// What KQL expressions cost a row: `temp > 20` on typed columns and on dynamic ones, and others
// that stand for their kind. Prints ns a row; the median of five runs, CPU time.
#include "core/event/datetime.h"
#include "core/kql/expression.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

using namespace sluice;
using namespace sluice::kql;

namespace {

constexpr int kBatches = 500;
constexpr int kRuns = 5;

Batch sensorBatch(const Schema &schema)
{
    Batch batch;
    batch.rows = kBatchRows;
    batch.selection = Selection(kBatchRows);
    auto temp = takeColumn(ColumnType::Real, kBatchRows);
    auto count = takeColumn(ColumnType::Long, kBatchRows);
    auto name = takeColumn(ColumnType::String, kBatchRows);
    auto body = takeColumn(ColumnType::Dynamic, kBatchRows);
    for (std::size_t row = 0; row < kBatchRows; ++row) {
        const auto value = static_cast<double>(row * 7919 % 400) / 10;
        const std::string number = std::to_string(value).substr(0, 4);
        for (const auto &column : {temp, count, name, body})
            column->valid[row] = 1;
        temp->floats[row] = value;
        count->integers[row] = static_cast<std::int64_t>(value);
        name->texts[row] = name->arena.copy("dev-" + std::to_string(row % 100) + " Timeout after "
                                            + number + " s");
        body->texts[row] = body->arena.copy("{\"site\":\"north\",\"temp\":" + number + "}");
    }
    batch.columns = {temp, count, name, body};
    batch.schema = std::make_shared<Schema>(schema);
    return batch;
}

double median(std::array<double, kRuns> values)
{
    std::sort(values.begin(), values.end());
    return values[kRuns / 2];
}

template<typename Work>
double nanosecondsPerRow(Work &&work)
{
    std::array<double, kRuns> runs{};
    for (double &run : runs) {
        // CPU time: what other programs take from the machine does not count.
        const std::clock_t start = std::clock();
        for (int i = 0; i < kBatches; ++i)
            work();
        const auto took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        run = took * 1e9 / kBatches / kBatchRows;
    }
    return median(runs);
}

} // namespace

int main()
{
    Schema schema;
    schema.columns = {{"temp", ColumnType::Real},
                      {"count", ColumnType::Long},
                      {"name", ColumnType::String},
                      {"body", ColumnType::Dynamic}};
    const Batch batch = sensorBatch(schema);
    for (const char *text : {"temp > 20",
                             "count > 20",
                             "temp > 20 and count < 35",
                             "body.temp > 20",
                             "temp * 1.8 + 32",
                             "name has 'timeout'",
                             "name contains 'timeout'",
                             "name startswith 'dev-1'",
                             "strcat(name, ': ', count)"}) {
        const auto expression = compileOrFail(text, {&schema, nullptr});
        if (!expression) {
            std::printf("%s: %s\n", text, expression.error().message.c_str());
            return 1;
        }
        std::vector<std::size_t> places;
        for (const std::string &name : (*expression)->columns())
            places.push_back(*schema.find(name));
        Evaluator evaluator(*expression, places);
        const bool condition = (*expression)->type() == ColumnType::Bool;
        std::size_t rows = 0;
        const double cost = nanosecondsPerRow([&] {
            rows += condition ? evaluator.select(batch, 0)->size()
                              : (*evaluator.evaluate(batch, 0))->rows();
        });
        std::printf("%-28s %6.2f ns/row  (%zu rows)\n", text, cost, rows / kBatches / kRuns);
    }
    std::size_t sum = 0;
    const std::string moment = "2026-01-01T12:34:56.789Z";
    const double cost = nanosecondsPerRow([&] {
        for (std::size_t i = 0; i < kBatchRows; ++i)
            sum += static_cast<std::size_t>(parseDatetime(moment).value_or(0));
    });
    std::printf("%-28s %6.2f ns/text (%zu)\n", "parseDatetime, ISO 8601", cost, sum % 10);
    return 0;
}
