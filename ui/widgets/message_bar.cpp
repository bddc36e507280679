#include "ui/widgets/message_bar.h"

#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/state_mark.h"
#include "ui/widgets/themed_label.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

namespace sluice {

namespace {

Mark markFor(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return Mark::Failed;
    case Severity::Warning:
        return Mark::Warning;
    case Severity::Note:
        break;
    }
    return Mark::Running;
}

QColor barColour(Severity severity)
{
    return severity == Severity::Note ? theme().accent : colourOf(markFor(severity));
}

} // namespace

MessageBar::MessageBar(QWidget *parent)
    : QFrame(parent)
{
    m_label = new ThemedLabel(TextRole::Body, this);
    m_label->setWordWrap(true);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *actions = new QWidget(this);
    m_actions = new QHBoxLayout(actions);
    m_actions->setContentsMargins({});
    m_actions->setSpacing(metrics::kSpaceS);
    m_close = new QToolButton(this);
    m_close->setIcon(icon(QStringLiteral("close")));
    m_close->setAutoRaise(true);
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(m_close->toolTip());
    connect(m_close, &QToolButton::clicked, this, &MessageBar::dismiss);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(32, metrics::kSpaceS, metrics::kSpaceS, metrics::kSpaceS);
    layout->addWidget(m_label, 1);
    layout->addWidget(actions);
    layout->addWidget(m_close);
    hide();
}

void MessageBar::showMessage(Severity severity, const QString &text, std::vector<Action> actions)
{
    m_severity = severity;
    m_label->setText(text);
    while (QLayoutItem *item = m_actions->takeAt(0)) {
        item->widget()->deleteLater();
        item->widget()->hide();
        delete item;
    }
    for (Action &action : actions) {
        auto *button = new QPushButton(action.label);
        connect(button, &QPushButton::clicked, this, [this, run = std::move(action.run)] {
            dismiss();
            run();
        });
        m_actions->addWidget(button);
    }
    setVisible(true);
    update();
}

QString MessageBar::text() const
{
    return m_label->text();
}

void MessageBar::queueMessage(Severity severity, const QString &text, std::vector<Action> actions)
{
    if (isHidden())
        showMessage(severity, text, std::move(actions));
    else
        m_waiting.push_back({severity, text, std::move(actions)});
}

void MessageBar::dismiss()
{
    hide();
    if (m_waiting.empty())
        return;
    Message next = std::move(m_waiting.front());
    m_waiting.erase(m_waiting.begin());
    showMessage(next.severity, next.text, std::move(next.actions));
}

void MessageBar::paintEvent(QPaintEvent *event)
{
    (void)event;
    QPainter painter(this);
    const QColor colour = barColour(m_severity);
    painter.fillRect(rect(), blended(theme().panel, colour, 0.10));
    painter.fillRect(QRect(0, height() - 1, width(), 1), blended(theme().panel, colour, 0.35));
    const QRectF mark(12, (height() - 10) / 2.0, 10, 10);
    if (m_severity == Severity::Note) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawEllipse(mark);
    } else {
        paintMark(painter, mark, markFor(m_severity));
    }
}

} // namespace sluice
