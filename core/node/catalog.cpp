#include "core/node/catalog.h"

#include <algorithm>
#include <tuple>

namespace sluice {

Catalog::Catalog(std::vector<const NodeDescriptor *> descriptors)
    : m_descriptors(std::move(descriptors))
{
    std::sort(m_descriptors.begin(),
              m_descriptors.end(),
              [](const NodeDescriptor *a, const NodeDescriptor *b) {
                  return std::tie(a->role, a->title, a->kind)
                         < std::tie(b->role, b->title, b->kind);
              });
}

const NodeDescriptor *Catalog::find(std::string_view kind) const
{
    for (const NodeDescriptor *descriptor : m_descriptors) {
        if (descriptor->kind == kind)
            return descriptor;
    }
    return nullptr;
}

std::string Catalog::nearest(std::string_view kind) const
{
    std::vector<std::string> kinds;
    kinds.reserve(m_descriptors.size());
    for (const NodeDescriptor *descriptor : m_descriptors)
        kinds.push_back(descriptor->kind);
    return nearestName(kind, kinds).value_or(std::string());
}

const Catalog &builtInCatalog()
{
    static const Catalog catalog(builtInDescriptors());
    return catalog;
}

} // namespace sluice
