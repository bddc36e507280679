#include "ui/inspector/inspector.h"

#include "core/pipeline/edits.h"
#include "core/runtime/engine.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/node_form.h"
#include "ui/inspector/node_views.h"
#include "ui/inspector/pipeline_form.h"
#include "ui/inspector/wire_view.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"
#include "ui/widgets/tile.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include <algorithm>

namespace sluice {

namespace {

constexpr int kTitleInset = 6; // of a line edit's text from its edge

enum Tab { ConfigureTab, SchemaTab, FiguresTab, ErrorsTab };

QScrollArea *scrolled(QWidget *content)
{
    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *padded = new QWidget;
    auto *layout = new QVBoxLayout(padded);
    layout->setContentsMargins(
        metrics::kSpaceM, metrics::kSpaceM, metrics::kSpaceM, metrics::kSpaceM);
    layout->addWidget(content);
    area->setWidget(padded);
    area->viewport()->setAutoFillBackground(false);
    padded->setAutoFillBackground(false);
    return area;
}

QWidget *padded(QWidget *content)
{
    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(
        metrics::kSpaceM, metrics::kSpaceM, metrics::kSpaceM, metrics::kSpaceM);
    layout->addWidget(content);
    return page;
}

} // namespace

Inspector::Inspector(PipelineDocument &document, SecretKeeper *secrets, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_pages(new QStackedWidget(this))
{
    m_form = new NodeForm(document, secrets);
    m_nodePage = makeNodePage();
    auto *settings = new QWidget;
    auto *column = new QVBoxLayout(settings);
    column->setContentsMargins({});
    column->setSpacing(metrics::kSpaceL);
    column->addWidget(new ThemedLabel(tr("Pipeline"), TextRole::Title));
    column->addWidget(new PipelineForm(document), 1);
    m_pipelinePage = scrolled(settings);
    m_manyPage = new ThemedLabel(TextRole::Secondary);
    m_manyPage->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_manyPage->setWordWrap(true);
    m_manyPage->setContentsMargins(metrics::kSpaceM, metrics::kSpaceL, metrics::kSpaceM, 0);
    m_wirePage = new WireView(document);
    for (QWidget *page : {m_nodePage,
                          m_pipelinePage,
                          static_cast<QWidget *>(m_wirePage),
                          static_cast<QWidget *>(m_manyPage)})
        m_pages->addWidget(page);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_pages);
    connect(&document, &PipelineDocument::pipelineChanged, this, &Inspector::refresh);
    connect(&document, &PipelineDocument::diagnosticsChanged, this, [this] {
        refreshWire();
        refreshViews();
    });
    refresh();
}

QWidget *Inspector::makeHeader()
{
    auto *header = new QWidget;
    m_tile = new Tile(30, 19, header);
    m_title = new QLineEdit(header);
    m_title->setObjectName(QStringLiteral("nodeTitle"));
    m_title->setFrame(false);
    m_title->setFont(uiFont(metrics::kTextTitle, QFont::DemiBold));
    m_title->setAccessibleName(tr("Title of the node"));
    m_title->setToolTip(tr("Click to change the title"));
    // Its text begins where the line below begins.
    m_title->setTextMargins(-kTitleInset, 0, 0, 0);
    m_kind = new ThemedLabel(TextRole::Secondary, header);
    m_kind->setTextFormat(Qt::RichText);
    m_kind->setTextInteractionFlags(Qt::TextBrowserInteraction);
    auto *names = new QVBoxLayout;
    names->setSpacing(1);
    names->addWidget(m_title);
    names->addWidget(m_kind);
    auto *layout = new QHBoxLayout(header);
    layout->setContentsMargins(
        metrics::kSpaceM, metrics::kSpaceM, metrics::kSpaceM, metrics::kSpaceS);
    layout->setSpacing(10);
    layout->addWidget(m_tile);
    layout->addLayout(names, 1);
    connect(m_title, &QLineEdit::textEdited, this, &Inspector::applyTitle);
    connect(m_title, &QLineEdit::editingFinished, this, [this] {
        ++m_session;
        refreshHeader();
    });
    connect(m_kind, &QLabel::linkActivated, this, [this] {
        if (const NodePtr node = m_document.pipeline().findNode(m_node))
            Q_EMIT helpRequested(node->kind);
    });
    return header;
}

QWidget *Inspector::makeNodePage()
{
    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(makeHeader());
    m_tabs = new QTabBar;
    m_tabs->setDrawBase(true);
    m_tabs->setExpanding(false);
    for (const QString &name : {tr("Configure"), tr("Schema"), tr("Figures"), tr("Errors")})
        m_tabs->addTab(name);
    layout->addWidget(m_tabs);
    m_unknown = new ThemedLabel(TextRole::Error);
    m_unknown->setWordWrap(true);
    m_unknown->setContentsMargins(metrics::kSpaceM, metrics::kSpaceM, metrics::kSpaceM, 0);
    layout->addWidget(m_unknown);
    m_schema = new SchemaView;
    m_figures = new FiguresView;
    m_errors = new ErrorsView;
    m_formArea = scrolled(m_form);
    m_tabPages = new QStackedWidget;
    m_tabPages->addWidget(m_formArea);
    m_tabPages->addWidget(padded(m_schema));
    m_tabPages->addWidget(padded(m_figures));
    m_tabPages->addWidget(scrolled(m_errors));
    layout->addWidget(m_tabPages, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        m_tabPages->setCurrentIndex(tab);
        refreshViews();
    });
    connect(m_errors, &ErrorsView::fieldChosen, this, &Inspector::editField);
    return page;
}

