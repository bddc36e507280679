#include "ui/canvas/card_painter.h"

#include <QImage>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

constexpr std::size_t kSamples = 60;
constexpr double kLineWidth = 1.3;

/// How much of each pixel a line covers. A line of many short pieces costs a painter's stroker,
/// with its joins and caps, more than all the rest of a card; the distance to a piece is cheap.
class Coverage
{
public:
    Coverage(QSize size, double width)
        : m_image(size, QImage::Format_Alpha8)
        , m_reach(width / 2 + 0.5)
    {
        m_image.fill(0);
    }

    /// Pixel coordinates.
    void addPiece(QPointF from, QPointF to)
    {
        const int left = int(std::floor(std::min(from.x(), to.x()) - m_reach));
        const int right = int(std::ceil(std::max(from.x(), to.x()) + m_reach));
        const int top = int(std::floor(std::min(from.y(), to.y()) - m_reach));
        const int bottom = int(std::ceil(std::max(from.y(), to.y()) + m_reach));
        const QPointF along = to - from;
        const double length = QPointF::dotProduct(along, along);
        for (int y = std::max(0, top); y < std::min(m_image.height(), bottom); ++y) {
            uchar *line = m_image.scanLine(y);
            for (int x = std::max(0, left); x < std::min(m_image.width(), right); ++x) {
                const QPointF at = QPointF(x + 0.5, y + 0.5) - from;
                const double part =
                    length > 0 ? std::clamp(QPointF::dotProduct(at, along) / length, 0.0, 1.0) : 0;
                const QPointF off = at - along * part;
                const double covered = std::clamp(m_reach - std::hypot(off.x(), off.y()), 0.0, 1.0);
                line[x] = std::max(line[x], uchar(std::lround(covered * 255)));
            }
        }
    }

    QImage coloured(const QColor &colour) const
    {
        QImage picture(m_image.size(), QImage::Format_ARGB32_Premultiplied);
        const int red = colour.red();
        const int green = colour.green();
        const int blue = colour.blue();
        for (int y = 0; y < picture.height(); ++y) {
            const uchar *covered = m_image.constScanLine(y);
            auto *pixel = reinterpret_cast<QRgb *>(picture.scanLine(y));
            for (int x = 0; x < picture.width(); ++x)
                pixel[x] = qPremultiply(qRgba(red, green, blue, covered[x]));
        }
        return picture;
    }

private:
    QImage m_image;
    double m_reach;
};

} // namespace

void paintSparkline(QPainter &painter,
                    const QRectF &rect,
                    const std::vector<float> &values,
                    const QColor &colour)
{
    if (values.size() < 2)
        return;
    // Whole pixels of the device, so that the picture is only copied.
    const double ratio = painter.device()->devicePixelRatioF();
    const QTransform toView = painter.worldTransform();
    const QRectF exact(toView.mapRect(rect).topLeft() * ratio, toView.mapRect(rect).size() * ratio);
    const double width = kLineWidth * exact.width() / rect.width();
    const double margin = width / 2 + 1;
    const QRect pixels = exact.adjusted(-margin, -margin, margin, margin).toAlignedRect();

    const float high = std::max(*std::max_element(values.begin(), values.end()), 1e-6F);
    const double step = exact.width() / double(kSamples - 1);
    const QPointF last = exact.bottomRight() - pixels.topLeft();
    Coverage coverage(pixels.size(), width);
    QPointF before;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const QPointF place(last.x() - step * double(values.size() - 1 - i),
                            last.y() - double(values[i] / high) * exact.height());
        if (i > 0)
            coverage.addPiece(before, place);
        before = place;
    }
    QImage picture = coverage.coloured(colour);
    picture.setDevicePixelRatio(ratio);
    painter.setWorldTransform(QTransform());
    painter.drawImage(QPointF(pixels.topLeft()) / ratio, picture);
    painter.setWorldTransform(toView);
}

} // namespace sluice
