#include "ui/inspector/aggregates_editor.h"

#include "core/kql/aggregate.h"
#include "core/kql/aggregate_text.h"
#include "ui/document/qt_text.h"
#include "ui/inspector/choice_editors.h"
#include "ui/inspector/expression_editor.h"
#include "ui/theme/metrics.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>

#include <array>

namespace sluice {

namespace {

constexpr std::string_view kName = "name";
constexpr std::string_view kExpression = "expression";
/// What most people look for, above the rest.
constexpr std::array kCommon{"count",
                             "sum",
                             "avg",
                             "min",
                             "max",
                             "countif",
                             "dcount",
                             "percentile",
                             "stdev",
                             "variance",
                             "make_list",
                             "arg_max"};
/// The choice that is no function: its data.
constexpr const char *kFree = "=";

QString textOf(const Value &entry, std::string_view key)
{
    const Value *found = entry.find(key);
    return found != nullptr ? valueText(*found) : QString();
}

void fillFunctions(CalmCombo *combo)
{
    const auto add = [combo](std::string_view name) {
        const kql::Aggregate *known = kql::findAggregate(name);
        if (known == nullptr || combo->findData(toQString(name)) >= 0)
            return;
        combo->addItem(toQString(name), toQString(name));
        combo->setItemData(combo->count() - 1, toQString(known->help), Qt::ToolTipRole);
    };
    for (const char *name : kCommon)
        add(name);
    combo->insertSeparator(combo->count());
    for (const kql::Aggregate &aggregate : kql::allAggregates()) {
        if (aggregate.aliasOf.empty())
            add(aggregate.name);
    }
    combo->insertSeparator(combo->count());
    combo->addItem(AggregatesEditor::tr("expression…"), QLatin1String(kFree));
}

/// One aggregate's widgets: function and name in the first line, its arguments in the second.
struct AggregateRow
{
    CalmCombo *function;
    QLineEdit *name;
    ColumnCombo *column;
    ExpressionText *more; // arguments behind the column, or the predicate that is the only one
    ExpressionText *free; // the whole expression

    QString chosen() const { return function->currentData().toString(); }
    bool isFree() const { return chosen() == QLatin1String(kFree); }
    std::vector<std::string> parameters() const
    {
        return kql::aggregateParameters(toStdString(chosen()));
    }
    bool takesColumn() const
    {
        const auto names = parameters();
        return !names.empty() && names[0] != "predicate" && chosen() != QLatin1String("count");
    }
    bool takesMore() const
    {
        return parameters().size() > (takesColumn() ? 1U : 0U)
               && chosen() != QLatin1String("count");
    }

