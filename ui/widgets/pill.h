#pragma once

#include "ui/widgets/state_mark.h"

#include <QWidget>

#include <optional>

namespace sluice {

/// A short status in a rounded frame, with digits of fixed width: "● Running 00:12:41".
class Pill : public QWidget
{
    Q_OBJECT

public:
    explicit Pill(QWidget *parent = nullptr);
    void setContent(const QString &text, std::optional<Mark> mark = {});
    QString text() const { return m_text; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_text;
    std::optional<Mark> m_mark;
};

} // namespace sluice
