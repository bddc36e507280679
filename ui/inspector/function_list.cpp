#include "ui/inspector/function_list.h"

#include "core/kql/aggregate.h"
#include "core/kql/aggregate_text.h"
#include "core/kql/function.h"
#include "core/kql/functions.h"
#include "core/kql/other_names.h"
#include "ui/document/qt_text.h"

#include <QCoreApplication>

namespace sluice {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("FunctionList", text);
}

/// The call with the names of the parameters that cannot be left out; the example where no
/// signature says them.
QString callOf(const kql::FunctionInfo &info)
{
    const kql::Function *function = kql::findFunction(info.name);
    if (function == nullptr || function->overloads.empty())
        return info.example.empty() ? toQString(info.name) + QStringLiteral("()")
                                    : toQString(info.example);
    QStringList names;
    for (const kql::Parameter &parameter : function->overloads.front().parameters) {
        if (!parameter.optional)
            names << toQString(parameter.name);
    }
    return QStringLiteral("%1(%2)").arg(toQString(info.name), names.join(QStringLiteral(", ")));
}

QString helpOf(std::string_view help, std::string_view aliasOf)
{
    return aliasOf.empty() ? toQString(help) : tr("Another name of %1().").arg(toQString(aliasOf));
}

std::vector<FunctionEntry> makeFunctions()
{
    std::vector<FunctionEntry> entries;
    for (const std::string_view group : kql::functionGroups()) {
        for (const kql::FunctionInfo &info : kql::functionList()) {
            if (info.group != group || info.isOperator)
                continue;
            FunctionEntry entry{toQString(info.name),
                                toQString(group),
                                {},
                                helpOf(info.help, info.aliasOf),
                                toQString(info.example),
                                callOf(info)};
            for (const std::string &signature : info.signatures)
                entry.signatures << toQString(signature);
            entries.push_back(std::move(entry));
        }
    }
    for (const kql::OtherName &other : kql::otherNames()) {
        const kql::FunctionInfo *info = kql::findFunctionInfo(other.function);
        entries.push_back({toQString(other.name),
                           tr("Names of Fabric and SQL"),
                           {toQString(other.call)},
                           info != nullptr ? toQString(info->help) : QString(),
                           toQString(other.call),
                           toQString(other.call)});
    }
    return entries;
}

std::vector<FunctionEntry> makeAggregates()
{
    std::vector<FunctionEntry> entries;
    for (const kql::Aggregate &aggregate : kql::allAggregates()) {
        QStringList names;
        const auto parameters = kql::aggregateParameters(aggregate.name);
        const std::size_t needed = kql::requiredParameters(aggregate.name);
        for (std::size_t i = 0; i < parameters.size() && i < needed; ++i)
            names << toQString(parameters[i]);
        const QString name = toQString(aggregate.name);
        FunctionEntry entry{name,
                            tr("Aggregates"),
                            {},
                            helpOf(aggregate.help, aggregate.aliasOf),
                            toQString(aggregate.example),
                            QStringLiteral("%1(%2)").arg(name, names.join(QStringLiteral(", ")))};
        if (!aggregate.usage.empty())
            entry.signatures << toQString(aggregate.usage);
        for (const kql::AggregateOverload &overload : aggregate.overloads) {
            const QString signature = toQString(overload.signature);
            const auto arrow = signature.indexOf(QStringLiteral("->"));
            entry.signatures << QStringLiteral("%1(%2) %3")
                                    .arg(name,
                                         signature.left(arrow).trimmed(),
                                         signature.mid(arrow));
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

} // namespace

const std::vector<FunctionEntry> &functionEntries()
{
    static const std::vector<FunctionEntry> kEntries = makeFunctions();
    return kEntries;
}

const std::vector<FunctionEntry> &aggregateEntries()
{
    static const std::vector<FunctionEntry> kEntries = makeAggregates();
    return kEntries;
}

int fitOf(const FunctionEntry &entry, const QString &typed)
{
    enum Fit { Exact, Begins, Within, InHelp };
    const QString wanted = typed.trimmed();
    if (wanted.isEmpty() || entry.name.compare(wanted, Qt::CaseInsensitive) == 0)
        return Exact;
    if (entry.name.startsWith(wanted, Qt::CaseInsensitive))
        return Begins;
    if (entry.name.contains(wanted, Qt::CaseInsensitive))
        return Within;
    for (const QString &word : wanted.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        if (!entry.help.contains(word, Qt::CaseInsensitive)
            && !entry.name.contains(word, Qt::CaseInsensitive)
            && !entry.category.contains(word, Qt::CaseInsensitive))
            return -1;
    }
    return InHelp;
}

} // namespace sluice
