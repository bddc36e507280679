#include "ui/inspector/row_grip.h"

#include "ui/inspector/rows_editor.h"
#include "ui/theme/icons.h"

#include <QApplication>
#include <QMenu>
#include <QMouseEvent>

namespace sluice {

namespace {
constexpr int kWidth = 16;
constexpr int kFieldHeight = 30;
} // namespace

RowGrip::RowGrip(RowsEditor &rows, QWidget *row)
    : QToolButton(row)
    , m_rows(rows)
    , m_row(row)
{
    setObjectName(QStringLiteral("rowGrip"));
    setAutoRaise(true);
    setIcon(sluice::icon(QStringLiteral("grip")));
    setFixedSize(kWidth, kFieldHeight); // as high as the fields beside it
    setCursor(Qt::SizeVerCursor);
    setFocusPolicy(Qt::NoFocus); // the keys that move a row work in its fields
    setToolTip(
        tr("Pull to move the row, or press %1 and %2 in it")
            .arg(
                QKeySequence(QLatin1String(RowsEditor::kMoveUp)).toString(QKeySequence::NativeText),
                QKeySequence(QLatin1String(RowsEditor::kMoveDown))
                    .toString(QKeySequence::NativeText)));
    setAccessibleName(tr("Move this row"));
}

void RowGrip::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_pressedAt = event->globalPosition().toPoint().y();
    m_pulled = false;
    setDown(true);
}

void RowGrip::mouseMoveEvent(QMouseEvent *event)
{
    const QPoint place = event->globalPosition().toPoint();
    if (!isDown()
        || (!m_pulled && std::abs(place.y() - m_pressedAt) < QApplication::startDragDistance()))
        return;
    m_pulled = true;
    const int from = m_rows.indexOf(m_row);
    const int to = m_rows.rowAt(m_rows.mapFromGlobal(place));
    if (from >= 0 && to >= 0 && from != to)
        m_rows.moveRow(from, to - from);
}

void RowGrip::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !isDown())
        return;
    setDown(false);
    if (!m_pulled)
        openMenu();
}

void RowGrip::openMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const int index = m_rows.indexOf(m_row);
    const auto add = [&](const QString &text, const char *keys, int by, bool possible) {
        QAction *action = menu->addAction(
            text, &m_rows, [this, by] { m_rows.moveRow(m_rows.indexOf(m_row), by); });
        action->setShortcut(QKeySequence(QLatin1String(keys)));
        action->setEnabled(possible);
    };
    add(tr("Move up"), RowsEditor::kMoveUp, -1, index > 0);
    add(tr("Move down"), RowsEditor::kMoveDown, 1, index + 1 < m_rows.rowCount());
    menu->addAction(sluice::icon(QStringLiteral("trash")), tr("Remove"), &m_rows, [this] {
        m_rows.removeRow(m_rows.indexOf(m_row));
    });
    menu->popup(mapToGlobal(QPoint(0, height())));
}

} // namespace sluice
