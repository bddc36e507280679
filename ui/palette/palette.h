#pragma once

#include "ui/palette/kind_list.h"

#include <QLineEdit>
#include <QWidget>

namespace sluice {

class ThemedLabel;

/// A search line that hands the arrow keys to a list of kinds.
class KindSearch : public QLineEdit
{
    Q_OBJECT

public:
    explicit KindSearch(KindList &list, QWidget *parent = nullptr);

signals:
    void escaped();

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    KindList &m_list;
};

/// The panel at the left: every kind, searchable, to be dragged onto the canvas.
class PalettePanel : public QWidget
{
    Q_OBJECT

public:
    explicit PalettePanel(const Catalog &catalog, QWidget *parent = nullptr);

    void focusSearch();
    KindList &list() { return *m_list; }
    KindSearch &search() { return *m_search; }

signals:
    /// Double click or Enter: add it in the middle of the view.
    void kindChosen(const std::string &kind);

private:
    KindList *m_list;
    KindSearch *m_search;
    ThemedLabel *m_empty;
};

} // namespace sluice
