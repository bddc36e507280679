#include "ui/problems/problems_view.h"

#include "core/pipeline/edits.h"
#include "ui/document/pipeline_document.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/themed_label.h"

#include <QHeaderView>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace sluice {

namespace {

enum Column { MessageColumn, NodeColumn, FieldColumn, FixColumn };
constexpr std::size_t kMostShown = 300;

QIcon iconFor(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return icon(QStringLiteral("error"), theme().error);
    case Severity::Warning:
        return icon(QStringLiteral("warning"), theme().warning);
    case Severity::Note:
        break;
    }
    return icon(QStringLiteral("info"), theme().textSecondary);
}

QString wordFor(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return ProblemsView::tr("Error");
    case Severity::Warning:
        return ProblemsView::tr("Warning");
    case Severity::Note:
        break;
    }
    return ProblemsView::tr("Note");
}

} // namespace

ProblemsView::ProblemsView(PipelineDocument &document, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_tree(new QTreeWidget(this))
    , m_empty(new ThemedLabel(tr("No problems. What keeps the pipeline from running, or looks "
                                 "wrong, is listed here while you edit."),
                              TextRole::Secondary,
                              this))
{
    m_tree->setColumnCount(4);
    m_tree->setHeaderLabels({tr("Problem"), tr("Node"), tr("Field"), tr("Mend")});
    m_tree->setRootIsDecorated(false);
    m_tree->setWordWrap(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setAccessibleName(tr("Problems"));
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(MessageColumn, QHeaderView::Stretch);
    for (const int column : {NodeColumn, FieldColumn, FixColumn})
        m_tree->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    // A narrower message takes more lines.
    connect(m_tree->header(),
            &QHeaderView::sectionResized,
            m_tree,
            &QTreeWidget::doItemsLayout,
            Qt::QueuedConnection);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_tree);
    layout->addWidget(m_empty, 1);
    const auto choose = [this](QTreeWidgetItem *item) {
        activate(m_tree->indexOfTopLevelItem(item));
    };
    connect(m_tree, &QTreeWidget::itemActivated, this, choose);
    connect(m_tree, &QTreeWidget::itemClicked, this, choose);
    connect(&document, &PipelineDocument::diagnosticsChanged, this, &ProblemsView::rebuild);
    connect(
        &document, &PipelineDocument::pipelineChanged, this, [this](const PipelineDiff &changes) {
            if (!changes.retitled.empty())
                rebuild();
        });
    rebuild();
}

void ProblemsView::rebuild()
{
    m_shown = m_document.diagnostics();
    std::stable_sort(m_shown.begin(), m_shown.end(), [](const Diagnostic &a, const Diagnostic &b) {
        return a.severity > b.severity;
    });
    m_problems = int(std::count_if(m_shown.begin(), m_shown.end(), [](const Diagnostic &problem) {
        return problem.severity != Severity::Note;
    }));
    if (m_shown.size() > kMostShown)
        m_shown.resize(kMostShown);
    m_tree->clear();
    for (std::size_t i = 0; i < m_shown.size(); ++i)
        addItem(m_shown[i], int(i));
    const bool mendable =
        std::any_of(m_shown.begin(), m_shown.end(), [](const Diagnostic &problem) {
            return !problem.fixes.empty();
        });
    m_tree->setColumnHidden(FixColumn, !mendable);
    m_tree->setVisible(!m_shown.empty());
    m_empty->setVisible(m_shown.empty());
    Q_EMIT countChanged(m_problems);
}

void ProblemsView::addItem(const Diagnostic &problem, int index)
{
    const NodePtr node = m_document.pipeline().findNode(problem.node);
    const NodeDescriptor *kind = node ? m_document.catalog().find(node->kind) : nullptr;
    QString title = tr("Pipeline");
    QString label = toQString(problem.field);
    if (node)
        title = toQString(!node->title.empty() ? node->title
                          : kind != nullptr    ? kind->title
                                               : node->kind);
    if (kind != nullptr) {
        for (const FieldSpec &spec : kind->fields) {
            if (spec.name == problem.field)
                label = toQString(spec.label);
        }
    }
    const QString message = errorText(
        {problem.code, problem.message, problem.fixes.empty() ? problem.hint : "", {}, {}});
    auto *item =
        new QTreeWidgetItem(m_tree, {visibleText(message), visibleText(title), label, QString()});
    item->setIcon(MessageColumn, iconFor(problem.severity));
    item->setToolTip(MessageColumn, visibleText(message).toHtmlEscaped());
    item->setData(MessageColumn,
                  Qt::AccessibleTextRole,
                  wordFor(problem.severity) + QStringLiteral(": ") + message);
    if (problem.fixes.empty())
        return;
    auto *links = new ThemedLabel(TextRole::Secondary, m_tree);
    links->setTextFormat(Qt::RichText);
    QStringList html;
    for (std::size_t i = 0; i < problem.fixes.size(); ++i)
        html << QStringLiteral("<a href=\"%1\">%2</a>")
                    .arg(i)
                    .arg(toQString(problem.fixes[i].label).toHtmlEscaped());
    links->setText(html.join(QStringLiteral("&nbsp; ")));
    links->setTextInteractionFlags(Qt::TextBrowserInteraction);
    links->setContentsMargins(metrics::kSpaceXs, 0, metrics::kSpaceM, 0);
    connect(links, &QLabel::linkActivated, this, [this, index](const QString &fix) {
        applyFix(index, fix.toInt());
    });
    m_tree->setItemWidget(item, FixColumn, links);
}

void ProblemsView::activate(int index)
{
    if (index < 0 || index >= int(m_shown.size()))
        return;
    const Diagnostic &problem = m_shown[std::size_t(index)];
    Q_EMIT problemChosen(problem.node, problem.field);
}

void ProblemsView::applyFix(int index, int fix)
{
    if (index < 0 || index >= int(m_shown.size()))
        return;
    const Diagnostic problem = m_shown[std::size_t(index)];
    if (fix < 0 || fix >= int(problem.fixes.size()))
        return;
    const Fix &chosen = problem.fixes[std::size_t(fix)];
    const auto done =
        m_document.apply(toQString(chosen.label),
                         setField(m_document.pipeline(), problem.node, chosen.field, chosen.value));
    (void)done; // a node that is gone has no problem any more
}

} // namespace sluice
