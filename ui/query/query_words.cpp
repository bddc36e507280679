#include "ui/query/query_words.h"

#include "core/kql/aggregate.h"
#include "core/kql/query_parser.h"
#include "core/kql/quote.h"
#include "ui/document/qt_text.h"
#include "ui/inspector/kql_words.h"

#include <QCoreApplication>

#include <set>

namespace sluice {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("QueryWords", text);
}

bool isWordPart(QChar letter)
{
    return letter.isLetterOrNumber() || letter == QLatin1Char('_') || letter == QLatin1Char('-')
           || letter == QLatin1Char('$');
}

void addTables(std::vector<Completion> &words, const KnownTables &tables)
{
    for (const auto &[name, schema] : tables)
        words.push_back({queryName(name), tr("table")});
}

void addOperators(std::vector<Completion> &words)
{
    for (const std::string &name : kql::queryOperatorNames())
        words.push_back({toQString(name), tr("operator")});
}

/// Of the tables that the text names, or of all when it names none.
void addColumns(std::vector<Completion> &words, const QString &before, const KnownTables &tables)
{
    std::set<std::string> used;
    for (const auto &[name, schema] : tables) {
        if (before.contains(queryName(name)))
            used.insert(name);
    }
    std::set<std::string> added;
    for (const auto &[name, schema] : tables) {
        if (!used.empty() && !used.contains(name))
            continue;
        for (const SchemaColumn &column : schema.columns) {
            if (added.insert(column.name).second)
                words.push_back({queryName(column.name),
                                 tr("%1 column").arg(toQString(typeName(column.type)))});
        }
    }
}

} // namespace

QString queryName(const std::string &name)
{
    return toQString(kql::quoteName(name));
}

std::vector<Completion> queryCompletions(const QString &before, const KnownTables &tables)
{
    std::vector<Completion> words;
    qsizetype end = before.size();
    while (end > 0 && isWordPart(before[end - 1]))
        --end;
    const QString text = before.left(end).trimmed();
    if (text.isEmpty() || text.endsWith(QLatin1Char(';'))) {
        addTables(words, tables);
        for (const char *word : {"let", "print", "range", "union", "datatable"})
            words.push_back({QLatin1String(word), tr("statement")});
        return words;
    }
    if (text.endsWith(QLatin1Char('|'))) {
        addOperators(words);
        return words;
    }
    addColumns(words, before, tables);
    for (const kql::Aggregate &aggregate : kql::allAggregates())
        words.push_back({toQString(aggregate.name), toQString(aggregate.help), true});
    const std::vector<Completion> &functions = kqlFunctions();
    words.insert(words.end(), functions.begin(), functions.end());
    addTables(words, tables);
    return words;
}

} // namespace sluice
