#include "ui/theme/icons.h"

#include "ui/theme/theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <cmath>

namespace sluice {

namespace {

QString pathOf(const QString &name)
{
    return QStringLiteral(":/sluice/icons/%1.svg").arg(name);
}

QImage render(const QString &name, const QColor &colour, int side)
{
    QImage image(side, side, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    // A kind may name a picture that nobody has drawn yet: a question mark, not an empty tile.
    QFile file(pathOf(hasIcon(name) ? name : QStringLiteral("unknown")));
    if (!file.open(QIODevice::ReadOnly))
        return image;
    QByteArray svg = file.readAll();
    svg.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
    QSvgRenderer renderer(svg);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(colour.alphaF());
    renderer.render(&painter);
    return image;
}

/// Draws at the size and pixel ratio of where it is painted, in the theme of that moment.
class ThemedIconEngine : public QIconEngine
{
public:
    ThemedIconEngine(QString name, QColor colour)
        : m_name(std::move(name))
        , m_colour(colour)
    {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        const double ratio = painter->device()->devicePixelRatioF();
        const int side = std::min(rect.width(), rect.height());
        QRect target(0, 0, side, side);
        target.moveCenter(rect.center());
        painter->drawPixmap(target, picture(side, ratio, mode, state));
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return picture(std::min(size.width(), size.height()), 1.0, mode, state);
    }

    QPixmap
    scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal scale) override
    {
        const int side = int(std::lround(std::min(size.width(), size.height()) / scale));
        return picture(side, scale, mode, state);
    }

    QIconEngine *clone() const override { return new ThemedIconEngine(*this); }
    bool isNull() override { return !hasIcon(m_name); }

private:
    QPixmap picture(int side, double ratio, QIcon::Mode mode, QIcon::State state) const
    {
        const Theme &now = theme();
        QColor colour = m_colour.isValid() ? m_colour : now.text;
        if (mode == QIcon::Disabled)
            colour = faded(now.textHint, 0.55);
        else if (!m_colour.isValid() && state == QIcon::On)
            colour = now.accent;
        return iconPixmap(m_name, colour, side, ratio);
    }

    QString m_name;
    QColor m_colour;
};

} // namespace

QIcon icon(const QString &name)
{
    return QIcon(new ThemedIconEngine(name, QColor()));
}

QIcon icon(const QString &name, const QColor &colour)
{
    return QIcon(new ThemedIconEngine(name, colour));
}

QPixmap iconPixmap(const QString &name, const QColor &colour, int size, double devicePixelRatio)
{
    const int side = std::max(1, int(std::lround(size * devicePixelRatio)));
    const QString key =
        QStringLiteral("sluice/%1/%2/%3").arg(name).arg(colour.rgba(), 8, 16).arg(side);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = QPixmap::fromImage(render(name, colour, side));
        QPixmapCache::insert(key, pixmap);
    }
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

bool hasIcon(const QString &name)
{
    return !name.isEmpty() && QFile::exists(pathOf(name));
}

} // namespace sluice
