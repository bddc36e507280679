#include "ui/dashboard/dashboard_grid.h"

#include "core/pipeline/dashboard_edits.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {
constexpr int kGap = metrics::kSpaceM;
constexpr int kRow = 40;
} // namespace

DashboardGrid::DashboardGrid(QWidget *parent)
    : QWidget(parent)
{
    setAccessibleName(tr("Dashboard"));
}

double DashboardGrid::columnWidth() const
{
    return double(width() - 2 * metrics::kSpaceL + kGap) / kDashboardColumns - kGap;
}

QRect DashboardGrid::rectOf(const TilePlace &place) const
{
    const double column = columnWidth() + kGap;
    const int left = metrics::kSpaceL + int(std::lround(place.x * column));
    const int right = metrics::kSpaceL + int(std::lround((place.x + place.width) * column)) - kGap;
    return {left,
            metrics::kSpaceM + place.y * (kRow + kGap),
            right - left,
            place.height * (kRow + kGap) - kGap};
}

TilePlace DashboardGrid::placeAt(const QRect &rect) const
{
    const double column = columnWidth() + kGap;
    const auto cells = [](double length, double cell) { return int(std::lround(length / cell)); };
    return placeInGrid({cells(rect.x() - metrics::kSpaceL, column),
                        cells(rect.y() - metrics::kSpaceM, kRow + kGap),
                        cells(rect.width() + kGap, column),
                        cells(rect.height() + kGap, kRow + kGap)});
}

void DashboardGrid::setDashboard(const Dashboard &dashboard)
{
    end(false);
    m_dashboard = dashboard;
    for (auto known = m_frames.begin(); known != m_frames.end();) {
        if (dashboard.find(known->first)) {
            ++known;
            continue;
        }
        known->second->hide();
        known->second->deleteLater(); // it may be the sender of what removed it
        known = m_frames.erase(known);
    }
    for (const DashboardTilePtr &tile : dashboard.tiles) {
        TileFrame *&frame = m_frames[tile->id];
        const bool made = frame == nullptr;
        if (made) {
            frame = new TileFrame(this);
            connectFrame(frame);
        }
        frame->setTile(tile);
        if (made) {
            frame->show();
            Q_EMIT frameMade(frame);
        }
    }
    arrange();
}

void DashboardGrid::connectFrame(TileFrame *frame)
{
    connect(frame, &TileFrame::gripped, this, [this, frame](TileFrame::Grip grip, QPoint place) {
        begin(frame, grip, place);
    });
    connect(frame, &TileFrame::dragged, this, &DashboardGrid::dragTo);
    connect(frame, &TileFrame::dropped, this, [this] { end(true); });
    connect(frame, &TileFrame::dragCancelled, this, [this] { end(false); });
    connect(frame, &TileFrame::nudged, this, [this, frame](const TilePlace &by) {
        const TilePlace &now = frame->tile().place;
        const TilePlace moved =
            placeInGrid({now.x + by.x, now.y + by.y, now.width + by.width, now.height + by.height});
        if (!(moved == now))
            Q_EMIT placed(frame->id(), moved);
    });
}

TileFrame *DashboardGrid::frame(const std::string &id) const
{
    const auto known = m_frames.find(id);
    return known == m_frames.end() ? nullptr : known->second;
}

std::vector<TileFrame *> DashboardGrid::frames() const
{
    std::vector<TileFrame *> all;
    for (const DashboardTilePtr &tile : m_dashboard.tiles)
        all.push_back(m_frames.at(tile->id));
    return all;
}

void DashboardGrid::begin(TileFrame *frame, TileFrame::Grip grip, QPoint place)
{
    m_drag = Drag{frame, grip, place, frame->geometry(), frame->tile().place, m_dashboard};
    frame->raise();
}

void DashboardGrid::dragTo(QPoint place)
{
    if (!m_drag)
        return;
    Drag &drag = *m_drag;
    const QPoint by = place - drag.from;
    QRect rect = drag.rect;
    if (drag.grip == TileFrame::Grip::Move) {
        rect.translate(by);
    } else {
        const QRect least = rectOf({0, 0, kLeastTileWidth, kLeastTileHeight});
        rect.setSize((rect.size() + QSize(by.x(), by.y())).expandedTo(least.size()));
    }
    TilePlace wanted = placeAt(rect);
    if (drag.grip == TileFrame::Grip::Size) {
        wanted.x = drag.frame->tile().place.x;
        wanted.y = drag.frame->tile().place.y;
        wanted.width = std::min(wanted.width, kDashboardColumns - wanted.x);
    }
    drag.frame->setGeometry(rect);
    if (wanted == drag.place)
        return;
    drag.place = wanted;
    Pipeline only;
    only.dashboard = m_dashboard;
    if (const auto moved = placeTile(only, drag.frame->id(), wanted))
        drag.shown = moved->dashboard;
    arrange();
}

void DashboardGrid::end(bool take)
{
    if (!m_drag)
        return;
    const Drag drag = *std::exchange(m_drag, std::nullopt);
    const bool moved = !(drag.place == drag.frame->tile().place);
    if (take && moved)
        Q_EMIT placed(drag.frame->id(), drag.place);
    arrange();
}

void DashboardGrid::arrange()
{
    const Dashboard &shown = m_drag ? m_drag->shown : m_dashboard;
    int bottom = 0;
    for (const DashboardTilePtr &tile : shown.tiles) {
        const QRect rect = rectOf(tile->place);
        bottom = std::max(bottom, rect.bottom());
        const auto frame = m_frames.find(tile->id);
        if (frame != m_frames.end() && (!m_drag || frame->second != m_drag->frame))
            frame->second->setGeometry(rect);
    }
    setMinimumHeight(bottom + metrics::kSpaceL);
    update();
}

void DashboardGrid::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().canvas);
    if (!m_drag)
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme().accent, 1, Qt::DashLine));
    painter.setBrush(faded(theme().accent, 0.12));
    painter.drawRoundedRect(
        QRectF(rectOf(m_drag->place)), metrics::kRadiusCard, metrics::kRadiusCard);
}

void DashboardGrid::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    arrange();
}

} // namespace sluice
