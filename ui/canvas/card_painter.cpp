#include "ui/canvas/card_painter.h"

#include "ui/canvas/canvas_metrics.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QImage>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace sluice {

using namespace metrics;

namespace {

constexpr double kTileLeft = 12;
constexpr double kTileTop = 15;
constexpr double kTextLeft = kTileLeft + kCardTile + 10;
constexpr double kTextRight = kCardWidth - 12;
constexpr double kSparkWidth = 36;
constexpr double kBadgeHeight = 16;
constexpr double kRing = 3;

QString tr(const char *text, int count = -1)
{
    return QCoreApplication::translate("CardPainter", text, nullptr, count);
}

double footerTop(const CardItem &card)
{
    return card.rect.height() - kCardFooter;
}

QPointF snapped(QPointF view, double ratio)
{
    return {std::round(view.x() * ratio) / ratio, std::round(view.y() * ratio) / ratio};
}

// Painter coordinates become those of the card at 100 %.
void enterCard(QPainter &painter, QPointF scenePos, const Viewport &viewport)
{
    painter.translate(snapped(viewport.toView(scenePos), painter.device()->devicePixelRatioF()));
    painter.scale(viewport.zoom, viewport.zoom);
}

/// Pictures are drawn at least at their own size: Qt paints onto a pixmap as if its ratio were 1
/// when it is smaller.
double pictureScale(const QPainter &painter, const Viewport &viewport)
{
    return std::max(1.0, painter.device()->devicePixelRatioF() * viewport.zoom);
}

void paintTile(QPainter &painter, const std::string &icon, const QColor &colour, double scale)
{
    const QRectF tile(kTileLeft, kTileTop, kCardTile, kCardTile);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(faded(colour, 0.16));
    painter.drawRoundedRect(tile, kRadiusField, kRadiusField);
    const QString name = QString::fromStdString(icon.empty() ? "unknown" : icon);
    const QPixmap picture = iconPixmap(name, colour, kCardIcon, scale);
    painter.drawPixmap(tile.center() - QPointF(kCardIcon, kCardIcon) / 2, picture);
}

void paintTitle(QPainter &painter, const QString &title, const QString &summary, const Theme &theme)
{
    const QFont titleFont = uiFont(kTextBody, QFont::DemiBold);
    const double width = kTextRight - kTextLeft;
    const bool alone = summary.isEmpty();
    painter.setFont(titleFont);
    painter.setPen(theme.text);
    painter.drawText(QRectF(kTextLeft, alone ? 20 : 11, width, 20),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetricsF(titleFont).elidedText(title, Qt::ElideRight, width));
    if (alone)
        return;
    const QFont code = codeFont(kTextHint);
    painter.setFont(code);
    painter.setPen(theme.textSecondary);
    painter.drawText(QRectF(kTextLeft, 30, width, 18),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetricsF(code).elidedText(summary, Qt::ElideRight, width));
}

// Of the ports that stand in lines of their own; both sides share the width when both have some.
void paintPortNames(QPainter &painter, const CardItem &card, const Theme &theme)
{
    const QFont font = uiFont(kTextHint);
    const auto hasNamed = [&card](bool output) {
        return std::any_of(card.ports.begin(), card.ports.end(), [output](const PortItem &port) {
            return port.named && port.output == output;
        });
    };
    const bool both = hasNamed(false) && hasNamed(true);
    const double width = kCardWidth - 2 * kTileLeft;
    const double room = both ? width / 2 - 6 : width;
    for (const PortItem &port : card.ports) {
        if (!port.named)
            continue;
        const QRectF line(port.output ? kCardWidth - kTileLeft - room : kTileLeft,
                          port.offset.y() - kPortRow / 2,
                          room,
                          kPortRow);
        painter.setFont(font);
        painter.setPen(port.wires > 0 ? theme.text : theme.textSecondary);
        painter.drawText(line,
                         Qt::AlignVCenter | (port.output ? Qt::AlignRight : Qt::AlignLeft),
                         QFontMetricsF(font).elidedText(port.title, Qt::ElideRight, room));
    }
}

/// Letters of a reduced card: larger than to scale, so that they can be read down to 30 %.
int reducedTextSize(double zoom)
{
    return std::min(22, int(std::lround(kTextHint / zoom)));
}

struct Badge
{
    QString text;
    QColor fill;
};

std::vector<Badge> badgesOf(const CardLook &look, const Theme &theme)
{
    std::vector<Badge> badges;
    if (look.errors > 0)
        badges.push_back({tr("%n problem(s)", look.errors), theme.error});
    else if (look.warnings > 0)
        badges.push_back({tr("%n warning(s)", look.warnings), theme.warning});
    if (look.changed)
        badges.push_back({tr("changed"), theme.accent});
    if (look.bottleneck)
        badges.push_back({tr("bottleneck"), theme.warning});
    return badges;
}

// From the right end of the card's upper edge to the left, as far as there is room.
void paintBadges(QPainter &painter, const CardLook &look, double zoom, const Theme &theme)
{
    const int size = zoom < kReducedZoom ? std::min(18, reducedTextSize(zoom)) : kTextHint;
    const QFont font = uiFont(size, QFont::DemiBold);
    const QFontMetricsF metrics(font);
    const double height = kBadgeHeight * size / kTextHint;
    double right = kCardWidth + 4;
    for (const Badge &badge : badgesOf(look, theme)) {
        const double width = metrics.horizontalAdvance(badge.text) + 12;
        if (right - width < -4)
            return;
        const QRectF rect(right - width, -height / 2, width, height);
        painter.setPen(Qt::NoPen);
        painter.setBrush(badge.fill);
        painter.drawRoundedRect(rect, 5, 5);
        painter.setFont(font);
        painter.setPen(theme.accentText);
        painter.drawText(rect, Qt::AlignCenter, badge.text);
        right -= width + 4;
    }
}

QString idleText(const CardItem &card)
{
    return card.title == card.kindTitle ? tr("not running") : card.kindTitle;
}

// Dot, figure, rate and sparkline, in card coordinates.
void paintFooterContent(QPainter &painter,
                        const CardItem &card,
                        const CardLook &look,
                        const Theme &theme)
{
    const CardFigures *figures = look.figures;
    const double top = footerTop(card);
    const double middle = top + kCardFooter / 2;
    const QRectF sign(12, middle - 4, 8, 8);
    paintState(painter,
               sign,
               figures ? figures->state : NodeState::Stopped,
               figures && figures->troubled,
               figures != nullptr,
               theme);
    const QFont label = uiFont(kTextHint);
    const QRectF line(28, top, kTextRight - 28, kCardFooter);
    if (!figures || !figures->message.isEmpty()) {
        const QString text = figures ? figures->message : idleText(card);
        painter.setFont(label);
        painter.setPen(figures ? theme.warning : theme.textHint);
        if (figures && figures->state == NodeState::Failed)
            painter.setPen(theme.error);
        painter.drawText(line,
                         Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(label).elidedText(text, Qt::ElideRight, line.width()));
        return;
    }
    const QFont strong = uiFont(kTextHint, QFont::DemiBold);
    const QRectF left = line.adjusted(0, 0, -kSparkWidth - 8, 0);
    painter.setFont(strong);
    painter.setPen(theme.text);
    drawTabular(painter, left, Qt::AlignRight, figures->rate);
    const double room = left.width() - tabularWidth(strong, figures->rate) - 4;
    painter.setFont(label);
    painter.setPen(theme.textSecondary);
    if (tabularWidth(label, figures->figure) <= room)
        drawTabular(painter, left, Qt::AlignLeft, figures->figure);
    else
        painter.drawText(left,
                         Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(label).elidedText(figures->figure, Qt::ElideRight, room));
    paintSparkline(painter,
                   QRectF(kTextRight - kSparkWidth, middle - 6, kSparkWidth, 12),
                   figures->spark,
                   theme.role(card.role));
}

// State and rate of a reduced card, in card coordinates.
void paintReducedFooter(
    QPainter &painter, const CardItem &card, const CardLook &look, double zoom, const Theme &theme)
{
    const CardFigures *figures = look.figures;
    const double middle = footerTop(card) + kCardFooter / 2 - 2;
    const QRectF sign(kTileLeft + 2, middle - 6, 12, 12);
    paintState(painter,
               sign,
               figures ? figures->state : NodeState::Stopped,
               figures && figures->troubled,
               figures != nullptr,
               theme);
    if (!figures)
        return;
    const bool speaks = !figures->message.isEmpty();
    const QFont font = uiFont(reducedTextSize(zoom), QFont::DemiBold);
    const QRectF line(sign.right() + 8, middle - 14, kTextRight - sign.right() - 8, 28);
    const bool failed = figures->state == NodeState::Failed;
    painter.setFont(font);
    painter.setPen(failed ? theme.error : speaks ? theme.warning : theme.text);
    if (speaks)
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, stateText(figures->state));
    else
        drawTabular(painter, line, Qt::AlignRight, figures->rate);
}

