#include "core/operators/join_columns.h"

#include "core/base/value_place.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

std::string textOf(const Value &row, std::string_view key)
{
    const Value *value = row.find(key);
    return value != nullptr && value->asString() != nullptr ? *value->asString() : std::string();
}

bool contains(const std::vector<std::string> &names, const std::string &name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Whole numbers of any width compare; everything else only with its own type.
bool comparable(ColumnType a, ColumnType b)
{
    const auto whole = [](ColumnType type) {
        return type == ColumnType::Int || type == ColumnType::Long;
    };
    return a == b || (whole(a) && whole(b));
}

} // namespace

JoinType joinType(const Config &config)
{
    return config.text(join::kType) == "left_outer" ? JoinType::LeftOuter : JoinType::Inner;
}

JoinKeys bindJoinKeys(const Config &config,
                      const Schema &left,
                      const Schema &right,
                      const ParameterValues &parameters)
{
    JoinKeys keys;
    const ValueList *rows = config.value(join::kOn).asList();
    if (rows == nullptr)
        return keys;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const Value &row = (*rows)[i];
        const std::string leftName = textOf(row, "left");
        const std::string given = textOf(row, "right");
        const std::string &rightName = given.empty() ? leftName : given;
        const auto bind =
            [&](const std::string &name, std::string_view side, const Schema &schema) {
                return bindKeyField(join::kOn,
                                    name,
                                    name,
                                    placeOf({std::to_string(i), side}),
                                    schema,
                                    parameters,
                                    keys.problems);
            };
        auto leftKey = bind(leftName, join::kLeft, left);
        auto rightKey = bind(rightName, join::kRight, right);
        if (!leftKey || !rightKey)
            continue;
        if (!comparable(leftKey->type, rightKey->type))
            keys.problems.push_back({std::string(join::kOn),
                                     {ErrorCode::TypeMismatch,
                                      fmt::format("'{}' is {}, but '{}' is {}",
                                                  leftName,
                                                  typeName(leftKey->type),
                                                  rightName,
                                                  typeName(rightKey->type)),
                                      "Give both one type before, with a manage_fields node.",
                                      {},
                                      {}}});
        keys.left.push_back(std::move(*leftKey));
        keys.right.push_back(std::move(*rightKey));
    }
    return keys;
}

JoinedColumns joinedColumns(const Schema &left, const Schema &right)
{
    JoinedColumns joined;
    for (std::size_t i = 0; i < left.columns.size(); ++i) {
        if (left.columns[i].system)
            continue;
        joined.schema.columns.push_back(left.columns[i]);
        joined.columns.push_back({false, i});
    }
    for (std::size_t i = 0; i < right.columns.size(); ++i) {
        if (right.columns[i].system)
            continue;
        SchemaColumn column = right.columns[i];
        for (int number = 1; joined.schema.find(column.name) || left.find(column.name); ++number)
            column.name = fmt::format("{}{}", right.columns[i].name, number);
        joined.schema.columns.push_back(std::move(column));
        joined.columns.push_back({true, i});
    }
    for (std::size_t i = 0; i < left.columns.size(); ++i) {
        if (!left.columns[i].system)
            continue;
        joined.schema.columns.push_back(left.columns[i]);
        joined.columns.push_back({false, i});
    }
    return joined;
}

std::vector<ColumnNeeds> joinNeeds(const JoinedColumns &joined,
                                   const Schema &left,
                                   const Schema &right,
                                   const JoinKeys &keys,
                                   const ColumnNeeds &wanted)
{
    std::vector<ColumnNeeds> needs(2);
    for (std::size_t i = 0; i < joined.columns.size(); ++i) {
        const SchemaColumn &column = joined.schema.columns[i];
        const JoinedColumn &from = joined.columns[i];
        const std::string &name = (from.fromRight ? right : left).columns[from.place].name;
        ColumnNeeds &side = needs[from.fromRight ? 1 : 0];
        if ((wanted.all && !column.system) || contains(wanted.typed, column.name))
            side.typed.push_back(name);
        if (contains(wanted.tokens, column.name))
            side.tokens.push_back(name);
    }
    ColumnNeeds leftKeys;
    leftKeys.typed = columnsOf(keys.left, left);
    needs[0].add(leftKeys);
    ColumnNeeds rightKeys;
    rightKeys.typed = columnsOf(keys.right, right);
    needs[1].add(rightKeys);
    return needs;
}

} // namespace sluice
