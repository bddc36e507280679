#include "ui/inspector/node_views.h"

#include "ui/document/column_origin.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/column_items.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/figures_text.h"
#include "ui/widgets/state_mark.h"
#include "ui/widgets/themed_label.h"

#include <QHeaderView>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <functional>

namespace sluice {

namespace {

QVBoxLayout *makeLayout(QWidget *owner)
{
    auto *layout = new QVBoxLayout(owner);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceS);
    return layout;
}

ThemedLabel *makeEmpty(QWidget *parent, const QString &text)
{
    auto *label = new ThemedLabel(text, TextRole::Secondary, parent);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    return label;
}

/// What sampled events had in a column; null where nobody looked.
using FieldLookup = std::function<const InferredField *(const std::string &column)>;

void addSchema(QTreeWidget *tree,
               const QString &title,
               const Schema &schema,
               const FieldLookup &fieldOf)
{
    auto *head =
        new QTreeWidgetItem(tree, {title, schema.open ? QObject::tr("and others") : QString()});
    QFont bold = uiFont(metrics::kTextLabel, QFont::DemiBold);
    head->setFont(0, bold);
    for (const SchemaColumn &column : visibleColumns(schema)) {
        QTreeWidgetItem *item = addColumnItem(head, column, fieldOf(column.name), {});
        item->setExpanded(true);
    }
    head->setExpanded(true);
}

} // namespace

QTreeWidget *makeInspectorTree(QWidget *parent, const QStringList &header)
{
    auto *tree = new QTreeWidget(parent);
    tree->setColumnCount(int(header.size()));
    tree->setHeaderLabels(header);
    tree->setRootIsDecorated(false);
    tree->setIndentation(metrics::kSpaceM);
    tree->setUniformRowHeights(true);
    tree->setFrameShape(QFrame::NoFrame);
    tree->setSelectionMode(QAbstractItemView::NoSelection);
    tree->setFocusPolicy(Qt::TabFocus);
    tree->header()->setStretchLastSection(false);
    tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    for (int column = 1; column < int(header.size()); ++column)
        tree->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    return tree;
}

void setInspectorRows(QTreeWidget *tree, const std::vector<std::pair<QString, QString>> &rows)
{
    while (tree->topLevelItemCount() > int(rows.size()))
        delete tree->takeTopLevelItem(tree->topLevelItemCount() - 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        QTreeWidgetItem *item = tree->topLevelItem(int(i));
        if (item == nullptr) {
            item = new QTreeWidgetItem(tree);
            item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
            item->setFont(1, codeFont());
        }
        if (item->text(0) != rows[i].first)
            item->setText(0, rows[i].first);
        if (item->text(1) != rows[i].second)
            item->setText(1, rows[i].second);
    }
}

SchemaView::SchemaView(QWidget *parent)
    : QWidget(parent)
    , m_tree(makeInspectorTree(this, {tr("Column"), tr("Type")}))
    , m_empty(makeEmpty(this, {}))
{
    QVBoxLayout *layout = makeLayout(this);
    layout->addWidget(m_empty);
    layout->addWidget(m_tree, 1);
}

void SchemaView::setNode(const PipelineDocument &document, const std::string &id)
{
    m_tree->clear();
    const ResolvedNode *resolved = document.validated().find(id);
    const NodeDescriptor *kind = resolved != nullptr ? resolved->descriptor : nullptr;
    bool any = false;
    const auto goingOut = [&](const std::string &name) { return sampledField(document, id, name); };
    const auto comingIn = [&](const std::string &name) -> const InferredField * {
        for (const WirePtr &wire : document.pipeline().wires) {
            const InferredField *field =
                wire->to.node == id ? sampledField(document, wire->from.node, name) : nullptr;
            if (field != nullptr)
                return field;
        }
        return nullptr;
    };
    const auto add = [&](const std::vector<PortSpec> &ports,
                         const std::vector<Schema> &schemas,
                         const QString &direction,
                         const FieldLookup &fieldOf) {
        for (std::size_t i = 0; i < schemas.size() && i < ports.size(); ++i) {
            if (visibleColumns(schemas[i]).empty() && !schemas[i].open)
                continue;
            const std::string &title = ports[i].title.empty() ? ports[i].id : ports[i].title;
            addSchema(m_tree, direction.arg(toQString(title)), schemas[i], fieldOf);
            any = true;
        }
    };
    if (kind != nullptr) {
        add(resolved->inputPorts, resolved->inputSchemas, tr("Input %1"), comingIn);
        add(resolved->outputPorts, resolved->outputSchemas, tr("Output %1"), goingOut);
    }
    m_tree->setVisible(any);
    m_empty->setVisible(!any);
    m_empty->setText(resolved == nullptr
                         ? tr("Columns appear here when the problems of this node are mended.")
                         : tr("No columns are known yet. They are found when the first events "
                              "come, or declared in the source."));
}

FiguresView::FiguresView(QWidget *parent)
    : QWidget(parent)
    , m_tree(makeInspectorTree(this, {tr("Figure"), tr("Value")}))
    , m_sum(new ThemedLabel(TextRole::Secondary, this))
    , m_empty(makeEmpty(this,
                        tr("Figures of this node appear here while the pipeline runs. "
                           "Press F5.")))
{
    QVBoxLayout *layout = makeLayout(this);
    m_sum->setWordWrap(true);
    layout->addWidget(m_empty);
    layout->addWidget(m_sum);
    layout->addWidget(m_tree, 1);
    setFigures(nullptr);
}

