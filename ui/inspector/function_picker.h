#pragma once

#include "ui/inspector/function_list.h"

#include <QFrame>

class QLineEdit;
class QTreeWidget;
class QTreeWidgetItem;

namespace sluice {

class ThemedLabel;

/// A list of functions to search and choose from, by category, with what each does and an example.
/// Opens beside an expression and closes itself.
class FunctionPicker : public QFrame
{
    Q_OBJECT

public:
    /// @param aggregates  they can be called here too, and come first
    explicit FunctionPicker(bool aggregates, QWidget *parent = nullptr);

    /// Below `anchor`, or above it where there is no room; inside the screen.
    void openAt(const QWidget *anchor);
    /// Names that are listed now, for tests.
    QStringList listed() const;

signals:
    void chosen(const sluice::FunctionEntry &entry);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void fill();
    void filter();
    void showEntry(const QTreeWidgetItem *item);
    void choose(const QTreeWidgetItem *item);
    void step(int by);
    const FunctionEntry *entryOf(const QTreeWidgetItem *item) const;

    std::vector<const FunctionEntry *> m_entries;
    QLineEdit *m_search;
    QTreeWidget *m_tree;
    ThemedLabel *m_about;
};

} // namespace sluice
