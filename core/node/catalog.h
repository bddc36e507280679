#pragma once

#include "core/node/node_descriptor.h"

#include <string_view>
#include <vector>

namespace sluice {

/// Every kind this program has. The list is written by the build (sluice_add_kinds).
class Catalog
{
public:
    explicit Catalog(std::vector<const NodeDescriptor *> descriptors);

    const NodeDescriptor *find(std::string_view kind) const;
    /// Sources, transforms, destinations, each by title.
    const std::vector<const NodeDescriptor *> &all() const { return m_descriptors; }
    /// The kind whose name is nearest to `kind`; for "did you mean".
    std::string nearest(std::string_view kind) const;

private:
    std::vector<const NodeDescriptor *> m_descriptors;
};

/// The kinds that are built in. Thread: any.
const Catalog &builtInCatalog();

/// Written by the build.
std::vector<const NodeDescriptor *> builtInDescriptors();

} // namespace sluice
