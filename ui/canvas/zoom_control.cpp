#include "ui/canvas/zoom_control.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QToolButton>

#include <cmath>

namespace sluice {

namespace {

constexpr int kSide = 26;

QToolButton *makeButton(QWidget *parent, const QString &iconName, const QString &tip)
{
    auto *button = new QToolButton(parent);
    if (!iconName.isEmpty())
        button->setIcon(icon(iconName));
    button->setIconSize(QSize(14, 14));
    button->setFixedSize(kSide, kSide);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    return button;
}

} // namespace

ZoomControl::ZoomControl(QWidget *parent)
    : QFrame(parent)
{
    auto *out = makeButton(this, QStringLiteral("minus"), tr("Zoom out (Ctrl+-)"));
    m_percent = makeButton(this, {}, tr("Actual size (Ctrl+0)"));
    m_percent->setFixedWidth(54);
    m_percent->setFont(uiFont(metrics::kTextLabel));
    auto *in = makeButton(this, QStringLiteral("plus"), tr("Zoom in (Ctrl++)"));
    auto *fit = makeButton(this, QStringLiteral("fit"), tr("Show everything (Ctrl+1)"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(3, 3, 3, 3);
    row->setSpacing(0);
    row->addWidget(out);
    row->addWidget(m_percent);
    row->addWidget(in);
    row->addSpacing(7);
    row->addWidget(fit);
    connect(out, &QToolButton::clicked, this, &ZoomControl::zoomOutRequested);
    connect(m_percent, &QToolButton::clicked, this, &ZoomControl::resetRequested);
    connect(in, &QToolButton::clicked, this, &ZoomControl::zoomInRequested);
    connect(fit, &QToolButton::clicked, this, &ZoomControl::fitRequested);
    setCursor(Qt::ArrowCursor);
    setZoom(1);
}

void ZoomControl::setZoom(double zoom)
{
    m_percent->setText(tr("%1 %").arg(std::lround(zoom * 100)));
}

void ZoomControl::paintEvent(QPaintEvent *event)
{
    (void)event;
    const Theme &now = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(now.panel);
    painter.setPen(QPen(now.separator, 1));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5),
                            metrics::kRadiusPanel,
                            metrics::kRadiusPanel);
    painter.drawLine(QPointF(width() - kSide - 6.5, 6),
                     QPointF(width() - kSide - 6.5, height() - 6));
}

} // namespace sluice
