#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Runs one input; must neither crash nor hang. libFuzzer's own name for it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

/// What the mutations begin with.
std::vector<std::string> fuzzSeeds();
