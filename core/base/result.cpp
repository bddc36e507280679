#include "core/base/result.h"

namespace sluice {

std::string describe(const Error &error)
{
    std::string text;
    if (!error.node.empty())
        text += fmt::format("node '{}'", error.node);
    if (!error.field.empty())
        text += fmt::format("{}field '{}'", text.empty() ? "" : ", ", error.field);
    if (!text.empty())
        text += ": ";
    text += error.message;
    if (!error.hint.empty())
        text += fmt::format(". {}", error.hint);
    return text;
}

} // namespace sluice
