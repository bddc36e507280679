#include "ui/widgets/tile.h"

#include "ui/document/qt_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace sluice {

void paintTile(
    QPainter &painter, const QRectF &rect, const QString &icon, NodeRole role, int iconSize)
{
    const QColor colour = theme().role(role);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(faded(colour, 0.16));
    const double corner = rect.width() >= 28 ? 7 : 5;
    painter.drawRoundedRect(rect, corner, corner);
    const double ratio = painter.device()->devicePixelRatioF();
    const QPixmap picture = iconPixmap(icon, colour, iconSize, ratio);
    const QPointF corner2 = rect.center() - QPointF(iconSize, iconSize) / 2.0;
    painter.drawPixmap(corner2, picture);
}

QString iconOf(const NodeDescriptor &descriptor)
{
    const QString name = toQString(descriptor.icon);
    if (hasIcon(name))
        return name;
    switch (descriptor.role) {
    case NodeRole::Source:
        return QStringLiteral("source");
    case NodeRole::Transform:
        return QStringLiteral("transform");
    case NodeRole::Destination:
        return QStringLiteral("destination");
    }
    return {};
}

Tile::Tile(int side, int iconSize, QWidget *parent)
    : QWidget(parent)
    , m_iconSize(iconSize)
{
    setFixedSize(side, side);
}

void Tile::setKind(const QString &icon, NodeRole role)
{
    m_icon = icon;
    m_role = role;
    update();
}

void Tile::paintEvent(QPaintEvent *event)
{
    (void)event;
    QPainter painter(this);
    paintTile(painter, rect(), m_icon, m_role, m_iconSize);
}

} // namespace sluice