// A soft edge by rings that add up towards the card: drawn once a zoom, then blitted.
void paintShadow(QPainter &painter, const QRectF &rect, const Theme &theme)
{
    constexpr int kRings = 8;
    painter.setPen(Qt::NoPen);
    for (int ring = kRings; ring >= 1; --ring) {
        const double grow = ring - 3;
        painter.setBrush(faded(theme.shadow, 0.11));
        painter.drawRoundedRect(rect.adjusted(-grow, -grow + 3, grow, grow + 3),
                                kRadiusCard + grow,
                                kRadiusCard + grow);
    }
}

} // namespace

QRectF CardPainter::paintedRect(const CardItem &card)
{
    return card.rect.adjusted(-kShadowMargin, -kShadowMargin, kShadowMargin, kShadowMargin);
}

QRectF CardPainter::footerRect(const CardItem &card, const Viewport &viewport)
{
    if (viewport.zoom < kTinyZoom)
        return {};
    const QRectF inside = card.rect.adjusted(10, footerTop(card) + 2, -10, -2);
    return viewport.toView(inside);
}

QPixmap
CardPainter::frame(double height, bool selected, bool whole, double scale, const Theme &theme)
{
    const auto key =
        std::make_tuple(int(height), selected, whole, theme.dark, int(std::lround(scale * 1000)));
    const auto found = m_frames.find(key);
    if (found != m_frames.end())
        return found->second;
    constexpr std::size_t kMostFrames = 24; // a zoom gesture passes many scales
    if (m_frames.size() > kMostFrames)
        m_frames.clear();
    QPixmap pixmap(int(std::ceil((kCardWidth + 2 * kShadowMargin) * scale)),
                   int(std::ceil((height + 2 * kShadowMargin) * scale)));
    pixmap.setDevicePixelRatio(scale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(kShadowMargin, kShadowMargin);
    const QRectF card(0, 0, kCardWidth, height);
    paintShadow(painter, card, theme);
    if (selected) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(faded(theme.accent, 0.28));
        painter.drawRoundedRect(
            card.adjusted(-kRing, -kRing, kRing, kRing), kRadiusCard + kRing, kRadiusCard + kRing);
    }
    painter.setBrush(theme.panel);
    painter.setPen(QPen(selected ? theme.accent : theme.separator, selected ? 1.5 : 1));
    painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), kRadiusCard, kRadiusCard);
    if (whole)
        painter.fillRect(QRectF(1, height - kCardFooter, kCardWidth - 2, 1), theme.separator);
    painter.end();
    m_frames.emplace(key, pixmap);
    return pixmap;
}

