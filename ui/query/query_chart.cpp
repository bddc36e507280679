#include "ui/query/query_chart.h"

#include "ui/document/qt_text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figures_text.h"

#include <QLabel>
#include <QResizeEvent>
#include <QtCharts/QAbstractBarSeries>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QBarSet>
#include <QtCharts/QChart>

namespace sluice {

namespace {

constexpr int kLargestFigure = 42;
constexpr int kSmallestFigure = 16;

} // namespace

QueryChart::QueryChart(QWidget *parent)
    : QChartView(new QChart, parent)
    , m_card(new QLabel(this))
{
    chart()->setBackgroundVisible(false);
    chart()->setPlotAreaBackgroundVisible(false);
    chart()->setMargins(QMargins(0, 0, metrics::kSpaceS, 0));
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->setAnimationOptions(QChart::NoAnimation);
    chart()->legend()->setAlignment(Qt::AlignTop);
    chart()->legend()->setMarkerShape(QLegend::MarkerShapeRectangle);
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Chart of the result"));
    m_card->setAlignment(Qt::AlignCenter);
    m_card->hide();
}

bool QueryChart::canDraw(const QString &kind)
{
    static const QStringList kKinds{QStringLiteral("timechart"),
                                    QStringLiteral("linechart"),
                                    QStringLiteral("areachart"),
                                    QStringLiteral("scatterchart"),
                                    QStringLiteral("barchart"),
                                    QStringLiteral("columnchart"),
                                    QStringLiteral("piechart"),
                                    QStringLiteral("card")};
    return kKinds.contains(kind);
}

QString QueryChart::draw(const QueryTable &table)
{
    m_table = table;
    chart()->removeAllSeries();
    for (QAbstractAxis *axis : chart()->axes()) {
        chart()->removeAxis(axis);
        delete axis;
    }
    m_card->setVisible(table.render == QLatin1String("card"));
    m_hasPicture = true;
    QString left;
    if (table.render == QLatin1String("card"))
        left = drawCard(table);
    else if (table.render == QLatin1String("piechart"))
        left = drawPie(table);
    else if (table.render == QLatin1String("barchart")
             || table.render == QLatin1String("columnchart"))
        left = drawBars(table, table.render == QLatin1String("barchart"));
    else
        left = drawLines(table);
    if (table.render != QLatin1String("card") && chart()->series().isEmpty())
        m_hasPicture = false;
    chart()->setTitle(property("title"));
    dress();
    return left;
}

QString QueryChart::drawCard(const QueryTable &table)
{
    const bool any = table.rows() > 0 && !table.schema.columns.empty();
    const std::size_t last = table.schema.columns.size() - 1;
    m_card->setText(!any                    ? QStringLiteral("–")
                    : table.isNull(0, last) ? QStringLiteral("null")
                    : table.number(0, last) && isNumberType(table.schema.columns[last].type)
                        ? countText(*table.number(0, last))
                        : table.text(0, last));
    m_card->setToolTip(any ? table.text(0, last).toHtmlEscaped() : QString());
    m_hasPicture = any;
    m_card->setGeometry(rect());
    return {};
}

void QueryChart::dress()
{
    const Theme &now = theme();
    const QFont font = uiFont(metrics::kTextHint);
    for (QAbstractAxis *axis : chart()->axes()) {
        axis->setLabelsFont(font);
        axis->setLabelsColor(now.textHint);
        axis->setLinePen(QPen(now.separator, 1));
        axis->setGridLinePen(QPen(now.separator, 1));
        const bool names = qobject_cast<QBarCategoryAxis *>(axis) != nullptr;
        const bool upright = axis->alignment() == Qt::AlignLeft;
        // Hairlines across the direction in which values are compared.
        axis->setGridLineVisible(!names
                                 && (upright || m_table.render == QLatin1String("barchart")));
        axis->setLineVisible(false);
    }
    QLegend *legend = chart()->legend();
    legend->setFont(uiFont(metrics::kTextLabel));
    legend->setLabelColor(now.textSecondary);
    const bool pie = m_table.render == QLatin1String("piechart");
    // The first and the last figure of an axis stand half beyond its ends.
    chart()->setMargins(
        QMargins(0, metrics::kSpaceS, pie ? metrics::kSpaceS : metrics::kSpaceL, 0));
    legend->setVisible(property("legend") != QLatin1String("hidden")
                       && (pie || seriesNames().size() > 1));
    legend->setAlignment(pie ? Qt::AlignRight : Qt::AlignTop);
    chart()->setTitleFont(uiFont(metrics::kTextLabel, QFont::DemiBold));
    chart()->setTitleBrush(now.text);
    fitCard();
    QPalette colours = m_card->palette();
    colours.setColor(QPalette::WindowText, now.text);
    m_card->setPalette(colours);
}

/// As large as it fits.
void QueryChart::fitCard()
{
    int pixels = kLargestFigure;
    while (pixels > kSmallestFigure
           && QFontMetrics(uiFont(pixels, QFont::DemiBold)).horizontalAdvance(m_card->text())
                  > width() - 2 * metrics::kSpaceS)
        --pixels;
    m_card->setFont(uiFont(pixels, QFont::DemiBold));
}

QString QueryChart::property(const char *name) const
{
    for (const auto &[key, value] : m_table.renderProperties) {
        if (key == QLatin1String(name))
            return value;
    }
    return {};
}

QStringList QueryChart::seriesNames() const
{
    QStringList names;
    for (const QAbstractSeries *series : chart()->series()) {
        if (const auto *bars = qobject_cast<const QAbstractBarSeries *>(series)) {
            for (const QBarSet *set : bars->barSets())
                names << set->label();
        } else if (!names.contains(series->name())) { // the parts of a line have one name
            names << series->name();
        }
    }
    return names;
}

void QueryChart::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_table.render.isEmpty())
        draw(m_table);
}

void QueryChart::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    m_card->setGeometry(rect());
    if (m_table.render == QLatin1String("card"))
        fitCard();
    else if (m_hasPicture && event->size() != event->oldSize())
        draw(m_table); // as many ticks and names as there is room for
}

} // namespace sluice
