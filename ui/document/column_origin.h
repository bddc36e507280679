#pragma once

#include "core/event/inferred_field.h"
#include "core/event/schema.h"
#include "core/pipeline/pipeline.h"

#include <string>

namespace sluice {

class PipelineDocument;

/// The columns that leave an output; null while they are not known.
const Schema *schemaOf(const PipelineDocument &document, const WireEnd &from);

/// The node that first makes a column: the farthest one against the flow from which the column
/// comes unchanged in name and type.
std::string
originOf(const PipelineDocument &document, const std::string &node, const std::string &column);

/// What sampled events of the source had in that column, where it comes unchanged from one; else
/// null. @param node  that the column leaves
const InferredField *
sampledField(const PipelineDocument &document, const std::string &node, const std::string &column);

} // namespace sluice
