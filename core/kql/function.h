#pragma once

#include "core/base/result.h"
#include "core/kql/kernel.h"
#include "core/kql/node.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

class Binder;
struct Function;

/// What a parameter accepts.
enum class Accepts {
    Type, // `type`, or what converts to it silently
    Any,  // every type, as it is
    Text, // every type, turned into a string as tostring() does
};

struct Parameter
{
    std::string_view name;
    Accepts accepts = Accepts::Type;
    ColumnType type = ColumnType::String;
    bool optional = false;
    bool variadic = false;         // the last one: none or more of it
    std::string_view defaultValue; // of an optional one: a literal
};

/// Checks the constant arguments of a call and makes what its kernel keeps, or null.
/// Errors: shown at the call
using Prepare = Result<std::shared_ptr<const void>> (*)(std::span<const NodePtr> arguments);

/// One way to call a function. The signature is the one source of its types:
/// "text: string, start: long, [length: long = 5], others: any... -> string".
struct Overload
{
    std::string_view signature;
    Kernel kernel = nullptr;
    Prepare prepare = nullptr;
    bool exact = false; // a long is not turned into a real, nothing dynamic is converted

    // Read from the signature when the table is built.
    std::vector<Parameter> parameters = {};
    ColumnType result = ColumnType::Dynamic;
};

/// Binds a call whose types no signature can say. @return null when it reported a problem
using CustomBind = NodePtr (*)(Binder &binder,
                               const Function &function,
                               const Position &at,
                               std::vector<NodePtr> arguments);

/// One of the columns that a call gives where it stands alone in extend, project or print.
struct TupleColumn
{
    std::string name;
    ColumnType type = ColumnType::Dynamic;
};
/// The columns of a call that gives several, such as series_stats(x); column i is what tolong(),
/// toreal() … make of element i of its dynamic value. Empty when this call gives one value.
/// @param arguments  the names of the arguments' columns; empty where one is an expression
using TupleColumns = std::vector<TupleColumn> (*)(std::span<const std::string> arguments,
                                                  std::span<const NodePtr> nodes);

/// How long the value of a call with constant arguments holds.
enum class Stability { Always, Batch, Row };

/// A function or an operator of the language; its line stands beside its implementation.
struct Function
{
    std::string_view name;
    std::string_view help;
    std::string_view example;
    std::vector<Overload> overloads;
    CustomBind bind = nullptr;
    bool isOperator = false;
    Stability stability = Stability::Always;
    std::string_view aliasOf = {};
    TupleColumns tuple = nullptr;
    std::string_view group = {}; // of the language page; set when the table is built
};

/// The one table, sorted by name. @return null for an unknown name
const Function *findFunction(std::string_view name);
const std::vector<Function> &allFunctions();

/// Fills in the parameters and the result of an overload from its signature.
void readSignature(Overload *overload);

/// The default of an optional parameter that has one.
ColumnPtr readDefault(const Parameter &parameter);

// The parts of the table, each defined beside its implementations.
std::vector<Function> comparisonOperators();
std::vector<Function> arithmeticOperators();
std::vector<Function> logicFunctions();
std::vector<Function> stringOperators();
std::vector<Function> listOperators();
std::vector<Function> dynamicAccessFunctions();
std::vector<Function> conversionFunctions();
std::vector<Function> textConversionFunctions();
std::vector<Function> stringFunctions();
std::vector<Function> searchFunctions();
std::vector<Function> searchPlaceFunctions();
std::vector<Function> mathFunctions();
std::vector<Function> timeFunctions();
std::vector<Function> timeFormatFunctions();
std::vector<Function> arrayFunctions();
std::vector<Function> bagFunctions();
std::vector<Function> encodingFunctions();
std::vector<Function> arrayShapeFunctions();
std::vector<Function> treeFunctions();
std::vector<Function> ipv4Functions();
std::vector<Function> ipv6Functions();
std::vector<Function> byteFunctions();
std::vector<Function> compressionFunctions();
std::vector<Function> commandLineFunctions();
std::vector<Function> xmlFunctions();
std::vector<Function> timeZoneFunctions();
std::vector<Function> seriesMathFunctions();
std::vector<Function> seriesFillFunctions();
std::vector<Function> seriesStatisticsFunctions();
std::vector<Function> seriesFilterFunctions();
std::vector<Function> geoFunctions();
std::vector<Function> unitFunctions();

} // namespace sluice::kql
