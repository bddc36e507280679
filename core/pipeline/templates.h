#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A pipeline to begin with; its file is in resources/templates and is built in.
struct PipelineTemplate
{
    std::string name; // "watch_a_sample"
    std::string title;
    std::string description; // one sentence
    std::string_view text;   // the file
};

/// In the order in which they are offered.
const std::vector<PipelineTemplate> &pipelineTemplates();
const PipelineTemplate *findTemplate(std::string_view name);

} // namespace sluice