void CardPainter::paintFull(QPainter &painter,
                            const CardItem &card,
                            const CardLook &look,
                            const Viewport &viewport,
                            const Theme &theme)
{
    const bool whole = viewport.zoom >= kReducedZoom;
    const double scale = pictureScale(painter, viewport);
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    enterCard(painter, card.rect.topLeft(), viewport);
    painter.drawPixmap(QPointF(-kShadowMargin, -kShadowMargin),
                       frame(card.rect.height(), look.selected, whole, scale, theme));
    const QColor colour = card.descriptor ? theme.role(card.role) : theme.error;
    if (whole) {
        paintTile(painter, card.icon, colour, scale);
        paintTitle(painter, card.title, card.summary, theme);
        paintPortNames(painter, card, theme);
        paintFooterContent(painter, card, look, theme);
    } else {
        paintTile(painter, card.icon, colour, scale);
        const QFont font = uiFont(reducedTextSize(viewport.zoom), QFont::DemiBold);
        painter.setFont(font);
        painter.setPen(theme.text);
        const double width = kTextRight - kTextLeft + 4;
        painter.drawText(QRectF(kTextLeft, kTileTop, width, kCardTile),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(font).elidedText(card.title, Qt::ElideRight, width));
        paintReducedFooter(painter, card, look, viewport.zoom, theme);
    }
    paintBadges(painter, look, viewport.zoom, theme);
    painter.restore();
    for (const PortItem &port : card.ports) {
        const bool quiet = port.optional && port.wires == 0;
        paintPort(painter,
                  viewport.toView(card.portPos(port)),
                  viewport.zoom,
                  quiet ? -1 : 0,
                  quiet ? blended(theme.panel, theme.wire, 0.55) : theme.wire,
                  theme);
    }
}

