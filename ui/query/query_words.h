#pragma once

#include "core/event/schema.h"
#include "ui/inspector/completion_box.h"

#include <map>
#include <string>
#include <vector>

namespace sluice {

/// What a database has, as far as it is known: tables with their columns.
using KnownTables = std::map<std::string, Schema>;

/// What may stand behind a text: tables where a query begins, operators behind a bar, columns and
/// functions anywhere else.
std::vector<Completion> queryCompletions(const QString &before, const KnownTables &tables);
/// What a word of a query is, for people: signature, help and example of a function, type of a
/// column. Empty when nobody knows.
QString queryHelp(const QString &word, const KnownTables &tables);
/// A name as a query writes it: odd ones as ['odd name'].
QString queryName(const std::string &name);

} // namespace sluice