void FiguresView::setFigures(const NodeFigures *figures)
{
    m_tree->setVisible(figures != nullptr);
    m_sum->setVisible(figures != nullptr);
    m_empty->setVisible(figures == nullptr);
    if (figures == nullptr)
        return;
    const NodeFigures &now = *figures;
    std::vector<std::pair<QString, QString>> rows;
    const auto add = [&rows](const QString &name, const QString &value) {
        rows.emplace_back(name, value);
    };
    add(tr("State"), wordFor(now.state));
    if (!now.message.empty())
        add(visibleText(toQString(now.message)), QString());
    add(tr("Events in"), wholeText(now.eventsIn));
    add(tr("Events out"), wholeText(now.eventsOut));
    add(tr("Rate in, 1 s"), rateText(now.rateIn));
    add(tr("Rate out, 1 s"), rateText(now.rateOut));
    add(tr("Rate in, 10 s"), rateText(now.rateIn10));
    add(tr("Rate out, 10 s"), rateText(now.rateOut10));
    add(tr("Bytes in"), bytesText(now.bytesIn));
    add(tr("Bytes out"), bytesText(now.bytesOut));
    add(tr("Waiting in front"), tr("%1 events").arg(countText(double(now.backlogEvents))));
    add(tr("Busy"), tr("%1 of a core").arg(shareText(now.busy)));
    add(tr("Errors"), wholeText(now.errors));
    add(tr("Conversion errors"), wholeText(now.conversionErrors));
    if (now.latency.p50 >= 0) {
        add(tr("Latency, half"), spanText(now.latency.p50));
        add(tr("Latency, 95 %"), spanText(now.latency.p95));
        add(tr("Latency, 99 %"), spanText(now.latency.p99));
    }
    for (const auto &[port, events] : now.portEvents)
        add(tr("Events out by “%1”").arg(toQString(port)), wholeText(events));
    for (const PartitionFigures &part : now.source.partitions) {
        const QString lag = part.lag < 0      ? QStringLiteral("–")
                            : part.lagIsBytes ? bytesText(std::uint64_t(part.lag))
                                              : wholeText(std::uint64_t(part.lag));
        add(tr("Lag of %1").arg(visibleText(toQString(part.name))), lag);
    }
    setInspectorRows(m_tree, rows);
    m_sum->setRole(now.conserved() ? TextRole::Secondary : TextRole::Error);
    m_sum->setText(conservationText(now));
}

ErrorsView::ErrorsView(QWidget *parent)
    : QWidget(parent)
    , m_list(new QVBoxLayout)
    , m_empty(makeEmpty(this,
                        tr("Nothing is wrong here. Problems of the form, and events that "
                           "failed at this node, are listed here.")))
{
    QVBoxLayout *layout = makeLayout(this);
    layout->addWidget(m_empty);
    layout->addLayout(m_list);
    layout->addStretch(1);
    m_list->setSpacing(metrics::kSpaceS);
}

void ErrorsView::setNode(const PipelineDocument &document,
                         const std::string &id,
                         const NodeFigures *figures)
{
    struct Line
    {
        TextRole role;
        QString text;
        std::string field;
    };
    std::vector<Line> lines;
    for (const Diagnostic &problem : document.diagnosticsOf(id)) {
        const TextRole role = problem.severity == Severity::Error     ? TextRole::Error
                              : problem.severity == Severity::Warning ? TextRole::Warning
                                                                      : TextRole::Secondary;
        lines.push_back({role,
                         errorText({problem.code, problem.message, problem.hint, {}, {}}),
                         problem.field});
    }
    if (figures != nullptr) {
        if (!figures->message.empty())
            lines.push_back({TextRole::Warning, toQString(figures->message), {}});
        if (figures->deadLettered > 0)
            lines.push_back({TextRole::Error,
                             tr("%1 events failed for good: see the dead letters of the workspace.")
                                 .arg(wholeText(figures->deadLettered)),
                             {}});
        else if (figures->errors > 0)
            lines.push_back({TextRole::Error,
                             tr("%1 events failed and left by the errors port.")
                                 .arg(wholeText(figures->errors)),
                             {}});
        if (figures->conversionErrors > 0)
            lines.push_back({TextRole::Warning,
                             tr("%1 values did not fit their type and became null.")
                                 .arg(wholeText(figures->conversionErrors)),
                             {}});
    }
    QString all = toQString(id);
    for (const Line &line : lines)
        all += line.text + QLatin1Char('\n');
    if (all == m_shown)
        return;
    m_shown = all;
    while (QLayoutItem *item = m_list->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    m_empty->setVisible(lines.empty());
    for (const Line &line : lines) {
        auto *label = new ThemedLabel(line.role, this);
        label->setWordWrap(true);
        label->setTextFormat(Qt::RichText);
        QString html = visibleText(line.text).toHtmlEscaped();
        if (!line.field.empty())
            html += QStringLiteral(" <a href=\"field\">%1</a>").arg(tr("Show the field"));
        label->setText(html);
        label->setTextInteractionFlags(Qt::TextBrowserInteraction);
        connect(label, &QLabel::linkActivated, this, [this, field = line.field] {
            Q_EMIT fieldChosen(field);
        });
        m_list->addWidget(label);
    }
}

} // namespace sluice
