#include "ui/inspector/column_items.h"

#include "ui/document/qt_text.h"
#include "ui/theme/fonts.h"
#include "ui/widgets/themed_label.h"

#include <QStringList>
#include <QTreeWidgetItem>

namespace sluice {

namespace {

QTreeWidgetItem *
addItem(QTreeWidgetItem *parent, const QString &name, const QString &type, const QString &origin)
{
    auto *item = new QTreeWidgetItem(parent, {visibleText(name), type, origin});
    for (const int code : {0, 1})
        item->setFont(code, codeFont());
    for (const int any : {0, 1, 2})
        item->setToolTip(any, item->text(any).toHtmlEscaped());
    return item;
}

void addInside(QTreeWidgetItem *item, const InferredField &field)
{
    for (const InferredField &child : field.children) {
        QTreeWidgetItem *inner =
            addItem(item, toQString(child.name), typeText(child.type, &child), {});
        inner->setToolTip(0, toQString(child.path).toHtmlEscaped());
        addInside(inner, child);
    }
}

} // namespace

QString typeText(ColumnType type, const InferredField *field)
{
    const QString name = toQString(typeName(type));
    if (field == nullptr || !field->isMixed())
        return name;
    QStringList types;
    for (const ColumnType one : field->types)
        types << toQString(typeName(one));
    return QStringLiteral("%1 (%2)").arg(name, types.join(QStringLiteral(", ")));
}

QTreeWidgetItem *addColumnItem(QTreeWidgetItem *parent,
                               const SchemaColumn &column,
                               const InferredField *field,
                               const QString &origin)
{
    QTreeWidgetItem *item =
        addItem(parent, toQString(column.name), typeText(column.type, field), origin);
    if (field != nullptr)
        addInside(item, *field);
    return item;
}

} // namespace sluice
