#pragma once

#include "core/pipeline/edits.h"
#include "tests/core/runtime/run_bed.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

namespace sluice::test {

/// file → one transform → a file for each port, as pipelines.
class TransformBed
{
public:
    /// @param schema  of the input, as JSON
    TransformBed(std::string kind, std::string schema, std::string time = {})
        : eventTime(std::move(time))
        , m_kind(std::move(kind))
        , m_schema(std::move(schema))
    {}

    const RunBed &bed() const { return m_bed; }

    std::string pipeline(const std::string &config,
                         const std::vector<std::string> &ports = {"out"}) const
    {
        std::string nodes = fmt::format(
            R"({{"id": "in", "kind": "file_source", "config": {{"path": "in.ndjson", "format": "ndjson", "schema": {}{}}}}},
               {{"id": "node", "kind": "{}", "config": {}}})",
            m_schema,
            eventTime.empty() ? "" : fmt::format(R"(, "event_time": {{"field": "{}"}})", eventTime),
            m_kind,
            config);
        std::string wires = R"({"from": "in", "to": "node"})";
        for (const std::string &port : ports) {
            nodes += fmt::format(
                R"(, {{"id": "to_{0}", "kind": "file_destination", "config": {{"path": "{0}.out", "format": "ndjson"}}}})",
                port);
            wires += fmt::format(R"(, {{"from": "node.{0}", "to": "to_{0}"}})", port);
        }
        return fmt::format(R"({{"sluice": 1, "nodes": [{}], "wires": [{}]}})", nodes, wires);
    }

    /// Runs it over an input; gives what port `out` (or the first one) let go.
    std::string run(const std::string &config,
                    const std::string &input,
                    const std::vector<std::string> &ports = {"out"},
                    std::size_t batchRows = kBatchRows)
    {
        m_bed.write("in.ndjson", input);
        RunOptions options = m_bed.options();
        options.batchRows = batchRows;
        last = m_bed.run(pipeline(config, ports), std::move(options));
        CHECK(last.conserved);
        return out(ports.front());
    }
    std::string out(const std::string &port) const { return m_bed.read(port + ".out"); }

    /// "field code" of every error of the transform with that config.
    std::vector<std::string> problems(const std::string &config,
                                      const std::vector<std::string> &ports = {"out"}) const
    {
        std::vector<std::string> found;
        for (const Diagnostic &diagnostic : diagnostics(config, ports))
            found.push_back(
                fmt::format("{} {}", diagnostic.field, static_cast<int>(diagnostic.code)));
        return found;
    }

    std::vector<Diagnostic> diagnostics(const std::string &config,
                                        const std::vector<std::string> &ports = {"out"}) const
    {
        return nodeDiagnostics(RunBed::parse(pipeline(config, ports)));
    }

    /// What is left when the first fix of every problem was taken.
    std::vector<Diagnostic> mended(const std::string &config,
                                   const std::vector<std::string> &ports = {"out"}) const
    {
        Pipeline fixed = RunBed::parse(pipeline(config, ports));
        for (const Diagnostic &diagnostic : nodeDiagnostics(fixed)) {
            REQUIRE_MESSAGE(!diagnostic.fixes.empty(), describe(diagnostic));
            fixed = *applyFix(fixed, "node", diagnostic.fixes.front());
        }
        return nodeDiagnostics(fixed);
    }

    std::string eventTime; // field of the input; empty: none
    RunSnapshot last;

private:
    std::vector<Diagnostic> nodeDiagnostics(const Pipeline &pipeline) const
    {
        std::vector<Diagnostic> found;
        RunOptions options = m_bed.options();
        for (const Diagnostic &diagnostic :
             validate(pipeline, builtInCatalog(), options.values).diagnostics) {
            if (diagnostic.severity == Severity::Error && diagnostic.node == "node")
                found.push_back(diagnostic);
        }
        return found;
    }

    RunBed m_bed;
    std::string m_kind;
    std::string m_schema;
};

using Strings = std::vector<std::string>;

} // namespace sluice::test
