#pragma once

#include <QWidget>

class QToolButton;

namespace sluice {

/// A titled part of a form that can be folded away.
class FoldingSection : public QWidget
{
    Q_OBJECT

public:
    explicit FoldingSection(const QString &title, QWidget *parent = nullptr);
    /// Where the content goes; give it a layout.
    QWidget *body() { return m_body; }
    void setOpen(bool open);
    bool isOpen() const;

private:
    QToolButton *m_header;
    QWidget *m_body;
};

} // namespace sluice
