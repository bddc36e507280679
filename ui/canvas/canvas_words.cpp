#include "ui/canvas/canvas_state.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/document/column_origin.h"

#include <QHelpEvent>
#include <QToolTip>

namespace sluice {

namespace {

constexpr std::size_t kMostColumns = 14;

QString escaped(const QString &text)
{
    return text.toHtmlEscaped();
}

} // namespace

bool CanvasWidget::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const Hit hit =
            m_state->index.at(m_scene, m_viewport.toScene(QPointF(help->pos())), slack());
        const QString text = m_state->gesture ? QString() : toolTipFor(hit);
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

QString CanvasWidget::toolTipFor(const Hit &hit) const
{
    if (hit.kind == HitKind::Port) {
        const CardItem &card = m_scene.cards()[std::size_t(hit.card)];
        const PortItem &port = card.ports[std::size_t(hit.port)];
        QString text = QStringLiteral("<b>%1</b>").arg(escaped(port.title));
        if (const QString schema = schemaText(card.id(), port); !schema.isEmpty())
            text += QStringLiteral("<br>") + schema;
        return text;
    }
    if (hit.kind == HitKind::Wire) {
        const Wire &wire = *m_scene.wires()[std::size_t(hit.wire)].wire;
        return escaped(describeWire(wire)) + wireColumnsText(wire);
    }
    if (hit.kind != HitKind::Card)
        return {};
    const CardItem &card = m_scene.cards()[std::size_t(hit.card)];
    QString text = QStringLiteral("<b>%1</b>").arg(escaped(card.title));
    if (card.title != card.kindTitle)
        text += QStringLiteral(" · ") + escaped(card.kindTitle);
    if (!card.summary.isEmpty())
        text += QStringLiteral("<br><code>%1</code>").arg(escaped(card.summary));
    if (const CardFigures *figures = m_state->figures.card(card.id())) {
        text += QStringLiteral("<br>") + stateText(figures->state);
        if (!figures->message.isEmpty())
            text += QStringLiteral(": ") + escaped(figures->message);
    }
    for (const Diagnostic &problem : m_document.diagnosticsOf(card.id())) {
        text += QStringLiteral("<br>• ") + escaped(toQString(problem.message));
        if (!problem.hint.empty())
            text += QLatin1Char(' ') + escaped(toQString(problem.hint));
    }
    if (m_state->changed.contains(card.id()))
        text += QStringLiteral("<br>") + tr("Changed since the run was started.");
    if (m_state->bottleneck == card.id())
        text += QStringLiteral("<br>") + tr("This node limits the flow.");
    return text;
}

/// Name, type and maker of each column, as a table.
QString CanvasWidget::wireColumnsText(const Wire &wire) const
{
    const Schema *schema = schemaOf(m_document, wire.from);
    const auto columns = schema != nullptr ? visibleColumns(*schema) : std::vector<SchemaColumn>();
    if (columns.empty())
        return {};
    QString rows;
    for (std::size_t i = 0; i < columns.size() && i < kMostColumns; ++i) {
        const std::string maker = originOf(m_document, wire.from.node, columns[i].name);
        const CardItem *card = m_scene.findCard(maker);
        rows += QStringLiteral("<tr><td><code>%1</code></td><td>&nbsp; <code>%2</code></td>"
                               "<td>&nbsp; %3</td></tr>")
                    .arg(escaped(toQString(columns[i].name)),
                         escaped(toQString(typeName(columns[i].type))),
                         escaped(card != nullptr ? card->title : toQString(maker)));
    }
    QString text = QStringLiteral("<table>%1</table>").arg(rows);
    if (columns.size() > kMostColumns)
        text += tr("and %n more", nullptr, int(columns.size() - kMostColumns));
    return text;
}

QString CanvasWidget::schemaText(const std::string &node, const PortItem &port) const
{
    const ResolvedNode *resolved = m_document.validated().find(node);
    if (!resolved || !resolved->descriptor)
        return {};
    const auto &specs = port.output ? resolved->outputPorts : resolved->inputPorts;
    const auto &schemas = port.output ? resolved->outputSchemas : resolved->inputSchemas;
    for (std::size_t i = 0; i < specs.size() && i < schemas.size(); ++i) {
        if (specs[i].id != port.id)
            continue;
        QStringList lines;
        const auto columns = visibleColumns(schemas[i]);
        for (std::size_t c = 0; c < columns.size() && c < kMostColumns; ++c) {
            lines << QStringLiteral("%1: %2").arg(escaped(toQString(columns[c].name)),
                                                  escaped(toQString(typeName(columns[c].type))));
        }
        if (columns.size() > kMostColumns)
            lines << tr("and %n more", nullptr, int(columns.size() - kMostColumns));
        return lines.join(QStringLiteral("<br>"));
    }
    return {};
}

QString CanvasWidget::describeNode(const std::string &node) const
{
    const CardItem *card = m_scene.findCard(node);
    if (!card)
        return {};
    QStringList parts{card->title};
    if (card->title != card->kindTitle)
        parts << card->kindTitle;
    if (!card->summary.isEmpty())
        parts << card->summary;
    if (const CardFigures *figures = m_state->figures.card(node)) {
        parts << stateText(figures->state);
        for (const QString &text : {figures->message, figures->rate, figures->figure}) {
            if (!text.isEmpty())
                parts << text;
        }
    }
    if (const auto found = m_state->problems.find(node); found != m_state->problems.end())
        parts << tr("%n problem(s)", nullptr, found->second.first + found->second.second);
    if (m_state->changed.contains(node))
        parts << tr("changed");
    return parts.join(QStringLiteral(", "));
}

QString CanvasWidget::describeWire(const Wire &wire) const
{
    const auto title = [this](const WireEnd &end) {
        const CardItem *card = m_scene.findCard(end.node);
        const QString name = card ? card->title : toQString(end.node);
        return end.port.empty() || end.port == "in" || end.port == "out"
                   ? name
                   : QStringLiteral("%1 (%2)").arg(name, toQString(end.port));
    };
    QString text = tr("Wire from %1 to %2").arg(title(wire.from), title(wire.to));
    for (const WireItem &item : m_scene.wires()) {
        if (*item.wire != wire)
            continue;
        const WireTraffic *traffic = m_state->figures.wire(item.key);
        if (traffic && !traffic->rate.isEmpty())
            text += QStringLiteral(", ") + traffic->rate;
        if (traffic && traffic->pressure)
            text += QStringLiteral(", ") + tr("its buffer is nearly full");
    }
    return text;
}

} // namespace sluice
