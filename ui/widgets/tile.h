#pragma once

#include "core/node/node_descriptor.h"

#include <QWidget>

class QPainter;
class QRectF;

namespace sluice {

/// Paints a kind's icon on a square of its role's colour.
void paintTile(
    QPainter &painter, const QRectF &rect, const QString &icon, NodeRole role, int iconSize);
/// The kind's icon, or the one of its role where it names none.
QString iconOf(const NodeDescriptor &descriptor);

/// A kind's tile as a widget.
class Tile : public QWidget
{
    Q_OBJECT

public:
    Tile(int side, int iconSize, QWidget *parent = nullptr);
    void setKind(const QString &icon, NodeRole role);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    int m_iconSize;
    QString m_icon;
    NodeRole m_role = NodeRole::Transform;
};

} // namespace sluice
