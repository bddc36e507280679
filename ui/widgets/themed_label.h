#pragma once

#include <QLabel>

namespace sluice {

/// What a piece of text is for; decides its size, weight and colour.
enum class TextRole {
    Body,
    Secondary,
    Label,   // above a field
    Hint,    // under a field
    Title,   // of a panel
    Heading, // of a page
    Section, // capitals over a list
    Error,
    Warning,
    Code,
};

/// A label that keeps the theme's colour for its role. Plain text unless asked otherwise.
class ThemedLabel : public QLabel
{
    Q_OBJECT

public:
    explicit ThemedLabel(TextRole role, QWidget *parent = nullptr);
    ThemedLabel(const QString &text, TextRole role, QWidget *parent = nullptr);

    void setRole(TextRole role);
    TextRole role() const { return m_role; }

protected:
    void changeEvent(QEvent *event) override;

private:
    void refresh();

    TextRole m_role;
};

/// One line that ends in "…" where it does not fit, with the whole text in its tooltip.
class ElidedLabel : public ThemedLabel
{
    Q_OBJECT

public:
    explicit ElidedLabel(TextRole role, QWidget *parent = nullptr);

    void setFullText(const QString &text);
    const QString &fullText() const { return m_full; }
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_full;
};

/// Control characters and line ends made visible, so that foreign text cannot disguise itself.
QString visibleText(const QString &text);

} // namespace sluice
