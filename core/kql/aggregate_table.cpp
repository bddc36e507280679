#include "core/kql/aggregate.h"

#include <algorithm>
#include <deque>
#include <mutex>

namespace sluice::kql {

namespace {

/// Signatures that are made from others; they live as long as the program.
std::string_view keepText(std::string text)
{
    static std::mutex mutex;
    static std::deque<std::string> kept; // GUARDED_BY(mutex)
    const std::scoped_lock lock(mutex);
    return kept.emplace_back(std::move(text));
}

void makeFunction(Aggregate *aggregate)
{
    Function &function = aggregate->function;
    function.name = aggregate->name;
    function.help = aggregate->help;
    function.example = aggregate->example;
    function.aliasOf = aggregate->aliasOf;
    function.stability = Stability::Row; // never folded
    for (const AggregateOverload &overload : aggregate->overloads) {
        Overload known{overload.signature, nullptr, overload.prepare, true};
        readSignature(&known);
        function.overloads.push_back(std::move(known));
    }
}

std::vector<Aggregate> buildTable()
{
    std::vector<Aggregate> table;
    for (const auto part : {numberAggregates,
                            extremeAggregates,
                            statisticsAggregates,
                            listAggregates,
                            choiceAggregates,
                            percentileAggregates,
                            distinctAggregates}) {
        for (Aggregate &aggregate : part())
            table.push_back(std::move(aggregate));
    }
    for (Aggregate &aggregate : table)
        makeFunction(&aggregate);
    std::sort(table.begin(), table.end(), [](const Aggregate &a, const Aggregate &b) {
        return a.name < b.name;
    });
    return table;
}

} // namespace

const std::vector<Aggregate> &allAggregates()
{
    static const std::vector<Aggregate> table = buildTable();
    return table;
}

const Aggregate *findAggregate(std::string_view name)
{
    const auto &table = allAggregates();
    const auto found = std::lower_bound(
        table.begin(), table.end(), name, [](const Aggregate &aggregate, std::string_view wanted) {
            return aggregate.name < wanted;
        });
    return found != table.end() && found->name == name ? &*found : nullptr;
}

Aggregate conditional(const Aggregate &base, std::string_view name, std::string_view prefix)
{
    Aggregate result = base;
    result.name = name;
    result.prefix = prefix.empty() ? keepText(std::string(name) + "_") : prefix;
    result.help =
        keepText(std::string(base.help) + " Only rows count for which the predicate is true.");
    const std::size_t open = base.example.find('(') + 1;
    std::string example = std::string(name) + "(";
    std::string_view rest = base.example.substr(open);
    std::size_t split = 0;
    for (std::size_t input = 0; !base.overloads.empty() && input < base.overloads[0].inputs;
         ++input)
        split = rest.find_first_of(",)", input == 0 ? 0 : split + 1);
    example += std::string(rest.substr(0, split));
    example += example.ends_with('(') ? "temp > 20" : ", temp > 20";
    result.example = keepText(example + std::string(rest.substr(split)));
    for (AggregateOverload &overload : result.overloads) {
        std::string signature(overload.signature);
        std::size_t at = 0;
        for (std::size_t input = 0; input < overload.inputs; ++input)
            at = signature.find_first_of(",-", input == 0 ? 0 : at + 1);
        if (overload.inputs == 0)
            signature.insert(0, "predicate: bool");
        else if (signature[at] == ',')
            signature.insert(at, ", predicate: bool");
        else
            signature.insert(at - 1, ", predicate: bool");
        overload.signature = keepText(std::move(signature));
    }
    return result;
}

} // namespace sluice::kql
