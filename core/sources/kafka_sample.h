#pragma once

#include "core/base/result.h"
#include "core/node/config.h"

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace sluice {

/// Up to `limit` of the latest records of the topics. Joins no group and commits nothing.
/// Errors: ConnectionFailed, AuthenticationFailed, TopicMissing
Result<std::vector<std::string>> sampleKafkaTopics(const Config &config,
                                                   const std::vector<std::string> &topics,
                                                   std::size_t limit,
                                                   std::stop_token stop);

} // namespace sluice
