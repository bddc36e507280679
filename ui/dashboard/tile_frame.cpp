#include "ui/dashboard/tile_frame.h"

#include "core/base/units.h"
#include "ui/dashboard/tile_content.h"
#include "ui/document/qt_text.h"
#include "ui/query/answer_table.h"
#include "ui/query/query_chart.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/themed_label.h"

#include <QActionGroup>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QToolButton>

#include <algorithm>

namespace sluice {

namespace {

constexpr int kGripSize = 16;
constexpr int kHeaderHeight = 40;
constexpr int kRoomForAge = 240;
constexpr const char *kIntervals[] = {"1s", "2s", "5s", "10s", "30s", "1m", "5m"};

QString intervalText(const QString &interval)
{
    QString text = interval;
    const qsizetype unit = text.indexOf(QRegularExpression(QStringLiteral("[a-z]")));
    if (unit < 0)
        return text;
    const QString word = text.mid(unit);
    return text.left(unit) + QLatin1Char(' ')
           + (word == QLatin1String("m") ? TileFrame::tr("min") : word);
}

QString ageText(qint64 seconds)
{
    if (seconds < 2)
        return TileFrame::tr("now");
    return seconds < 120 ? TileFrame::tr("%1 s ago").arg(seconds)
                         : TileFrame::tr("%1 min ago").arg(seconds / 60);
}

} // namespace

TileFrame::TileFrame(QWidget *parent)
    : QFrame(parent)
    , m_title(new ElidedLabel(TextRole::Title, this))
    , m_field(new QLineEdit(this))
    , m_age(new ThemedLabel(TextRole::Hint, this))
    , m_interval(new QToolButton(this))
    , m_more(new QToolButton(this))
    , m_menu(new QMenu(this))
    , m_intervals(new QMenu(this))
    , m_content(new TileContent(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    m_title->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_age->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_title->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_field->setAccessibleName(tr("Title of the tile"));
    m_field->hide();
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::editingFinished, this, [this] { finishRename(true); });
    for (QToolButton *button : {m_interval, m_more}) {
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::TabFocus);
    }
    m_interval->setToolTip(tr("How often the query is asked"));
    connect(m_interval, &QToolButton::clicked, this, [this] { popUp(m_intervals, m_interval); });
    m_more->setIcon(icon(QStringLiteral("more")));
    m_more->setToolTip(tr("What can be done with this tile"));
    m_more->setAccessibleName(m_more->toolTip());
    connect(m_more, &QToolButton::clicked, this, [this] { popUp(m_menu, m_more); });
    m_more->setObjectName(QStringLiteral("tileMenu"));
    auto *head = new QHBoxLayout;
    head->setContentsMargins({});
    head->setSpacing(metrics::kSpaceXs);
    head->addWidget(m_title, 1);
    head->addWidget(m_field, 1);
    for (QWidget *widget : {static_cast<QWidget *>(m_age),
                            static_cast<QWidget *>(m_interval),
                            static_cast<QWidget *>(m_more)})
        head->addWidget(widget);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(
        metrics::kSpaceM, metrics::kSpaceXs, metrics::kSpaceXs, metrics::kSpaceM);
    layout->setSpacing(metrics::kSpaceXs);
    layout->addLayout(head);
    auto *inside = new QHBoxLayout;
    inside->setContentsMargins(0, 0, metrics::kSpaceS, 0);
    inside->addWidget(m_content);
    layout->addLayout(inside, 1);
    makeMenus();
    // What lies on the tile keeps its own clicks; the tile only learns of them.
    for (QWidget *inner : {m_content->table().viewport(), m_content->chart().viewport()})
        inner->installEventFilter(this);
}

void TileFrame::makeMenus()
{
    const auto add = [this](const char *name, const QString &text, void (TileFrame::*wanted)()) {
        QAction *action = m_menu->addAction(icon(QLatin1String(name)), text);
        connect(action, &QAction::triggered, this, wanted);
        return action;
    };
    add("refresh", tr("Ask now"), &TileFrame::refreshWanted);
    add("edit", tr("Edit the query…"), &TileFrame::editWanted);
    QAction *renaming = m_menu->addAction(tr("Rename"));
    connect(renaming, &QAction::triggered, this, &TileFrame::rename);
    add("duplicate", tr("Duplicate"), &TileFrame::duplicateWanted);
    add("export", tr("Export the answer…"), &TileFrame::exportWanted);
    m_menu->addSeparator();
    add("trash", tr("Remove"), &TileFrame::removeWanted);
    auto *group = new QActionGroup(this);
    for (const char *interval : kIntervals) {
        const QString text = QLatin1String(interval);
        QAction *action = m_intervals->addAction(tr("Every %1").arg(intervalText(text)));
        action->setData(text);
        action->setCheckable(true);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, text] { Q_EMIT intervalChosen(text); });
    }
}

/// Below a button. A menu of its own would put an arrow over the button's face.
void TileFrame::popUp(QMenu *menu, const QToolButton *button)
{
    Q_EMIT chosen();
    menu->popup(button->mapToGlobal(QPoint(0, button->height())));
}

void TileFrame::setTile(const DashboardTilePtr &tile)
{
    m_tile = tile;
    m_title->setFullText(shownTitle());
    m_interval->setText(intervalText(toQString(tile->refresh)));
    m_interval->setAccessibleName(tr("Asked every %1").arg(m_interval->text()));
    for (QAction *action : m_intervals->actions())
        action->setChecked(action->data().toString() == toQString(tile->refresh));
    setAccessibleName(tr("Tile %1").arg(shownTitle()));
}

