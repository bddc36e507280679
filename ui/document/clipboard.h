#pragma once

#include "core/base/result.h"
#include "core/node/catalog.h"
#include "core/pipeline/pipeline.h"

#include <string>
#include <vector>

class QMimeData;

namespace sluice {

inline constexpr const char *kPipelineMime = "application/x-sluice-pipeline";

/// The chosen nodes and the wires between them, as pipeline text (also as plain text).
/// The caller owns the result; QClipboard takes it over.
QMimeData *clipboardData(const Pipeline &pipeline, const std::vector<std::string> &ids);
bool holdsPipeline(const QMimeData &data);
/// Errors: FileDamaged when this is no pipeline, UnknownKind when a node's kind is not in the
/// catalog
Result<Pipeline> pipelineFromClipboard(const QMimeData &data, const Catalog &catalog);

} // namespace sluice
