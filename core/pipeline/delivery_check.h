#pragma once

#include "core/pipeline/diagnostic.h"
#include "core/pipeline/pipeline.h"
#include "core/pipeline/validation.h"

#include <string>
#include <vector>

namespace sluice {

/// What a path from a source to a destination gives.
enum class PathDelivery { ExactlyOnce, AtLeastOnce, AtMostOnce };

/// "exactly once"
std::string_view deliveryName(PathDelivery delivery);

struct DeliveryPath
{
    std::string source;
    std::string destination;
    PathDelivery delivery = PathDelivery::AtLeastOnce;
    std::string reason; // why it is not more; empty when it is exactly once
};

/// Every path of the pipeline with what it gives under its settings.
std::vector<DeliveryPath> deliveryPaths(const Pipeline &pipeline, const ValidatedPipeline &checked);

/// A warning for each node by which an exactly-once pipeline gives less on some path; errors when
/// `required`.
std::vector<Diagnostic> checkDelivery(const Pipeline &pipeline,
                                      const std::vector<DeliveryPath> &paths,
                                      bool required = false);

} // namespace sluice
