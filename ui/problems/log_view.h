#pragma once

#include "ui/bridge/run_log.h"

#include <QWidget>

#include <vector>

class QPlainTextEdit;

namespace sluice {

/// What the run says, with its time. Plain text; control characters are made visible.
class LogView : public QWidget
{
    Q_OBJECT

public:
    explicit LogView(QWidget *parent = nullptr);
    void append(const std::vector<LogLine> &lines);
    void append(Ticks at, const QString &text);
    QString text() const;

private:
    QPlainTextEdit *m_text;
};

} // namespace sluice
