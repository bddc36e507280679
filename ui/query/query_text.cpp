#include "ui/query/query_text.h"

#include "ui/document/qt_text.h"
#include "ui/inspector/kql_words.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QTextBlock>
#include <QToolTip>

namespace sluice {

/// The margin at the left.
class QueryText::LineNumbers : public QWidget
{
public:
    explicit LineNumbers(QueryText *text)
        : QWidget(text)
        , m_text(text)
    {}

protected:
    void paintEvent(QPaintEvent *event) override { m_text->paintNumbers(event); }

private:
    QueryText *m_text;
};

QueryText::QueryText(std::function<std::vector<Completion>(const QString &before)> words,
                     QWidget *parent)
    : QPlainTextEdit(parent)
    , m_completer(new CompletionBox(this,
                                    [this, words = std::move(words)] {
                                        return words(toPlainText().left(textCursor().position()));
                                    }))
    , m_numbers(new LineNumbers(this))
{
    setFont(codeFont());
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setFrameShape(QFrame::NoFrame);
    setTabChangesFocus(true);
    setAccessibleName(tr("Query"));
    document()->setDocumentMargin(metrics::kSpaceXs);
    new KqlHighlighter(document());
    connect(this, &QPlainTextEdit::blockCountChanged, this, [this] { place(); });
    connect(this, &QPlainTextEdit::updateRequest, m_numbers, [this](const QRect &, int) {
        m_numbers->update();
    });
    place();
}

int QueryText::numbersWidth() const
{
    const auto digits = QString::number(std::max(10, blockCount())).size();
    return int(digits) * fontMetrics().horizontalAdvance(QLatin1Char('9')) + 2 * metrics::kSpaceS;
}

void QueryText::place()
{
    setViewportMargins(numbersWidth(), 0, 0, 0);
    const QRect inside = contentsRect();
    m_numbers->setGeometry(inside.left(), inside.top(), numbersWidth(), inside.height());
}

void QueryText::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    place();
}

void QueryText::paintNumbers(QPaintEvent *event)
{
    QPainter painter(m_numbers);
    painter.fillRect(event->rect(), theme().panel);
    painter.setFont(font());
    painter.setPen(theme().textHint);
    QTextBlock block = firstVisibleBlock();
    while (block.isValid()) {
        const QRectF place = blockBoundingGeometry(block).translated(contentOffset());
        if (place.top() > event->rect().bottom())
            return;
        painter.drawText(QRectF(0, place.top(), numbersWidth() - metrics::kSpaceS, place.height()),
                         Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(block.blockNumber() + 1));
        block = block.next();
    }
}

void QueryText::setProblems(std::vector<kql::Problem> problems)
{
    m_problems = std::move(problems);
    const QByteArray bytes = toPlainText().toUtf8();
    QList<QTextEdit::ExtraSelection> marks;
    for (const kql::Problem &problem : m_problems) {
        const auto from = std::min<qsizetype>(qsizetype(problem.at.offset), bytes.size());
        const auto length = std::min<qsizetype>(
            qsizetype(std::max<std::size_t>(problem.at.length, 1)), bytes.size() - from);
        const int begin = int(QString::fromUtf8(bytes.left(from)).size());
        const int end = begin + int(QString::fromUtf8(bytes.mid(from, length)).size());
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(document());
        // At the end of the text there is nothing to underline but what stands before it.
        mark.cursor.setPosition(end > begin ? begin : std::max(0, begin - 1));
        mark.cursor.setPosition(end, QTextCursor::KeepAnchor);
        mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        mark.format.setUnderlineColor(theme().error);
        marks << mark;
    }
    setExtraSelections(marks);
}

bool QueryText::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QPlainTextEdit::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const QString text =
        helpAt(cursorForPosition(viewport()->mapFrom(this, help->pos())).position());
    if (text.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(),
                           text.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")),
                           this);
    return true;
}

QString QueryText::helpAt(int position) const
{
    const QList<QTextEdit::ExtraSelection> marks = extraSelections();
    for (qsizetype i = 0; i < marks.size() && std::size_t(i) < m_problems.size(); ++i) {
        if (position < marks[i].cursor.selectionStart()
            || position > marks[i].cursor.selectionEnd())
            continue;
        const kql::Problem &problem = m_problems[std::size_t(i)];
        return toQString(problem.message + (problem.hint.empty() ? "" : ". ") + problem.hint);
    }
    QTextCursor cursor(document());
    cursor.setPosition(std::min(position, document()->characterCount() - 1));
    cursor.select(QTextCursor::WordUnderCursor);
    return m_help && cursor.hasSelection() ? m_help(cursor.selectedText()) : QString();
}

void QueryText::keyPressEvent(QKeyEvent *event)
{
    if (m_completer->takesKey(*event)) {
        event->ignore();
        return;
    }
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier)) {
        Q_EMIT runWanted();
        return;
    }
    if (!CompletionBox::asks(*event))
        QPlainTextEdit::keyPressEvent(event);
    m_completer->afterKey(*event);
}

} // namespace sluice
