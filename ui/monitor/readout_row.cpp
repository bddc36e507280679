#include "ui/monitor/readout_row.h"

#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace sluice {

namespace {
constexpr double kSquare = 9;
constexpr double kGap = 5;
constexpr double kBetween = 10;
} // namespace

ReadoutRow::ReadoutRow(QWidget *parent)
    : QWidget(parent)
{
    setFont(uiFont(metrics::kTextLabel));
    setFixedHeight(18);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void ReadoutRow::setEntries(const std::vector<Entry> &entries)
{
    if (entries == m_entries)
        return;
    m_entries = entries;
    QStringList words;
    for (const Entry &entry : entries)
        words << entry.name + QLatin1Char(' ') + entry.value;
    setAccessibleName(words.join(QStringLiteral(", ")));
    update();
}

void ReadoutRow::setAlignment(Qt::Alignment alignment)
{
    m_alignment = alignment;
    update();
}

QSize ReadoutRow::sizeHint() const
{
    return {160, 18};
}

double ReadoutRow::widthOf(const Entry &entry) const
{
    return kSquare + kGap + tabularWidth(font(), entry.name + QLatin1Char(' ') + entry.value);
}

void ReadoutRow::paintEvent(QPaintEvent *event)
{
    (void)event;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    double total = -kBetween;
    for (const Entry &entry : m_entries)
        total += widthOf(entry) + kBetween;
    // Where the row is too narrow the later values win: they are the worse ones (p99 over p50).
    double x = m_alignment == Qt::AlignLeft && total <= width() ? 0 : width() - total;
    for (const Entry &entry : m_entries) {
        const double wide = widthOf(entry);
        if (x >= 0) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme().series[std::size_t(entry.colour)]);
            painter.drawRoundedRect(QRectF(x, (height() - kSquare) / 2, kSquare, kSquare), 2, 2);
            painter.setPen(theme().textSecondary);
            drawTabular(painter,
                        QRectF(x + kSquare + kGap, 0, wide - kSquare - kGap, height()),
                        Qt::AlignLeft,
                        entry.name + QLatin1Char(' ') + entry.value);
        }
        x += wide + kBetween;
    }
}

} // namespace sluice
