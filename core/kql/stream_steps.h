#pragma once

#include "core/kql/query.h"
#include "core/kql/stream_chain.h"

#include <memory>
#include <string>
#include <vector>

namespace sluice::kql {

class TableProgram;

/// The operators that work row by row. Expressions hold no queries any more; `input` are the
/// columns of the batches that come in.

std::unique_ptr<StreamStep> makeWhere(const Where &where, const Schema &input);
std::unique_ptr<StreamStep>
makeProject(const Project &project, const Schema &input, const SchemaPtr &output);
/// Errors: those of TextPattern and KeyValuePattern
Result<std::unique_ptr<StreamStep>>
makeParse(const Parse &parse, const Schema &input, const SchemaPtr &output);
Result<std::unique_ptr<StreamStep>>
makeParseKv(const ParseKv &parse, const Schema &input, const SchemaPtr &output);
std::unique_ptr<StreamStep>
makeExpand(const MvExpand &expand, const Schema &input, const SchemaPtr &output);
/// @param program  the sub-query; runs once a batch where it works row by row, else once a row
std::unique_ptr<StreamStep> makeApply(const MvApply &apply,
                                      std::unique_ptr<TableProgram> program,
                                      const Schema &input,
                                      const SchemaPtr &output);
/// Inner, LeftOuter, LeftSemi and LeftAnti against rows that do not change.
std::unique_ptr<StreamStep> makeReferenceJoin(const Join &join,
                                              const std::vector<Batch> &right,
                                              const Schema &input,
                                              const SchemaPtr &output);
std::unique_ptr<StreamStep> makeConsume();

/// Places of an expression's columns in a schema; one that is not listed reads as null.
std::vector<std::size_t> placesIn(const Schema &schema, const std::vector<std::string> &names);
Evaluator evaluatorFor(const ExpressionPtr &expression, const Schema &schema);
/// The column's name where the expression is nothing but a column of the result's type.
const std::string *plainColumn(const Output &output);

} // namespace sluice::kql
