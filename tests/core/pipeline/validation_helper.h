#pragma once

#include "core/pipeline/edits.h"
#include "core/pipeline/pipeline_file.h"
#include "core/pipeline/validation.h"
#include "tests/core/support/test_kinds.h"

#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace sluice::test {

inline Pipeline parse(const std::string &text)
{
    auto loaded = parsePipeline(text);
    if (!loaded)
        throw std::runtime_error(loaded.error().message + " in " + text);
    return std::move(loaded->pipeline);
}

/// source → destination, with these settings of the source and further entries of the file.
inline Pipeline withSource(const std::string &config, const std::string &more = {})
{
    return parse(R"({"sluice": 1, "nodes": [{"id": "in", "kind": "test_source", "config": )"
                 + config
                 + R"(}, {"id": "out", "kind": "test_destination", "config": {"table": "t"}}],
                      "wires": [{"from": "in", "to": "out"}])"
                 + more + "}");
}

/// A list of texts that a failed CHECK can show.
struct Texts : std::vector<std::string>
{
    using std::vector<std::string>::vector;
    friend std::ostream &operator<<(std::ostream &out, const Texts &texts)
    {
        return out << fmt::format("[{}]", fmt::join(texts, "; "));
    }
};

/// "node.field code" of every diagnostic.
inline Texts found(const ValidatedPipeline &validated)
{
    Texts texts;
    for (const Diagnostic &diagnostic : validated.diagnostics)
        texts.push_back(fmt::format("{}{}{} {}",
                                    diagnostic.node,
                                    diagnostic.field.empty() ? "" : ".",
                                    diagnostic.field,
                                    static_cast<int>(diagnostic.code)));
    return texts;
}

inline Texts problems(const Pipeline &pipeline, const ValueSources &values = {})
{
    return found(validate(pipeline, catalog(), values));
}

} // namespace sluice::test
