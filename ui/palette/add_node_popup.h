#pragma once

#include "ui/palette/palette.h"

#include <QFrame>

#include <functional>
#include <string>

namespace sluice {

/// The list of kinds at the pointer: after a double click on the empty canvas, or for a wire that
/// was dropped on nothing, then with the kinds that fit it alone.
class AddNodePopup : public QFrame
{
    Q_OBJECT

public:
    explicit AddNodePopup(const Catalog &catalog, QWidget *parent = nullptr);

    /// @param then  called with the kind that was chosen; not called when the list is left
    void open(QPoint globalPos,
              const KindList::Accepts &accepts,
              std::function<void(const std::string &kind)> then);
    KindList &list() { return *m_list; }
    KindSearch &search() { return *m_search; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    KindList *m_list;
    KindSearch *m_search;
    std::function<void(const std::string &)> m_then;
};

/// Kinds that can take a wire from an output (`fromOutput`), or feed an input.
bool fitsWire(const NodeDescriptor &descriptor, bool fromOutput);

} // namespace sluice
