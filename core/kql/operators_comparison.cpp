// == != < <= > >= and between.
#include "core/kql/binder.h"
#include "core/kql/constant.h"
#include "core/kql/decimal.h"
#include "core/kql/evaluation.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/values.h"

namespace sluice::kql {

namespace {

enum class Compare { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };

constexpr bool isEquality(Compare compare)
{
    return compare == Compare::Equal || compare == Compare::NotEqual;
}

template<Compare kCompare, typename T>
bool holds(const T &a, const T &b)
{
    if constexpr (kCompare == Compare::Equal)
        return a == b;
    else if constexpr (kCompare == Compare::NotEqual)
        return a != b;
    else if constexpr (kCompare == Compare::Less)
        return a < b;
    else if constexpr (kCompare == Compare::LessEqual)
        return a <= b;
    else if constexpr (kCompare == Compare::Greater)
        return a > b;
    else
        return a >= b;
}

/// One row, KQL's nulls included: a null is unequal to a value, and has no order.
template<Compare kCompare, typename T>
void putComparison(
    Column &result, std::size_t row, bool leftValid, bool rightValid, const T &a, const T &b)
{
    const bool both = leftValid && rightValid;
    if constexpr (isEquality(kCompare)) {
        result.valid[row] = leftValid || rightValid ? 1 : 0;
        const bool value = both ? holds<kCompare>(a, b) : kCompare == Compare::NotEqual;
        result.bytes[row] = value ? 1 : 0;
    } else {
        result.valid[row] = both ? 1 : 0;
        result.bytes[row] = both && holds<kCompare>(a, b) ? 1 : 0;
    }
}

template<typename T>
const T *dataOf(const Column &column)
{
    if constexpr (std::same_as<T, double>)
        return column.floats.data();
    else if constexpr (std::same_as<T, std::int64_t>)
        return column.integers.data();
    else
        return column.bytes.data();
}

/// Numbers, moments, spans and bools: a plain loop over all rows, which costs less than asking
/// which ones are selected.
template<Compare kCompare, typename T>
void comparePlain(Call &call)
{
    const Vector &left = call.arguments[0];
    const Vector &right = call.arguments[1];
    const T *a = dataOf<T>(*left.column);
    const T *b = dataOf<T>(*right.column);
    const std::uint8_t *aValid = left.column->valid.data();
    const std::uint8_t *bValid = right.column->valid.data();
    std::uint8_t *values = call.result.bytes.data();
    std::uint8_t *valid = call.result.valid.data();
    const auto run = [&](std::size_t aStride, std::size_t bStride) {
        for (std::size_t row = 0; row < call.rows; ++row) {
            const std::uint8_t leftValid = aValid[row * aStride];
            const std::uint8_t rightValid = bValid[row * bStride];
            const auto both = static_cast<std::uint8_t>(leftValid & rightValid);
            const auto value =
                static_cast<std::uint8_t>(holds<kCompare>(a[row * aStride], b[row * bStride]));
            if constexpr (kCompare == Compare::Equal) {
                values[row] = value & both;
                valid[row] = leftValid | rightValid;
            } else if constexpr (kCompare == Compare::NotEqual) {
                values[row] = static_cast<std::uint8_t>(value | (both ^ 1U));
                valid[row] = leftValid | rightValid;
            } else {
                values[row] = value;
                valid[row] = both;
            }
        }
    };
    if (right.isConstant())
        run(left.stride, 0);
    else
        run(left.stride, right.stride);
}

/// A null string is "", so a string is never null here; a guid can be.
template<Compare kCompare>
void compareText(Call &call)
{
    const Vector &left = call.arguments[0];
    const Vector &right = call.arguments[1];
    const bool nullable = left.column->type != ColumnType::String;
    forEachRow(call, [&](std::size_t row) {
        putComparison<kCompare>(call.result,
                                row,
                                !nullable || left.valid(row),
                                !nullable || right.valid(row),
                                left.text(row),
                                right.text(row));
    });
}

template<Compare kCompare>
void compareDecimal(Call &call)
{
    const Vector &left = call.arguments[0];
    const Vector &right = call.arguments[1];
    forEachRow(call, [&](std::size_t row) {
        const bool both = left.valid(row) && right.valid(row);
        const int order = both ? decimalCompare(left.text(row), right.text(row)) : 0;
        putComparison<kCompare>(call.result, row, left.valid(row), right.valid(row), order, 0);
    });
}

/// A dynamic value against a number: a whole number is compared as one, so that no digit is lost.
/// Anything but a number counts as null.
template<Compare kCompare, typename T>
void compareDynamic(Call &call)
{
    const Vector &left = call.arguments[0];
    const Vector &right = call.arguments[1];
    forEachRow(call, [&](std::size_t row) {
        const T wanted = right.valid(row) ? argumentAt<T>(right, row) : T{};
        const std::string_view text = jsonTrim(left.text(row));
        const JsonKind kind = jsonKind(text);
        if constexpr (std::same_as<T, std::int64_t>) {
            if (const auto whole = kind == JsonKind::Long ? parseLong(text) : std::nullopt) {
                putComparison<kCompare>(call.result, row, true, right.valid(row), *whole, wanted);
                return;
            }
        }
        const bool number = kind == JsonKind::Long || kind == JsonKind::Real;
        const auto value = number ? parseReal(text) : std::nullopt;
        putComparison<kCompare>(call.result,
                                row,
                                value.has_value(),
                                right.valid(row),
                                value.value_or(0),
                                static_cast<double>(wanted));
    });
}

Compare compareOf(std::string_view name)
{
    if (name == "==")
        return Compare::Equal;
    if (name == "!=")
        return Compare::NotEqual;
    if (name == "<")
        return Compare::Less;
    if (name == "<=")
        return Compare::LessEqual;
    return name == ">" ? Compare::Greater : Compare::GreaterEqual;
}

std::string_view mirrored(std::string_view name)
{
    switch (compareOf(name)) {
    case Compare::Less:
        return ">";
    case Compare::LessEqual:
        return ">=";
    case Compare::Greater:
        return "<";
    case Compare::GreaterEqual:
        return "<=";
    default:
        return name;
    }
}

/// A string literal beside another type is read as that type: t == "2020-01-01".
NodePtr literalAs(Binder &binder, const NodePtr &literal, ColumnType type)
{
    NodePtr value = binder.convert(literal, type);
    if (!value || (value->isConstant() && value->constant->valid[0] != 0))
        return value;
    return binder.refuse(
        literal->at,
        ErrorCode::WrongType,
        fmt::format("'{}' cannot be read as {}", literal->constant->texts[0], typeName(type)));
}

bool isNumber(ColumnType type)
{
    return type == ColumnType::Int || type == ColumnType::Long || type == ColumnType::Real;
}

NodePtr bindComparison(Binder &binder,
                       const Function &function,
                       const Position &at,
                       std::vector<NodePtr> arguments)
{
    using enum ColumnType;
    const bool equality = isEquality(compareOf(function.name));
    NodePtr &a = arguments[0];
    NodePtr &b = arguments[1];
    if (a->type == Dynamic && b->type == Dynamic)
        return binder.refuse(at,
                             ErrorCode::WrongType,
                             fmt::format("'{}' does not compare two dynamic values", function.name),
                             "Convert one of them: tostring(…), tolong(…), toreal(…).");
    if (b->type == Dynamic && isNumber(a->type))
        return binder.call(mirrored(function.name), at, {b, a});
    if (a->type == Dynamic && !isNumber(b->type))
        a = binder.convert(a, b->type);
    else if (b->type == Dynamic)
        b = binder.convert(b, a->type);
    else if (equality && b->type == String && a->type != String && b->isConstant())
        b = literalAs(binder, b, a->type);
    else if (equality && a->type == String && b->type != String && a->isConstant())
        a = literalAs(binder, a, b->type);
    if (!a || !b)
        return nullptr;
    if (a->type == Bool && isNumber(b->type))
        a = binder.convert(a, Long);
    else if (b->type == Bool && isNumber(a->type))
        b = binder.convert(b, Long);
    if (!equality && a->type == String && b->type == String)
        return binder.refuse(at,
                             ErrorCode::WrongType,
                             fmt::format("'{}' is not defined for strings", function.name),
                             "Write strcmp(a, b) < 0, or convert both with tolong() or toreal().");
    return binder.callOverload(function, at, std::move(arguments));
}

template<Compare kCompare>
Function comparison(std::string_view name, std::string_view help, std::string_view example)
{
    Function function;
    function.name = name;
    function.help = help;
    function.example = example;
    function.isOperator = true;
    function.bind = bindComparison;
    auto &overloads = function.overloads;
    overloads.push_back({"left: long, right: long -> bool", comparePlain<kCompare, std::int64_t>});
    overloads.push_back({"left: real, right: real -> bool", comparePlain<kCompare, double>});
    overloads.push_back(
        {"left: datetime, right: datetime -> bool", comparePlain<kCompare, std::int64_t>});
    overloads.push_back(
        {"left: timespan, right: timespan -> bool", comparePlain<kCompare, std::int64_t>});
    overloads.push_back({"left: decimal, right: decimal -> bool", compareDecimal<kCompare>});
    overloads.push_back(
        {"left: dynamic, right: long -> bool", compareDynamic<kCompare, std::int64_t>});
    overloads.push_back({"left: dynamic, right: real -> bool", compareDynamic<kCompare, double>});
    if constexpr (isEquality(kCompare)) {
        overloads.push_back({"left: string, right: string -> bool", compareText<kCompare>});
        overloads.push_back(
            {"left: bool, right: bool -> bool", comparePlain<kCompare, std::uint8_t>});
        overloads.push_back({"left: guid, right: guid -> bool", compareText<kCompare>});
    }
    return function;
}

template<typename T, Compare kCompare>
Selection selectPlain(const Vector &left, const Vector &right, const Selection &selection)
{
    auto rows = takeSelection();
    rows->resize(selection.size());
    std::uint16_t *out = rows->data();
    const T *values = dataOf<T>(*left.column);
    const std::uint8_t *valid = left.column->valid.data();
    const T wanted = dataOf<T>(*right.column)[0];
    // A null is unequal to every value.
    constexpr bool kNullHolds = kCompare == Compare::NotEqual;
    std::size_t count = 0;
    selection.forEach([&](std::size_t row) {
        out[count] = static_cast<std::uint16_t>(row);
        const auto holdsHere = static_cast<unsigned>(holds<kCompare>(values[row], wanted));
        const unsigned known = valid[row];
        count += kNullHolds ? (holdsHere | (known ^ 1U)) : (holdsHere & known);
    });
    if (count == selection.size())
        return selection;
    rows->resize(count);
    return Selection(std::shared_ptr<const std::vector<std::uint16_t>>(std::move(rows)));
}

template<typename T>
Selection
selectPlainBy(Compare compare, const Vector &left, const Vector &right, const Selection &selection)
{
    switch (compare) {
    case Compare::Equal:
        return selectPlain<T, Compare::Equal>(left, right, selection);
    case Compare::NotEqual:
        return selectPlain<T, Compare::NotEqual>(left, right, selection);
    case Compare::Less:
        return selectPlain<T, Compare::Less>(left, right, selection);
    case Compare::LessEqual:
        return selectPlain<T, Compare::LessEqual>(left, right, selection);
    case Compare::Greater:
        return selectPlain<T, Compare::Greater>(left, right, selection);
    case Compare::GreaterEqual:
        break;
    }
    return selectPlain<T, Compare::GreaterEqual>(left, right, selection);
}

} // namespace

std::optional<Selection>
selectByComparison(const Node &node, std::span<const Vector> arguments, const Selection &selection)
{
    if (node.function->bind != bindComparison || arguments[0].isConstant()
        || !arguments[1].valid(0))
        return std::nullopt;
    const Storage storage = arguments[0].column->storage();
    if (storage != arguments[1].column->storage())
        return std::nullopt;
    const Compare compare = compareOf(node.function->name);
    if (storage == Storage::Integer)
        return selectPlainBy<std::int64_t>(compare, arguments[0], arguments[1], selection);
    if (storage == Storage::Float)
        return selectPlainBy<double>(compare, arguments[0], arguments[1], selection);
    return std::nullopt;
}

std::vector<Function> comparisonOperators()
{
    return {
        comparison<Compare::Equal>("==", "Equal; for strings with case.", "level == 'error'"),
        comparison<Compare::NotEqual>(
            "!=", "Not equal; true when one side is null.", "level != 'info'"),
        comparison<Compare::Less>("<", "Less than.", "temp < 20"),
        comparison<Compare::LessEqual>("<=", "Less than or equal.", "temp <= 20"),
        comparison<Compare::Greater>(">", "Greater than.", "temp > 20"),
        comparison<Compare::GreaterEqual>(">=", "Greater than or equal.", "temp >= 20"),
    };
}

} // namespace sluice::kql
