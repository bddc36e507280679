#pragma once

#include <QToolButton>

namespace sluice {

class RowsEditor;

/// At the left of a row: pulled up and down it moves the row, clicked it opens a menu with the
/// same moves.
class RowGrip : public QToolButton
{
    Q_OBJECT

public:
    RowGrip(RowsEditor &rows, QWidget *row);

protected:
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    void openMenu();

    RowsEditor &m_rows;
    QWidget *m_row;
    int m_pressedAt = 0;
    bool m_pulled = false;
};

} // namespace sluice
