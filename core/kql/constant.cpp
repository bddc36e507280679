#include "core/kql/constant.h"

#include <memory>
#include <string>

namespace sluice::kql {

namespace {

/// A column of one row with its text beside it: an arena would take a whole block for it.
struct Constant
{
    Constant(ColumnType type, std::string_view value)
        : text(value)
    {
        column.reset(type, 1);
    }
    Column column;
    std::string text;
};

std::shared_ptr<Constant> make(ColumnType type, bool valid, std::string_view text = {})
{
    auto constant = std::make_shared<Constant>(type, text);
    constant->column.valid[0] = valid ? 1 : 0;
    if (constant->column.storage() == Storage::Text)
        constant->column.texts[0] = constant->text;
    return constant;
}

ColumnPtr publish(const std::shared_ptr<Constant> &constant)
{
    return {constant, &constant->column};
}

} // namespace

ColumnPtr nullConstant(ColumnType type)
{
    return publish(make(type, false));
}

ColumnPtr boolConstant(bool value)
{
    const auto constant = make(ColumnType::Bool, true);
    constant->column.bytes[0] = value ? 1 : 0;
    return publish(constant);
}

ColumnPtr integerConstant(ColumnType type, std::int64_t value)
{
    const auto constant = make(type, true);
    constant->column.integers[0] = value;
    return publish(constant);
}

ColumnPtr realConstant(double value)
{
    const auto constant = make(ColumnType::Real, true);
    constant->column.floats[0] = value;
    return publish(constant);
}

ColumnPtr textConstant(ColumnType type, std::string_view value)
{
    return publish(make(type, true, value));
}

ColumnPtr compactConstant(const Column &column)
{
    if (column.valid[0] == 0)
        return nullConstant(column.type);
    switch (column.storage()) {
    case Storage::Byte:
        return boolConstant(column.bytes[0] != 0);
    case Storage::Integer:
        return integerConstant(column.type, column.integers[0]);
    case Storage::Float:
        return realConstant(column.floats[0]);
    case Storage::Text:
        break;
    }
    return textConstant(column.type, column.texts[0]);
}

} // namespace sluice::kql