void Inspector::setNode(const std::string &id)
{
    ++m_session;
    m_node = id;
    m_many = 0;
    m_wire.reset();
    refresh();
    m_formArea->ensureVisible(0, 0);
}

void Inspector::setWire(const Wire &wire)
{
    setNode({});
    m_wire = wire;
    m_wirePage->setWire(wire);
    refresh();
}

void Inspector::setManySelected(int count)
{
    m_node.clear();
    m_wire.reset();
    m_many = count;
    refresh();
}

void Inspector::refresh()
{
    if (!m_node.empty() && !m_document.pipeline().findNode(m_node))
        m_node.clear();
    m_form->setNode(m_node);
    if (m_node.empty()) {
        m_manyPage->setText(tr("%1 nodes are selected. Select one to change it; move, copy or "
                               "delete them together on the canvas.")
                                .arg(m_many));
        refreshWire();
        m_pages->setCurrentWidget(m_many > 1 ? static_cast<QWidget *>(m_manyPage)
                                  : m_wire   ? static_cast<QWidget *>(m_wirePage)
                                             : m_pipelinePage);
        return;
    }
    m_pages->setCurrentWidget(m_nodePage);
    refreshHeader();
    refreshViews();
}

void Inspector::refreshHeader()
{
    const NodePtr node = m_document.pipeline().findNode(m_node);
    if (!node)
        return;
    const NodeDescriptor *kind = m_document.catalog().find(node->kind);
    const QString kindTitle = toQString(kind != nullptr ? kind->title : node->kind);
    m_title->setPlaceholderText(kindTitle);
    const QString title = node->title.empty() ? kindTitle : toQString(node->title);
    if (!m_title->hasFocus() || !node->title.empty()) {
        if (m_title->text() != title) {
            m_title->setText(title);
            m_title->setCursorPosition(0);
        }
    }
    m_tile->setKind(kind != nullptr ? iconOf(*kind) : QStringLiteral("unknown"),
                    kind != nullptr ? kind->role : NodeRole::Transform);
    m_kind->setText(kindTitle.toHtmlEscaped()
                    + (kind != nullptr
                           ? QStringLiteral(" · <a href=\"help\">%1</a>").arg(tr("help"))
                           : QString()));
    m_kind->setToolTip(kind != nullptr ? toQString(kind->summary).toHtmlEscaped() : QString());
    m_unknown->setVisible(kind == nullptr);
    m_unknown->setText(tr("This program does not have the kind %1. The node is kept as it is; the "
                          "pipeline cannot run with it.")
                           .arg(kindTitle));
}

void Inspector::refreshWire()
{
    if (!m_wire)
        return;
    const auto &wires = m_document.pipeline().wires;
    const bool there = std::any_of(
        wires.begin(), wires.end(), [this](const WirePtr &wire) { return *wire == *m_wire; });
    if (!there) {
        m_wire.reset();
        return;
    }
    m_wirePage->refresh();
    m_wirePage->setFigures(wireFigures());
}

const WireFigures *Inspector::wireFigures() const
{
    if (!m_snapshot || !m_wire)
        return nullptr;
    const auto found = m_snapshot->wires.find(wireKey(*m_wire));
    return found != m_snapshot->wires.end() ? &found->second : nullptr;
}

void Inspector::refreshViews()
{
    if (m_node.empty())
        return;
    const auto problems = m_document.diagnosticsOf(m_node);
    m_tabs->setTabText(ErrorsTab,
                       problems.empty() ? tr("Errors") : tr("Errors %1").arg(problems.size()));
    switch (m_tabs->currentIndex()) {
    case SchemaTab:
        m_schema->setNode(m_document, m_node);
        break;
    case FiguresTab:
        m_figures->setFigures(figures());
        break;
    case ErrorsTab:
        m_errors->setNode(m_document, m_node, figures());
        break;
    default:
        break;
    }
}

const NodeFigures *Inspector::figures() const
{
    if (!m_snapshot)
        return nullptr;
    const auto found = m_snapshot->nodes.find(m_node);
    return found != m_snapshot->nodes.end() ? &found->second : nullptr;
}

void Inspector::setSnapshot(const RunSnapshot &snapshot)
{
    m_snapshot = snapshot;
    if (isVisible() && m_pages->currentWidget() == m_wirePage)
        m_wirePage->setFigures(wireFigures());
    const int tab = m_tabs->currentIndex();
    if (isVisible() && (tab == FiguresTab || tab == ErrorsTab))
        refreshViews();
}

void Inspector::clearFigures()
{
    m_snapshot.reset();
    m_wirePage->setFigures(nullptr);
    refreshViews();
}

void Inspector::applyTitle()
{
    const auto done =
        m_document.apply(tr("Change the title"),
                         setTitle(m_document.pipeline(), m_node, toStdString(m_title->text())),
                         QStringLiteral("title/%1/%2").arg(toQString(m_node)).arg(m_session));
    (void)done;
}

void Inspector::editField(const std::string &field)
{
    m_tabs->setCurrentIndex(ConfigureTab);
    if (field.empty())
        m_form->focusFirst();
    else
        m_form->focusField(field.substr(0, field.find_first_of(".[")));
}

} // namespace sluice
