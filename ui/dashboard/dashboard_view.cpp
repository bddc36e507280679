#include "ui/dashboard/dashboard_view.h"

#include "core/base/units.h"
#include "core/pipeline/dashboard_edits.h"
#include "ui/dashboard/dashboard_grid.h"
#include "ui/dashboard/tile_content.h"
#include "ui/document/pipeline_document.h"
#include "ui/query/answer_file.h"
#include "ui/query/query_chart.h"
#include "ui/query/query_model.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace sluice {

namespace {

constexpr int kAgesMs = 500;
constexpr qint64 kUsualMs = 10'000;

qint64 everyMs(const DashboardTile &tile)
{
    const auto span = parseDuration(tile.refresh);
    return span ? qint64(*span / kTicksPerMillisecond) : kUsualMs;
}

} // namespace

DashboardView::DashboardView(PipelineDocument &document,
                             DashboardRunner::Open open,
                             std::function<std::string(const std::string &database)> pathOf,
                             DashboardRunner::Now now,
                             QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_pathOf(std::move(pathOf))
    , m_now(now ? std::move(now) : [this] { return m_clock.elapsed(); })
    , m_runner(std::move(open), m_now, [this](const std::string &id, const auto &answer) {
        showAnswer(id, answer);
    })
{
    m_clock.start();
    m_grid = new DashboardGrid;
    m_scroll = new QScrollArea;
    m_scroll->setWidget(m_grid);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_pages = new QStackedWidget;
    m_pages->addWidget(makeEmpty());
    m_pages->addWidget(m_scroll);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(makeHead());
    layout->addWidget(m_pages, 1);
    m_ages.setInterval(kAgesMs);
    connect(&m_ages, &QTimer::timeout, this, &DashboardView::showAges);
    connect(m_grid, &DashboardGrid::frameMade, this, &DashboardView::connectFrame);
    connect(m_grid,
            &DashboardGrid::placed,
            this,
            [this](const std::string &id, const TilePlace &place) {
                (void)m_document.apply(tr("Move a tile"),
                                       placeTile(m_document.pipeline(), id, place),
                                       QStringLiteral("place ") + toQString(id));
            });
    connect(&m_document, &PipelineDocument::pipelineChanged, this, &DashboardView::refresh);
    connect(&m_document, &PipelineDocument::replaced, this, [this] {
        m_runner.setSubjects({});
        m_answeredAt.clear();
        refresh();
    });
    refresh();
}

DashboardView::~DashboardView()
{
    m_grid->disconnect(this);
}

QWidget *DashboardView::makeHead()
{
    auto *head = new QWidget;
    auto *layout = new QHBoxLayout(head);
    layout->setContentsMargins(
        metrics::kSpaceL, metrics::kSpaceS, metrics::kSpaceL, metrics::kSpaceXs);
    layout->setSpacing(metrics::kSpaceS);
    layout->addWidget(new ThemedLabel(tr("Dashboard"), TextRole::Title));
    m_count = new ThemedLabel(TextRole::Secondary);
    layout->addWidget(m_count);
    layout->addStretch(1);
    m_refresh = new QPushButton(icon(QStringLiteral("refresh")), tr("Ask all now"));
    m_picture = new QPushButton(tr("Picture…"));
    auto *pin = new QPushButton(icon(QStringLiteral("pin")), tr("Pin a query…"));
    for (QPushButton *button : {m_refresh, m_picture, pin})
        layout->addWidget(button);
    connect(m_refresh, &QPushButton::clicked, this, &DashboardView::refreshAll);
    connect(m_picture, &QPushButton::clicked, this, &DashboardView::choosePicture);
    connect(pin, &QPushButton::clicked, this, &DashboardView::pinWanted);
    return head;
}

QWidget *DashboardView::makeEmpty()
{
    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    layout->setAlignment(Qt::AlignCenter);
    layout->setSpacing(metrics::kSpaceM);
    auto *what = new ThemedLabel(
        tr("Pinned queries stand here as tiles that refresh by themselves.\nAsk a database in the "
           "query panel, then press “Pin” beside Run."),
        TextRole::Secondary);
    what->setAlignment(Qt::AlignCenter);
    auto *open = new QPushButton(tr("Open the query panel"));
    open->setProperty("accent", true);
    open->setObjectName(QStringLiteral("openQuery"));
    layout->addWidget(what);
    layout->addWidget(open, 0, Qt::AlignCenter);
    connect(open, &QPushButton::clicked, this, &DashboardView::pinWanted);
    return page;
}

void DashboardView::refresh()
{
    const Dashboard &dashboard = m_document.pipeline().dashboard;
    m_grid->setDashboard(dashboard);
    std::vector<DashboardRunner::Subject> subjects;
    for (const DashboardTilePtr &tile : dashboard.tiles)
        subjects.push_back({tile->id, m_pathOf(tile->database), tile->query, everyMs(*tile)});
    m_runner.setSubjects(subjects);
    if (!dashboard.find(m_selected))
        select({});
    const bool any = !dashboard.tiles.empty();
    m_pages->setCurrentIndex(any ? 1 : 0);
    m_picture->setEnabled(any);
    m_refresh->setEnabled(any);
    m_count->setText(any ? tr("%n tile(s)", nullptr, int(dashboard.tiles.size())) : QString());
    showAges();
}

void DashboardView::refreshPaths()
{
    refresh();
}

void DashboardView::connectFrame(TileFrame *frame)
{
    frame->showWaiting();
    m_answeredAt.erase(frame->id());
    connect(frame, &TileFrame::chosen, this, [this, frame] { select(frame->id()); });
    connect(frame, &TileFrame::editWanted, this, [this, frame] { Q_EMIT editWanted(frame->id()); });
    connect(frame, &TileFrame::refreshWanted, this, [this, frame] {
        m_runner.refresh(frame->id());
        showAges();
    });
    connect(frame, &TileFrame::duplicateWanted, this, [this, frame] { duplicate(frame->id()); });
    connect(frame, &TileFrame::removeWanted, this, [this, frame] { remove(frame->id()); });
    connect(frame, &TileFrame::exportWanted, this, [this, frame] { exportAnswer(frame); });
    connect(frame, &TileFrame::renamed, this, [this, frame](const QString &title) {
        DashboardTile tile = frame->tile();
        tile.title = toStdString(title);
        (void)m_document.apply(tr("Rename a tile"), changeTile(m_document.pipeline(), tile));
    });
    connect(frame, &TileFrame::intervalChosen, this, [this, frame](const QString &interval) {
        DashboardTile tile = frame->tile();
        tile.refresh = toStdString(interval);
        (void)m_document.apply(tr("Change how often"), changeTile(m_document.pipeline(), tile));
    });
}

void DashboardView::showAnswer(const std::string &id, const Result<QueryTable> &answer)
{
    TileFrame *frame = m_grid->frame(id);
    if (frame == nullptr)
        return;
    frame->showAnswer(answer);
    m_answeredAt[id] = m_now();
    showAges();
}

void DashboardView::showAges()
{
    for (TileFrame *frame : m_grid->frames()) {
        const auto answered = m_answeredAt.find(frame->id());
        const qint64 age =
            answered == m_answeredAt.end() ? -1 : (m_now() - answered->second) / 1000;
        frame->setAge(age, m_runner.isRunning(frame->id()));
    }
}

std::string DashboardView::selected() const
{
    return m_selected;
}

void DashboardView::select(const std::string &id)
{
    m_selected = id;
    for (TileFrame *frame : m_grid->frames())
        frame->setSelected(frame->id() == id);
}

void DashboardView::remove(const std::string &id)
{
    (void)m_document.apply(tr("Remove a tile"), removeTile(m_document.pipeline(), id));
}

void DashboardView::duplicate(const std::string &id)
{
    auto twice = duplicateTile(m_document.pipeline(), id);
    if (!twice)
        return;
    const std::string made = twice->id;
    (void)m_document.apply(tr("Duplicate a tile"), std::move(twice->pipeline));
    select(made);
    if (TileFrame *frame = m_grid->frame(made)) {
        frame->setFocus();
        m_scroll->ensureWidgetVisible(frame);
    }
}

void DashboardView::removeSelected()
{
    if (!m_selected.empty())
        remove(m_selected);
}

void DashboardView::duplicateSelected()
{
    if (!m_selected.empty())
        duplicate(m_selected);
}

void DashboardView::renameSelected()
{
    if (TileFrame *frame = m_grid->frame(m_selected))
        frame->rename();
}

void DashboardView::editSelected()
{
    if (!m_selected.empty())
        Q_EMIT editWanted(m_selected);
}

void DashboardView::refreshAll()
{
    for (const TileFrame *frame : m_grid->frames())
        m_runner.refresh(frame->id());
    showAges();
}

void DashboardView::exportAnswer(TileFrame *frame)
{
    const QueryTable table = frame->content().model().table();
    const QString path = chooseAnswerFile(this, frame->shownTitle(), frame->content().showsChart());
    if (path.isEmpty())
        return;
    const Result<void> written = path.endsWith(QLatin1String(".png"))
                                     ? writePictureFile(frame->content().chart(), path)
                                     : writeAnswerFile(table, path);
    Q_EMIT messageShown(written ? tr("Written: %1").arg(path) : errorText(written.error()));
}

void DashboardView::choosePicture()
{
    QString path = QFileDialog::getSaveFileName(
        this, tr("Picture of the dashboard"), QStringLiteral("dashboard.png"), tr("PNG (*.png)"));
    if (path.isEmpty())
        return;
    if (!path.endsWith(QLatin1String(".png")))
        path += QStringLiteral(".png");
    Q_EMIT messageShown(writePicture(path) ? tr("Written: %1").arg(path)
                                           : tr("Cannot write %1").arg(path));
}

bool DashboardView::writePicture(const QString &path)
{
    return m_grid->grab().save(path);
}

void DashboardView::refreshActive()
{
    const bool seen = isVisible() && !window()->isMinimized();
    m_runner.setActive(seen);
    if (seen)
        m_ages.start();
    else
        m_ages.stop();
    showAges();
}

void DashboardView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_watched != window()) {
        m_watched = window();
        m_watched->installEventFilter(this);
    }
    refreshActive();
}

void DashboardView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    refreshActive();
}

bool DashboardView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_watched && event->type() == QEvent::WindowStateChange)
        refreshActive();
    return QWidget::eventFilter(watched, event);
}

} // namespace sluice
