#pragma once

#include "core/pipeline/diagnostic.h"

#include <QFrame>

#include <functional>
#include <vector>

class QHBoxLayout;
class QToolButton;

namespace sluice {

class ThemedLabel;

/// What the program has to say, across the top of the canvas, with what can be done about it.
/// Takes the place of message boxes: it interrupts nothing.
class MessageBar : public QFrame
{
    Q_OBJECT

public:
    struct Action
    {
        QString label;
        std::function<void()> run;
    };

    explicit MessageBar(QWidget *parent = nullptr);

    void showMessage(Severity severity, const QString &text, std::vector<Action> actions = {});
    /// Shows it when the message that is there is closed; at once when there is none.
    void queueMessage(Severity severity, const QString &text, std::vector<Action> actions = {});
    QString text() const;

public slots:
    void dismiss();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Message
    {
        Severity severity = Severity::Note;
        QString text;
        std::vector<Action> actions;
    };

    std::vector<Message> m_waiting;
    Severity m_severity = Severity::Note;
    ThemedLabel *m_label;
    QHBoxLayout *m_actions;
    QToolButton *m_close;
};

} // namespace sluice