    void showParts() const;
    void showExpression(const QString &text) const;
    void showCall(const kql::AggregateCallText &call) const;
    kql::AggregateCallText call() const;
    Value read(Value entry) const;
};

void AggregateRow::showParts() const
{
    const bool any = !chosen().isEmpty();
    free->setVisible(isFree());
    column->setVisible(any && !isFree() && takesColumn());
    more->setVisible(any && !isFree() && takesMore());
    QStringList names;
    for (const std::string &parameter : parameters())
        names << toQString(parameter);
    if (takesColumn() && !names.isEmpty())
        names.removeFirst();
    more->setPlaceholderText(names.join(QStringLiteral(", ")));
    more->setAccessibleName(names.join(QStringLiteral(", ")));
    const kql::Aggregate *known = kql::findAggregate(toStdString(chosen()));
    function->setToolTip(known != nullptr ? toQString(known->help).toHtmlEscaped() : QString());
    const QString of = takesColumn() ? column->column().section(QLatin1Char('.'), -1) : QString();
    name->setPlaceholderText(known != nullptr ? toQString(known->prefix) + of
                                              : AggregatesEditor::tr("name"));
}

void AggregateRow::showCall(const kql::AggregateCallText &call) const
{
    QStringList arguments;
    for (const std::string &argument : call.arguments)
        arguments << toQString(argument);
    if (takesColumn() && !arguments.isEmpty())
        column->setColumn(arguments.takeFirst());
    more->setPlainText(arguments.join(QStringLiteral(", ")));
}

void AggregateRow::showExpression(const QString &text) const
{
    const auto call = kql::readAggregateCall(toStdString(text));
    int index = call ? function->findData(toQString(call->function)) : -1;
    // count(x) is more than the form has; so is a call with more arguments than the form shows.
    if (call && call->function == "count" && !call->arguments.empty())
        index = -1;
    if (index < 0) {
        function->setCurrentIndex(text.isEmpty() ? -1 : function->findData(QLatin1String(kFree)));
        free->setPlainText(text);
        return;
    }
    function->setCurrentIndex(index);
    showCall(*call);
}

kql::AggregateCallText AggregateRow::call() const
{
    kql::AggregateCallText call{toStdString(chosen()), {}};
    if (takesColumn() && !column->column().isEmpty())
        call.arguments.push_back(toStdString(column->column()));
    if (takesMore() && !more->toPlainText().trimmed().isEmpty())
        call.arguments.push_back(toStdString(more->toPlainText().trimmed()));
    return call;
}

Value AggregateRow::read(Value entry) const
{
    if (chosen().isEmpty() && name->text().isEmpty())
        return {};
    if (name->text().isEmpty())
        entry.erase(kName);
    else
        entry.set(kName, Value(toStdString(name->text())));
    std::string text = isFree()             ? toStdString(free->toPlainText())
                       : chosen().isEmpty() ? std::string()
                                            : kql::writeAggregateCall(call());
    // What the file has stays as it is written there while it says the same.
    const std::string before = toStdString(textOf(entry, kExpression));
    if (!isFree()) {
        const auto known = kql::readAggregateCall(before);
        if (known && kql::writeAggregateCall(*known) == text)
            text = before;
    }
    entry.set(kExpression, Value(std::move(text)));
    return entry;
}

} // namespace

AggregatesEditor::AggregatesEditor(const FieldSpec &spec,
                                   const FieldContext &context,
                                   QWidget *parent)
    : RowsEditor(spec, context, tr("Add aggregate"), parent)
{}

std::function<Value()>
AggregatesEditor::makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout)
{
    AggregateRow parts{};
    parts.function = new CalmCombo(row);
    parts.function->setPlaceholderText(tr("function"));
    parts.function->setAccessibleName(tr("Function"));
    fillFunctions(parts.function);
    parts.name = new QLineEdit(textOf(entry, kName), row);
    parts.name->setAccessibleName(tr("Name of the column that it makes"));
    parts.name->setToolTip(tr("Name of the column that it makes"));
    parts.column = new ColumnCombo(context(), row);
    parts.column->setAccessibleName(tr("Column"));
    parts.column->lineEdit()->setPlaceholderText(tr("column"));
    parts.more = new ExpressionText(context(), row);
    parts.free = new ExpressionText(context(), row, ExpressionText::Language::Aggregate);
    parts.free->setAccessibleName(tr("Expression"));
    parts.free->setPlaceholderText(QStringLiteral("round(avg(temp), 1)"));
    setPart(parts.name, kName);
    for (QWidget *widget : {static_cast<QWidget *>(parts.column),
                            static_cast<QWidget *>(parts.more),
                            static_cast<QWidget *>(parts.free)})
        setPart(widget, kExpression);
    parts.showExpression(textOf(entry, kExpression));
    parts.showParts();

    auto *grid = new QGridLayout;
    grid->setSpacing(metrics::kSpaceXs);
    grid->setContentsMargins(0, 0, 0, metrics::kSpaceS); // two lines that belong together
    grid->addWidget(parts.function, 0, 0);
    grid->addWidget(parts.name, 0, 1);
    auto *arguments = new QHBoxLayout;
    arguments->setSpacing(metrics::kSpaceXs);
    arguments->addWidget(parts.column, 1);
    arguments->addWidget(parts.more, 1);
    grid->addLayout(arguments, 1, 0, 1, 2);
    grid->addWidget(parts.free, 2, 0, 1, 2);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    layout->addLayout(grid, 1);

    const auto changed = [this, parts] {
        parts.showParts();
        rowEdited();
    };
    connect(parts.name, &QLineEdit::textChanged, this, changed);
    connect(parts.name, &QLineEdit::editingFinished, this, &FieldEditor::finished);
    connect(parts.column, &ColumnCombo::columnEdited, this, changed);
    connect(parts.column, &ColumnCombo::left, this, &FieldEditor::finished);
    for (ExpressionText *text : {parts.more, parts.free}) {
        connect(text, &QPlainTextEdit::textChanged, this, changed);
        connect(text, &GrowingText::left, this, &FieldEditor::finished);
    }
    connect(parts.function,
            &QComboBox::activated,
            this,
            [this, parts, changed, last = parts.call()]() mutable {
                // What was chosen before is where an expression begins.
                if (parts.isFree() && parts.free->toPlainText().isEmpty() && !last.function.empty()
                    && last.function != kFree) {
                    last.arguments = parts.call().arguments;
                    parts.free->setPlainText(toQString(kql::writeAggregateCall(last)));
                }
                last = parts.call();
                changed();
                Q_EMIT finished();
            });
    return [parts, entry] { return parts.read(entry); };
}

} // namespace sluice
