#pragma once

#include "core/base/result.h"
#include "core/base/value_json.h"
#include "core/pipeline/diagnostic.h"
#include "core/pipeline/pipeline.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A pipeline read from text, and what the reader noticed (unknown fields, for instance).
struct LoadedPipeline
{
    Pipeline pipeline;
    std::vector<Diagnostic> notes;
};

/// Reads the text of a *.sluice.json file. Kinds need not be known: that is validation's matter.
/// Errors: FileDamaged with line and column, FileTooNew
Result<LoadedPipeline> parsePipeline(std::string_view text);
/// Reads a file. Errors: also FileUnreadable
Result<LoadedPipeline> loadPipelineFile(const std::string &path);

/// The file's text: keys in fixed order, one node a block, layout last; ends with a line feed.
std::string pipelineText(const Pipeline &pipeline);
Result<void> savePipelineFile(const Pipeline &pipeline, const std::string &path);

} // namespace sluice
