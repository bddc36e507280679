#pragma once

#include "core/node/field_spec.h"
#include "core/pipeline/parameters.h"

#include <string>
#include <vector>

namespace sluice {

/// A config value after its references were looked up.
struct LookedUp
{
    Value value;
    bool complete = true;    // false: a reference led nowhere
    bool secret = false;     // holds something that must not be shown
    bool outside = false;    // given by --param or the environment: paths are relative to there
    std::string origin = {}; // "parameter 'rate'", when the whole value is one reference
    std::vector<Diagnostic> diagnostics = {}; // without node and field
};

/// Replaces {"param"|"env"|"secret": name} by what it stands for, at any depth.
class ValueLookup
{
public:
    ValueLookup(const ResolvedParameters &parameters, const ValueSources &sources)
        : m_parameters(parameters)
        , m_sources(sources)
    {}

    LookedUp lookUp(const Value &value, FieldType type) const;

private:
    LookedUp lookUpReference(const Reference &reference, FieldType type) const;
    LookedUp lookUpParameter(const std::string &name) const;
    LookedUp lookUpOutside(const Reference &reference, FieldType type) const;

    const ResolvedParameters &m_parameters;
    const ValueSources &m_sources;
};

} // namespace sluice