QString TileFrame::shownTitle() const
{
    if (!m_tile->title.empty())
        return visibleText(toQString(m_tile->title));
    return visibleText(toQString(m_tile->query).simplified());
}

void TileFrame::showAnswer(const Result<QueryTable> &answer)
{
    if (answer)
        m_content->showAnswer(*answer);
    else
        m_content->showProblem(answer.error());
    m_age->setToolTip(m_content->left());
}

void TileFrame::showWaiting()
{
    m_content->showWaiting(tr("Asking…"));
}

void TileFrame::setAge(qint64 seconds, bool running)
{
    const bool slow = running && seconds < 0;
    const QString text = slow ? tr("asking…") : seconds < 0 ? QString() : ageText(seconds);
    // In a narrow tile the title is worth more.
    m_age->setVisible(width() >= kRoomForAge);
    m_interval->setToolTip(text.isEmpty() ? tr("How often the query is asked")
                                          : tr("How often the query is asked; last: %1").arg(text));
    if (m_age->text() != text)
        m_age->setText(text);
}

void TileFrame::setSelected(bool selected)
{
    m_selected = selected;
    update();
}

void TileFrame::rename()
{
    m_field->setText(toQString(m_tile->title));
    m_field->setPlaceholderText(shownTitle());
    m_title->hide();
    m_field->show();
    m_field->setFocus();
    m_field->selectAll();
}

void TileFrame::finishRename(bool take)
{
    if (m_field->isHidden())
        return;
    const QString title = m_field->text().trimmed();
    m_field->hide();
    m_title->show();
    setFocus();
    if (take && title != toQString(m_tile->title))
        Q_EMIT renamed(title);
}

bool TileFrame::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_field && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
        finishRename(false);
        return true;
    }
    if (watched != m_field && event->type() == QEvent::MouseButtonPress)
        Q_EMIT chosen();
    return QFrame::eventFilter(watched, event);
}

TileFrame::Grip TileFrame::gripAt(QPoint place) const
{
    if (!rect().contains(place))
        return Grip::None;
    if (place.x() >= width() - kGripSize && place.y() >= height() - kGripSize)
        return Grip::Size;
    return place.y() < kHeaderHeight ? Grip::Move : Grip::None;
}

void TileFrame::paintEvent(QPaintEvent *)
{
    const Theme &now = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double line = m_selected ? 2 : 1;
    const QRectF card = QRectF(rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2);
    painter.setPen(QPen(m_selected ? now.accent : now.separator, line));
    painter.setBrush(now.panel);
    painter.drawRoundedRect(card, metrics::kRadiusCard, metrics::kRadiusCard);
    painter.setPen(QPen(now.textHint, 1.2));
    for (const int length : {4, 8})
        painter.drawLine(QPointF(width() - 4.5 - length, height() - 4.5),
                         QPointF(width() - 4.5, height() - 4.5 - length));
}

void TileFrame::mousePressEvent(QMouseEvent *event)
{
    Q_EMIT chosen();
    setFocus(Qt::MouseFocusReason);
    m_grip = event->button() == Qt::LeftButton ? gripAt(event->position().toPoint()) : Grip::None;
    if (m_grip != Grip::None)
        Q_EMIT gripped(m_grip, event->globalPosition().toPoint());
}

void TileFrame::mouseMoveEvent(QMouseEvent *event)
{
    if (m_grip != Grip::None) {
        Q_EMIT dragged(event->globalPosition().toPoint());
        return;
    }
    switch (gripAt(event->position().toPoint())) {
    case Grip::Size:
        setCursor(Qt::SizeFDiagCursor);
        break;
    case Grip::Move:
        setCursor(Qt::OpenHandCursor);
        break;
    case Grip::None:
        unsetCursor();
    }
}

void TileFrame::mouseReleaseEvent(QMouseEvent *)
{
    if (std::exchange(m_grip, Grip::None) != Grip::None)
        Q_EMIT dropped();
}

void TileFrame::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (gripAt(event->position().toPoint()) != Grip::Move)
        return;
    if (std::exchange(m_grip, Grip::None) != Grip::None)
        Q_EMIT dragCancelled();
    rename();
}

void TileFrame::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && std::exchange(m_grip, Grip::None) != Grip::None) {
        Q_EMIT dragCancelled();
        return;
    }
    const int across = int(event->key() == Qt::Key_Right) - int(event->key() == Qt::Key_Left);
    const int down = int(event->key() == Qt::Key_Down) - int(event->key() == Qt::Key_Up);
    if ((across != 0 || down != 0) && event->modifiers() == Qt::ControlModifier) {
        Q_EMIT nudged({across, down, 0, 0});
    } else if ((across != 0 || down != 0) && event->modifiers() == Qt::ShiftModifier) {
        Q_EMIT nudged({0, 0, across, down});
    } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        Q_EMIT editWanted();
    } else {
        QFrame::keyPressEvent(event);
    }
}

void TileFrame::contextMenuEvent(QContextMenuEvent *event)
{
    Q_EMIT chosen();
    m_menu->popup(event->globalPos());
}

void TileFrame::focusInEvent(QFocusEvent *event)
{
    QFrame::focusInEvent(event);
    Q_EMIT chosen();
}

} // namespace sluice
