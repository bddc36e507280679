#include "core/operators/passed_columns.h"

#include <algorithm>

namespace sluice {

void passNeed(const ColumnNeeds &wanted,
              const std::string &output,
              const SchemaColumn &input,
              ColumnNeeds &needs)
{
    const auto has = [&](const std::vector<std::string> &names) {
        return std::find(names.begin(), names.end(), output) != names.end();
    };
    const auto add = [&](std::vector<std::string> &names) {
        if (std::find(names.begin(), names.end(), input.name) == names.end())
            names.push_back(input.name);
    };
    if ((wanted.all && !input.system) || has(wanted.typed))
        add(needs.typed);
    if (has(wanted.tokens))
        add(needs.tokens);
}

void passUnlisted(const ColumnNeeds &wanted,
                  const Schema &output,
                  const Schema &input,
                  ColumnNeeds &needs)
{
    if (!input.open)
        return;
    const auto pass = [&](const std::vector<std::string> &names, std::vector<std::string> &to) {
        for (const std::string &name : names) {
            if (!output.find(name) && !input.find(name)
                && std::find(to.begin(), to.end(), name) == to.end())
                to.push_back(name);
        }
    };
    pass(wanted.typed, needs.typed);
    pass(wanted.tokens, needs.tokens);
}

} // namespace sluice
