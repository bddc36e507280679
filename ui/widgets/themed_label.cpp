#include "ui/widgets/themed_label.h"

#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QPainter>
#include <QStyle>

namespace sluice {

namespace {

QFont fontOf(TextRole role)
{
    switch (role) {
    case TextRole::Label:
        return uiFont(metrics::kTextLabel, QFont::Medium);
    case TextRole::Hint:
    case TextRole::Error:
    case TextRole::Warning:
        return uiFont(metrics::kTextHint);
    case TextRole::Title:
        return uiFont(metrics::kTextTitle, QFont::DemiBold);
    case TextRole::Heading:
        return uiFont(26, QFont::DemiBold);
    case TextRole::Section: {
        QFont font = uiFont(metrics::kTextHint, QFont::DemiBold);
        font.setCapitalization(QFont::AllUppercase);
        font.setLetterSpacing(QFont::AbsoluteSpacing, 0.4);
        return font;
    }
    case TextRole::Code:
        return codeFont(metrics::kTextLabel);
    case TextRole::Secondary:
        return uiFont(metrics::kTextLabel);
    case TextRole::Body:
        break;
    }
    return uiFont(metrics::kTextBody);
}

QColor colourOf(TextRole role)
{
    const Theme &now = theme();
    switch (role) {
    case TextRole::Secondary:
    case TextRole::Section:
        return now.textSecondary;
    case TextRole::Hint:
        return now.textHint;
    case TextRole::Error:
        return now.error;
    case TextRole::Warning:
        return now.warning;
    default:
        return now.text;
    }
}

} // namespace

ThemedLabel::ThemedLabel(TextRole role, QWidget *parent)
    : QLabel(parent)
    , m_role(role)
{
    setTextFormat(Qt::PlainText);
    refresh();
}

ThemedLabel::ThemedLabel(const QString &text, TextRole role, QWidget *parent)
    : ThemedLabel(role, parent)
{
    setText(text);
}

void ThemedLabel::setRole(TextRole role)
{
    m_role = role;
    refresh();
}

void ThemedLabel::refresh()
{
    const QFont wanted = fontOf(m_role);
    if (font() != wanted)
        setFont(wanted);
    const QColor colour = colourOf(m_role);
    QPalette colours = palette();
    const bool loud = m_role == TextRole::Error || m_role == TextRole::Warning;
    const QColor link = loud ? colour : theme().accent;
    if (colours.color(QPalette::WindowText) == colour && colours.color(QPalette::Link) == link)
        return;
    colours.setColor(QPalette::WindowText, colour);
    colours.setColor(QPalette::Link, link);
    setPalette(colours);
}

void ThemedLabel::changeEvent(QEvent *event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        refresh();
}

ElidedLabel::ElidedLabel(TextRole role, QWidget *parent)
    : ThemedLabel(role, parent)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void ElidedLabel::setFullText(const QString &text)
{
    m_full = text;
    setAccessibleName(text);
    updateGeometry();
    update();
}

QSize ElidedLabel::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(m_full) + 2, fontMetrics().height()};
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {fontMetrics().horizontalAdvance(QStringLiteral("…")), fontMetrics().height()};
}

void ElidedLabel::paintEvent(QPaintEvent *event)
{
    (void)event;
    QPainter painter(this);
    const QString shown = fontMetrics().elidedText(m_full, Qt::ElideRight, width());
    setToolTip(shown == m_full ? QString() : m_full.toHtmlEscaped());
    style()->drawItemText(&painter,
                          rect(),
                          int(Qt::AlignLeft | Qt::AlignVCenter),
                          palette(),
                          isEnabled(),
                          shown,
                          QPalette::WindowText);
}

QString visibleText(const QString &text)
{
    QString shown;
    shown.reserve(text.size());
    for (const QChar letter : text) {
        const char16_t code = letter.unicode();
        if (code == u'\n')
            shown += QStringLiteral("\\n");
        else if (code == u'\r')
            shown += QStringLiteral("\\r");
        else if (code == u'\t')
            shown += QStringLiteral("\\t");
        else if (code < 0x20 || code == 0x7F || letter.category() == QChar::Other_Format
                 || (code >= 0x80 && code < 0xA0))
            shown += QStringLiteral("\\u%1").arg(int(code), 4, 16, QLatin1Char('0'));
        else
            shown += letter;
    }
    return shown;
}

} // namespace sluice
