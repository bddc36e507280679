#include "ui/widgets/pill.h"

#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <cmath>

namespace sluice {

namespace {
constexpr int kHeight = 22;
constexpr int kMargin = 10;
constexpr int kMark = 8;
constexpr int kGap = 7;
} // namespace

Pill::Pill(QWidget *parent)
    : QWidget(parent)
{
    setFont(uiFont(metrics::kTextLabel));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Pill::setContent(const QString &text, std::optional<Mark> mark)
{
    if (text == m_text && mark == m_mark)
        return;
    const bool resized = text.size() != m_text.size() || mark.has_value() != m_mark.has_value();
    m_text = text;
    m_mark = mark;
    setAccessibleName(text);
    if (resized)
        updateGeometry();
    update();
}

QSize Pill::sizeHint() const
{
    const int text = int(std::ceil(tabularWidth(uiFont(metrics::kTextLabel), m_text)));
    return {text + 2 * kMargin + (m_mark ? kMark + kGap : 0), kHeight};
}

void Pill::paintEvent(QPaintEvent *event)
{
    (void)event;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().hover);
    painter.drawRoundedRect(QRectF(rect()), height() / 2.0, height() / 2.0);
    double x = kMargin;
    if (m_mark) {
        paintMark(painter, QRectF(x, (height() - kMark) / 2.0, kMark, kMark), *m_mark);
        x += kMark + kGap;
    }
    painter.setPen(theme().textSecondary);
    painter.setFont(uiFont(metrics::kTextLabel));
    drawTabular(painter, QRectF(x, 0, width() - x - kMargin, height()), Qt::AlignLeft, m_text);
}

} // namespace sluice
