#include "ui/query/query_words.h"

#include "core/kql/aggregate.h"
#include "core/kql/function.h"
#include "core/kql/query_parser.h"
#include "core/kql/quote.h"
#include "ui/document/qt_text.h"
#include "ui/inspector/kql_words.h"

#include <QCoreApplication>

#include <set>

namespace sluice {

namespace {

QString tr(const char *text, int count = -1)
{
    return QCoreApplication::translate("QueryWords", text, nullptr, count);
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

constexpr const char *kRenderKinds[] = {"timechart",
                                        "linechart",
                                        "areachart",
                                        "scatterchart",
                                        "barchart",
                                        "columnchart",
                                        "piechart",
                                        "card",
                                        "table"};

/// The operator of the step that a text ends in: "summarize"; empty before the first bar.
QString lastOperator(const QString &text)
{
    const qsizetype bar = text.lastIndexOf(QLatin1Char('|'));
    if (bar < 0)
        return {};
    const QString step = text.mid(bar + 1).trimmed();
    qsizetype end = 0;
    while (end < step.size() && isWordPart(step[end]))
        ++end;
    return step.left(end);
}

template<typename Overloads>
QString signatureLines(const QString &name, const Overloads &overloads)
{
    QStringList lines;
    for (const auto &overload : overloads) {
        const QString text = toQString(overload.signature);
        const qsizetype arrow = text.lastIndexOf(QLatin1String("->"));
        if (arrow >= 0)
            lines << QStringLiteral("%1(%2) → %3")
                         .arg(name, text.left(arrow).trimmed(), text.mid(arrow + 2).trimmed());
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

QString queryHelp(const QString &word, const KnownTables &tables)
{
    const std::string name = toStdString(word);
    QStringList lines;
    if (const kql::Function *function = kql::findFunction(name);
        function != nullptr && !function->isOperator) {
        lines << signatureLines(word, function->overloads) << toQString(function->help);
        if (!function->example.empty())
            lines << tr("Example: %1").arg(toQString(function->example));
    }
    for (const kql::Aggregate &aggregate : kql::allAggregates()) {
        if (aggregate.name == name)
            lines << signatureLines(word, aggregate.overloads) << toQString(aggregate.help);
    }
    for (const auto &[table, schema] : tables) {
        if (table == name)
            lines << tr("%1: a table of %n column(s)", int(schema.columns.size())).arg(word);
        if (const auto column = schema.find(name))
            lines << tr("%1: %2, a column of %3")
                         .arg(word,
                              toQString(typeName(schema.columns[*column].type)),
                              toQString(table));
    }
    lines.removeAll(QString());
    return lines.join(QLatin1Char('\n'));
}

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
    const QString step = lastOperator(text);
    if (step == QLatin1String("render")) {
        for (const char *kind : kRenderKinds)
            words.push_back({QLatin1String(kind), tr("picture")});
        return words;
    }
    addColumns(words, before, tables);
    static const QStringList kAggregating{QStringLiteral("summarize"),
                                          QStringLiteral("make-series"),
                                          QStringLiteral("top-nested"),
                                          QStringLiteral("mv-apply"),
                                          QStringLiteral("partition"),
                                          QStringLiteral("evaluate")};
    const bool aggregating = kAggregating.contains(step);
    for (const kql::Aggregate &aggregate : kql::allAggregates()) {
        if (aggregating)
            words.push_back({toQString(aggregate.name), toQString(aggregate.help), true});
    }
    const std::vector<Completion> &functions = kqlFunctions();
    words.insert(words.end(), functions.begin(), functions.end());
    addTables(words, tables);
    return words;
}

} // namespace sluice
