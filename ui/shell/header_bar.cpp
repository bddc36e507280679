#include "ui/shell/header_bar.h"

#include "ui/shell/actions.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figures_text.h"
#include "ui/widgets/pill.h"
#include "ui/widgets/themed_label.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>

namespace sluice {

namespace {

constexpr int kBarHeight = 46;

QToolButton *iconButton(QAction *action, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setDefaultAction(action);
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    button->setIconSize({17, 17});
    button->setFixedSize(32, 30);
    button->setAutoRaise(true);
    button->setToolTip(tooltipOf(*action));
    button->setAccessibleName(tooltipOf(*action));
    return button;
}

bool isActive(RunState state)
{
    return state == RunState::Starting || state == RunState::Running || state == RunState::Paused
           || state == RunState::Draining;
}

} // namespace

HeaderBar::HeaderBar(Actions &actions, QWidget *parent)
    : QToolBar(parent)
    , m_actions(actions)
    , m_name(new ElidedLabel(TextRole::Title, this))
    , m_edited(new ThemedLabel(TextRole::Secondary, this))
    , m_state(new Pill(this))
    , m_delivery(new Pill(this))
    , m_pause(new QPushButton(this))
    , m_stop(new QPushButton(this))
    , m_run(new QPushButton(this))
{
    setObjectName(QStringLiteral("header"));
    setWindowTitle(tr("Tool bar"));
    setMovable(false);
    setFloatable(false);
    setContextMenuPolicy(Qt::PreventContextMenu);
    setFixedHeight(kBarHeight);
    auto *content = new QWidget(this);
    content->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    auto *layout = new QHBoxLayout(content);
    layout->setContentsMargins(metrics::kSpaceS, 0, metrics::kSpaceM, 0);
    layout->setSpacing(metrics::kSpaceXs);
    for (QAction *action : {actions.open, actions.save, actions.undo})
        layout->addWidget(iconButton(action, content));
    auto *line = new QFrame(content);
    line->setFrameShape(QFrame::VLine);
    line->setFixedHeight(20);
    layout->addSpacing(metrics::kSpaceXs);
    layout->addWidget(line);
    layout->addSpacing(metrics::kSpaceS);
    m_name->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    layout->addWidget(m_name);
    layout->addWidget(m_edited);
    auto *dashboard = iconButton(actions.dashboard, content);
    dashboard->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    dashboard->setMinimumSize(32, 30);
    dashboard->setMaximumSize(QWIDGETSIZE_MAX, 30);
    layout->addSpacing(metrics::kSpaceS);
    layout->addWidget(dashboard);
    layout->addStretch(1);
    for (QWidget *widget : {static_cast<QWidget *>(m_state),
                            static_cast<QWidget *>(m_delivery),
                            static_cast<QWidget *>(m_pause),
                            static_cast<QWidget *>(m_stop),
                            static_cast<QWidget *>(m_run)}) {
        layout->addSpacing(metrics::kSpaceXs);
        layout->addWidget(widget);
    }
    addWidget(content);
    m_run->setProperty("accent", true);
    m_run->setObjectName(QStringLiteral("run"));
    m_pause->setObjectName(QStringLiteral("pause"));
    m_stop->setObjectName(QStringLiteral("stop"));
    m_stop->setIcon(icon(QStringLiteral("stop")));
    connect(m_run, &QPushButton::clicked, actions.run, &QAction::trigger);
    connect(m_pause, &QPushButton::clicked, actions.pause, &QAction::trigger);
    connect(m_stop, &QPushButton::clicked, actions.stop, &QAction::trigger);
    refresh();
}

void HeaderBar::setDocument(const QString &name, bool edited)
{
    m_name->setFullText(name);
    m_edited->setText(edited ? tr("• edited") : QString());
}

void HeaderBar::setDelivery(Delivery delivery)
{
    m_promise = delivery;
    refresh();
}

void HeaderBar::setRun(RunState state, std::size_t changes)
{
    m_runState = state;
    m_changes = changes;
    if (state == RunState::Starting)
        m_elapsed = 0;
    refresh();
}

void HeaderBar::setFigures(const RunSnapshot &snapshot)
{
    m_elapsed = snapshot.elapsed;
    m_epoch = snapshot.epoch;
    refresh();
}

QString HeaderBar::stateText() const
{
    return m_state->text();
}

void HeaderBar::refresh()
{
    const bool active = isActive(m_runState);
    const bool timed = active && m_runState != RunState::Starting;
    const QString word = wordFor(m_runState);
    m_state->setContent(timed ? word + QLatin1Char(' ') + clockText(m_elapsed) : word,
                        markOf(m_runState));
    QString promise = m_promise == Delivery::ExactlyOnce ? tr("exactly once") : tr("at least once");
    if (timed)
        promise += tr(" · epoch %1").arg(m_epoch);
    m_delivery->setContent(promise);

    const bool paused = m_runState == RunState::Paused;
    const bool draining = m_runState == RunState::Draining;
    m_pause->setVisible(active);
    m_pause->setEnabled(m_runState == RunState::Running || paused);
    m_pause->setText(paused ? tr("Resume") : tr("Pause"));
    m_pause->setIcon(icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
    m_pause->setToolTip(tooltipOf(*m_actions.pause));
    m_stop->setVisible(active);
    m_stop->setText(draining ? tr("Stop now") : tr("Stop"));
    m_stop->setToolTip(draining ? tr("Events in flight are written before the stop. Stop now "
                                     "leaves them to the next run.")
                                : tooltipOf(*m_actions.stop));
    m_run->setVisible(!active || m_changes > 0);
    m_run->setEnabled(!draining);
    m_run->setText(active ? tr("Apply %n change(s)", nullptr, int(m_changes)) : tr("Run"));
    m_run->setIcon(icon(QStringLiteral("play"), theme().accentText));
    m_run->setToolTip(active ? tr("Stops, and starts again with the changes (F5)")
                             : tooltipOf(*m_actions.run));
}

} // namespace sluice
