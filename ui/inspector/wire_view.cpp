#include "ui/inspector/wire_view.h"

#include "ui/document/column_origin.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/column_items.h"
#include "ui/inspector/node_views.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/figures_text.h"
#include "ui/widgets/themed_label.h"

#include <QHeaderView>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace sluice {

WireView::WireView(const PipelineDocument &document, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_title(new ElidedLabel(TextRole::Title, this))
    , m_port(new ThemedLabel(TextRole::Secondary, this))
    , m_figures(makeInspectorTree(this, {tr("Figure"), tr("Value")}))
    , m_none(new ThemedLabel(
          tr("Figures of this wire appear here while the pipeline runs."), TextRole::Hint, this))
    , m_columns(makeInspectorTree(this, {tr("Column"), tr("Type"), tr("Made by")}))
    , m_open(new ThemedLabel(TextRole::Hint, this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(
        metrics::kSpaceM, metrics::kSpaceL, metrics::kSpaceM, metrics::kSpaceM);
    layout->setSpacing(metrics::kSpaceXs);
    m_none->setWordWrap(true);
    m_open->setWordWrap(true);
    m_columns->setAccessibleName(tr("Columns of the wire"));
    m_figures->setAccessibleName(tr("Figures of the wire"));
    layout->addWidget(m_title);
    layout->addWidget(m_port);
    layout->addSpacing(metrics::kSpaceM);
    layout->addWidget(m_none);
    layout->addWidget(m_figures);
    layout->addSpacing(metrics::kSpaceM);
    layout->addWidget(m_columns, 1);
    layout->addWidget(m_open);
    setFigures(nullptr);
}

QString WireView::titleOf(const std::string &id) const
{
    const NodePtr node = m_document.pipeline().findNode(id);
    const NodeDescriptor *kind = node ? m_document.catalog().find(node->kind) : nullptr;
    return toQString(!node                  ? id
                     : !node->title.empty() ? node->title
                     : kind != nullptr      ? kind->title
                                            : node->kind);
}

void WireView::setWire(const Wire &wire)
{
    m_wire = wire;
    refresh();
}

void WireView::refresh()
{
    m_title->setFullText(titleOf(m_wire.from.node) + QStringLiteral(" → ")
                         + titleOf(m_wire.to.node));
    m_port->setText(m_wire.from.port.empty() && m_wire.to.port.empty()
                        ? tr("Wire")
                        : tr("Wire from %1 to %2")
                              .arg(toQString(m_wire.from.port.empty() ? "out" : m_wire.from.port),
                                   toQString(m_wire.to.port.empty() ? "in" : m_wire.to.port)));
    m_columns->clear();
    const Schema *schema = schemaOf(m_document, m_wire.from);
    bool nested = false;
    if (schema != nullptr) {
        for (const SchemaColumn &column : visibleColumns(*schema)) {
            const InferredField *field = sampledField(m_document, m_wire.from.node, column.name);
            QTreeWidgetItem *item =
                addColumnItem(m_columns->invisibleRootItem(),
                              column,
                              field,
                              titleOf(originOf(m_document, m_wire.from.node, column.name)));
            nested = nested || item->childCount() > 0;
        }
    }
    m_columns->setRootIsDecorated(nested);
    const bool none = schema == nullptr || visibleColumns(*schema).empty();
    m_columns->setVisible(!none);
    m_open->setText(none ? tr("No columns are known yet. They are found when the first events "
                              "come, or declared in the source.")
                    : schema->open ? tr("Events may have further fields.")
                                   : QString());
    m_open->setVisible(!m_open->text().isEmpty());
}

void WireView::setFigures(const WireFigures *figures)
{
    m_none->setVisible(figures == nullptr);
    m_figures->setVisible(figures != nullptr);
    if (figures == nullptr)
        return;
    setInspectorRows(m_figures,
                     {{tr("Rate"), rateText(figures->rate)},
                      {tr("Bytes"), byteRateText(figures->byteRate)},
                      {tr("Events so far"), wholeText(figures->events)},
                      {tr("Waiting in its buffer"), wholeText(figures->queuedEvents)},
                      {tr("Buffer full"), shareText(figures->pressure)}});
    const int rows = m_figures->topLevelItemCount();
    const int height =
        m_figures->sizeHintForRow(0) * rows + m_figures->header()->sizeHint().height();
    m_figures->setFixedHeight(height + 4);
}

} // namespace sluice
