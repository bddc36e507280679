#include "core/node/catalog.h"
#include "core/pipeline/pipeline_file.h"
#include "core/pipeline/templates.h"
#include "core/pipeline/validation.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace sluice;

TEST_CASE("every template is written as Sluice writes files, and checks without a word")
{
    REQUIRE(pipelineTemplates().size() == 5);
    for (const PipelineTemplate &offered : pipelineTemplates()) {
        CAPTURE(offered.name);
        CHECK(findTemplate(offered.name) == &offered);
        CHECK_FALSE(offered.title.empty());
        CHECK_FALSE(offered.description.empty());
        const auto loaded = parsePipeline(offered.text);
        REQUIRE(loaded.has_value());
        CHECK(loaded->notes.empty());
        CHECK(pipelineText(loaded->pipeline) == offered.text);
        CHECK(loaded->pipeline.layout.size() == loaded->pipeline.nodes.size());
        const ValidatedPipeline validated = validate(loaded->pipeline, builtInCatalog(), {});
        for (const Diagnostic &diagnostic : validated.diagnostics) {
            // A build may leave kinds out; what is there must fit together.
            if (diagnostic.code != ErrorCode::UnknownKind)
                FAIL_CHECK(describe(diagnostic));
        }
    }
    CHECK(findTemplate("nothing") == nullptr);
}
