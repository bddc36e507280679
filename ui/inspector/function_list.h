#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace sluice {

/// What an expression can call, as a person chooses it. Made from the language's own tables.
struct FunctionEntry
{
    QString name;
    QString category;
    QStringList signatures;
    QString help;
    QString example;
    QString call; // with names in place of its arguments: "substring(text, start)"
};

/// All of them, by category in the order of the language page, then by name. The names that
/// functions have elsewhere are a category of their own.
const std::vector<FunctionEntry> &functionEntries();
/// The aggregates, which only some expressions can call.
const std::vector<FunctionEntry> &aggregateEntries();

/// How well an entry fits what was typed: 0 best, -1 not at all. Empty text fits everything.
int fitOf(const FunctionEntry &entry, const QString &typed);

} // namespace sluice