void CardPainter::paint(QPainter &painter,
                        const CardItem &card,
                        const CardLook &look,
                        const Viewport &viewport,
                        const Theme &theme)
{
    if (viewport.zoom >= kTinyZoom) {
        paintFull(painter, card, look, viewport, theme);
        return;
    }
    const QRectF rect = viewport.toView(card.rect);
    const QColor role = card.descriptor ? theme.role(card.role) : theme.error;
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.fillRect(rect, blended(theme.panel, role, 0.35));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(look.selected ? theme.accent : role, look.selected ? 2 : 0));
    painter.drawRect(rect);
    const QRectF sign(rect.left() + 3, rect.bottom() - 9, 6, 6);
    if (rect.height() > 14)
        paintState(painter,
                   sign,
                   look.figures ? look.figures->state : NodeState::Stopped,
                   look.figures && look.figures->troubled,
                   look.figures != nullptr,
                   theme);
    if (look.errors > 0)
        painter.fillRect(QRectF(rect.right() - 5, rect.top() - 1, 6, 6), theme.error);
}

void CardPainter::paintFooter(QPainter &painter,
                              const CardItem &card,
                              const CardLook &look,
                              const Viewport &viewport,
                              const Theme &theme)
{
    const QRectF area = footerRect(card, viewport);
    if (area.isEmpty())
        return;
    painter.save();
    painter.setClipRect(area);
    painter.fillRect(area, theme.panel);
    enterCard(painter, card.rect.topLeft(), viewport);
    if (viewport.zoom >= kReducedZoom)
        paintFooterContent(painter, card, look, theme);
    else
        paintReducedFooter(painter, card, look, viewport.zoom, theme);
    painter.restore();
}

void CardPainter::paintGhost(QPainter &painter,
                             const NodeDescriptor &descriptor,
                             QPointF topLeft,
                             const Viewport &viewport,
                             const Theme &theme)
{
    const double scale = pictureScale(painter, viewport);
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.setOpacity(0.75);
    enterCard(painter, topLeft, viewport);
    const double height = cardHeight(portsOf(descriptor, {}));
    painter.drawPixmap(QPointF(-kShadowMargin, -kShadowMargin),
                       frame(height, true, true, scale, theme));
    paintTile(painter, descriptor.icon, theme.role(descriptor.role), scale);
    paintTitle(painter, QString::fromStdString(descriptor.title), {}, theme);
    painter.restore();
}

} // namespace sluice
