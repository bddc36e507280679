#include "ui/theme/fonts.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QHash>
#include <QPainter>
#include <QStringList>

namespace sluice {

namespace {

QString firstInstalled(const QStringList &families)
{
    const QStringList installed = QFontDatabase::families();
    for (const QString &family : families) {
        if (installed.contains(family))
            return family;
    }
    return {};
}

double digitWidth(const QFontMetricsF &metrics)
{
    double widest = 0;
    for (char digit = '0'; digit <= '9'; ++digit)
        widest = std::max(widest, metrics.horizontalAdvance(QLatin1Char(digit)));
    return widest;
}

} // namespace

QFont uiFont(int pixels, QFont::Weight weight)
{
    // A font that is kept keeps its engine: looking that up costs more than a short text.
    static QHash<std::pair<int, int>, QFont> fonts; // of the window's thread
    const auto known = fonts.constFind({pixels, weight});
    if (known != fonts.constEnd())
        return *known;
    static const QString family = firstInstalled({QStringLiteral("Inter")});
    QFont font =
        family.isEmpty() ? QFontDatabase::systemFont(QFontDatabase::GeneralFont) : QFont(family);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    fonts.insert({pixels, weight}, font);
    return font;
}

QFont codeFont(int pixels)
{
    static const QString family =
        firstInstalled({QStringLiteral("JetBrains Mono"), QStringLiteral("DejaVu Sans Mono")});
    QFont font =
        family.isEmpty() ? QFontDatabase::systemFont(QFontDatabase::FixedFont) : QFont(family);
    font.setStyleHint(QFont::Monospace);
    font.setPixelSize(pixels);
    return font;
}

double tabularWidth(const QFont &font, const QString &text)
{
    const QFontMetricsF metrics(font);
    const double digit = digitWidth(metrics);
    double width = 0;
    for (const QChar letter : text)
        width += letter.isDigit() ? digit : metrics.horizontalAdvance(letter);
    return width;
}

void drawTabular(QPainter &painter,
                 const QRectF &rect,
                 Qt::Alignment alignment,
                 const QString &text)
{
    const QFontMetricsF metrics(painter.font());
    const double digit = digitWidth(metrics);
    double x = rect.left();
    if (alignment & Qt::AlignRight)
        x = rect.right() - tabularWidth(painter.font(), text);
    const double y = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    QString run; // letters between digits are drawn in one go
    const auto flush = [&] {
        if (run.isEmpty())
            return;
        painter.drawText(QPointF(x, y), run);
        for (const QChar letter : run)
            x += metrics.horizontalAdvance(letter);
        run.clear();
    };
    for (const QChar letter : text) {
        if (!letter.isDigit()) {
            run += letter;
            continue;
        }
        flush();
        painter.drawText(QPointF(x + (digit - metrics.horizontalAdvance(letter)) / 2, y),
                         QString(letter));
        x += digit;
    }
    flush();
}

} // namespace sluice
