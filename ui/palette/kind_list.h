#pragma once

#include "core/node/catalog.h"

#include <QListView>

#include <functional>
#include <string>

namespace sluice {

class KindModel;

/// The kinds that match a search, under their roles. Rows are 30 high; Enter or a double click
/// chooses one, dragging takes it to the canvas.
class KindList : public QListView
{
    Q_OBJECT

public:
    using Accepts = std::function<bool(const NodeDescriptor &)>;

    explicit KindList(const Catalog &catalog, QWidget *parent = nullptr);

    void setSearch(const QString &text);
    /// Shows only kinds that `accepts`; empty: all.
    void setAccepted(Accepts accepts);
    /// Names of the kinds that are shown, in order.
    std::vector<std::string> shownKinds() const;
    /// Makes the first kind current, so that Enter takes it.
    void selectFirst();
    void selectKind(const std::string &kind);
    /// Moves to the kind before or behind the current one, over the headings.
    void step(int by);
    void chooseCurrent();

signals:
    void chosen(const std::string &kind);

protected:
    void startDrag(Qt::DropActions actions) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    KindModel *m_model;
};

} // namespace sluice
