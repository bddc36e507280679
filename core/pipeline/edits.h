#pragma once

#include "core/base/result.h"
#include "core/node/catalog.h"
#include "core/pipeline/diagnostic.h"
#include "core/pipeline/pipeline.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Every change of a pipeline is one of these pure functions: Pipeline in, Pipeline out.
/// Errors: UnknownNode, UnknownPort, UnknownKind, DuplicateId, InvalidId, PortTaken, Cycle

/// Adds a node of `kind`; optional fields stay unset, so that their defaults count. @param id
/// empty: one is made from the kind
struct AddedNode
{
    Pipeline pipeline;
    std::string id;
};
Result<AddedNode> addNode(const Pipeline &pipeline,
                          const Catalog &catalog,
                          std::string_view kind,
                          Position position,
                          std::string id = {});
Result<Pipeline> removeNodes(const Pipeline &pipeline, const std::vector<std::string> &ids);
/// Removes nodes and joins what stood before and behind each where it has one input and output.
Result<Pipeline> removeAndReconnect(const Pipeline &pipeline,
                                    const Catalog &catalog,
                                    const std::vector<std::string> &ids);
Result<Pipeline>
connect(const Pipeline &pipeline, const Catalog &catalog, const WireEnd &from, const WireEnd &to);
/// Why connect() would refuse, without doing it; success when it would not.
Result<void> canConnect(const Pipeline &pipeline,
                        const Catalog &catalog,
                        const WireEnd &from,
                        const WireEnd &to);
Result<Pipeline> disconnect(const Pipeline &pipeline, const Wire &wire);
Result<Pipeline> insertOnWire(const Pipeline &pipeline,
                              const Catalog &catalog,
                              const Wire &wire,
                              std::string_view nodeId);
/// Sets a config field; a null value takes the field out, so that its default counts.
Result<Pipeline>
setField(const Pipeline &pipeline, std::string_view nodeId, std::string_view field, Value value);
/// Does what a diagnostic of that node offers.
/// What a fix makes of its field.
Value fixedValue(const ValueMap &config, const Fix &fix);
Result<Pipeline> applyFix(const Pipeline &pipeline, std::string_view nodeId, const Fix &fix);
Result<Pipeline> setTitle(const Pipeline &pipeline, std::string_view nodeId, std::string title);
Result<Pipeline> renameNode(const Pipeline &pipeline, std::string_view nodeId, std::string newId);
Result<Pipeline> moveNodes(const Pipeline &pipeline,
                           const std::vector<std::pair<std::string, Position>> &positions);
Result<Pipeline> setSettings(const Pipeline &pipeline, Settings settings);
Result<Pipeline> setName(const Pipeline &pipeline, std::string name);
Result<Pipeline> setParameters(const Pipeline &pipeline, std::vector<Parameter> parameters);

/// The chosen nodes, the wires between them and the parameters they use as a pipeline of their own:
/// for the clipboard.
Pipeline extract(const Pipeline &pipeline, const std::vector<std::string> &ids);
/// Adds all nodes and wires of `other`, with new ids where they are taken, moved by `offset`, and
/// the parameters that are not there yet.
struct Pasted
{
    Pipeline pipeline;
    std::vector<std::string> ids;
};
Result<Pasted> paste(const Pipeline &pipeline, const Pipeline &other, Position offset);

/// Places for nodes that have none: columns 288 apart, rows 140 apart, in the order of the wires.
Pipeline withLayout(const Pipeline &pipeline);

/// A free id made from `base`: "filter", "filter_2", …
std::string freeId(const Pipeline &pipeline, std::string_view base);
bool isValidId(std::string_view id);

} // namespace sluice
