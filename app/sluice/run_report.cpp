#include "app/sluice/run_report.h"

#include "core/base/units.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sluice {

namespace {

using Json = nlohmann::ordered_json;

double milliseconds(TickSpan span)
{
    return static_cast<double>(span) / kTicksPerMillisecond;
}

Json latencyJson(const LatencyFigures &latency)
{
    if (latency.p50 < 0)
        return nullptr;
    return {{"p50", milliseconds(latency.p50)},
            {"p95", milliseconds(latency.p95)},
            {"p99", milliseconds(latency.p99)},
            {"max", milliseconds(latency.max)}};
}

Json nodeJson(const NodeFigures &node)
{
    Json json{{"state", nodeStateName(node.state)},
              {"events_in", node.eventsIn},
              {"events_out", node.eventsOut},
              {"bytes_in", node.bytesIn},
              {"bytes_out", node.bytesOut},
              {"passed", node.passed},
              {"filtered", node.filtered},
              {"absorbed", node.absorbed},
              {"late", node.late},
              {"dead_lettered", node.deadLettered},
              {"in_flight", node.inFlight},
              {"errors", node.errors},
              {"conversion_errors", node.conversionErrors},
              {"backlog_events", node.backlogEvents},
              {"backlog_bytes", node.backlogBytes},
              {"rate_in", node.rateIn},
              {"rate_out", node.rateOut},
              {"rate_in_10s", node.rateIn10},
              {"rate_out_10s", node.rateOut10},
              {"busy", node.busy},
              {"conserved", node.conserved()}};
    if (!node.message.empty())
        json["message"] = node.message;
    json["ports"] = Json::object();
    for (const auto &[port, events] : node.portEvents)
        json["ports"][port] = events;
    if (node.latency.p50 >= 0)
        json["latency_ms"] = latencyJson(node.latency);
    if (node.appliedEpoch != 0)
        json["outbox"] = {{"applied_epoch", node.appliedEpoch},
                          {"epochs", node.outboxEpochs},
                          {"bytes", node.outboxBytes}};
    if (!node.source.partitions.empty()) {
        json["partitions"] = Json::array();
        for (const PartitionFigures &partition : node.source.partitions)
            json["partitions"].push_back(
                {{"name", partition.name},
                 {"position", partition.position},
                 {"end", partition.end},
                 {partition.lagIsBytes ? "lag_bytes" : "lag", partition.lag}});
    }
    return json;
}

std::string clockText(TickSpan elapsed)
{
    const TickSpan seconds = elapsed / kTicksPerSecond;
    return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

} // namespace

std::string metricsJson(const RunSnapshot &snapshot, bool final)
{
    Json json;
    if (final)
        json["final"] = true;
    json["elapsed_s"] = static_cast<double>(snapshot.elapsed) / kTicksPerSecond;
    json["state"] = runStateName(snapshot.state);
    json["epoch"] = snapshot.epoch;
    json["checkpoint"] = {
        {"duration_ms", static_cast<double>(snapshot.checkpointDuration) / kTicksPerMillisecond},
        {"bytes", snapshot.checkpointBytes},
        {"failures", snapshot.checkpointFailures}};
    if (snapshot.lastCheckpoint != 0)
        json["checkpoint"]["age_s"] =
            static_cast<double>(snapshot.takenAt - snapshot.lastCheckpoint) / kTicksPerSecond;
    if (!snapshot.message.empty())
        json["message"] = snapshot.message;
    json["conserved"] = snapshot.conserved;
    json["cpu_cores"] = snapshot.processCpu;
    json["resident_bytes"] = snapshot.residentBytes;
    json["nodes"] = Json::object();
    for (const auto &[id, node] : snapshot.nodes)
        json["nodes"][id] = nodeJson(node);
    json["wires"] = Json::object();
    for (const auto &[key, wire] : snapshot.wires)
        json["wires"][key] = {{"events", wire.events},
                              {"bytes", wire.bytes},
                              {"rate", wire.rate},
                              {"queued_events", wire.queuedEvents},
                              {"queued_bytes", wire.queuedBytes}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string figuresLine(const RunSnapshot &snapshot, const Pipeline &pipeline)
{
    std::string line =
        fmt::format("{}  {}", clockText(snapshot.elapsed), runStateName(snapshot.state));
    for (const NodePtr &node : pipeline.nodes) {
        const auto it = snapshot.nodes.find(node->id);
        if (it == snapshot.nodes.end())
            continue;
        line += fmt::format("  {} {}/s", node->id, formatCount(it->second.rateOut));
        if (!it->second.message.empty())
            line += fmt::format(" ({})", it->second.message);
    }
    return line;
}

std::string figuresTable(const RunSnapshot &snapshot, const Pipeline &pipeline)
{
    std::size_t width = 4;
    for (const NodePtr &node : pipeline.nodes)
        width = std::max(width, node->id.size());
    std::string text = fmt::format("{:<{}}  {:<9} {:>12} {:>12} {:>12} {:>8} {:>10} {:>9}\n",
                                   "node",
                                   width,
                                   "state",
                                   "in",
                                   "out",
                                   "filtered",
                                   "dead",
                                   "rate/s",
                                   "p99 ms");
    for (const NodePtr &node : pipeline.nodes) {
        const auto it = snapshot.nodes.find(node->id);
        if (it == snapshot.nodes.end())
            continue;
        const NodeFigures &figures = it->second;
        text += fmt::format("{:<{}}  {:<9} {:>12} {:>12} {:>12} {:>8} {:>10} {:>9}{}\n",
                            node->id,
                            width,
                            nodeStateName(figures.state),
                            figures.eventsIn,
                            figures.eventsOut,
                            figures.filtered,
                            figures.deadLettered,
                            formatCount(figures.rateOut),
                            figures.latency.p99 < 0
                                ? std::string("-")
                                : fmt::format("{:.1f}", milliseconds(figures.latency.p99)),
                            figures.message.empty() ? "" : "  " + figures.message);
    }
    return text;
}

} // namespace sluice
