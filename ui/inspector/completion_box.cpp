#include "ui/inspector/completion_box.h"

#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QCompleter>
#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QPlainTextEdit>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QTextBlock>
#include <QTextCursor>

#include <algorithm>

namespace sluice {

namespace {

constexpr int kHintRole = Qt::UserRole + 1;
constexpr int kCallRole = Qt::UserRole + 2;
constexpr int kRowHeight = 26;
constexpr int kMostRows = 8;
constexpr int kWidest = 460;
constexpr int kGap = 24; // between a word and its hint

bool isWordPart(QChar letter)
{
    return letter.isLetterOrNumber() || letter == QLatin1Char('_') || letter == QLatin1Char('$');
}

/// The word at the left, what it is at the right.
class CompletionDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        (void)option;
        const int word = QFontMetrics(codeFont()).horizontalAdvance(index.data().toString());
        const int hint = QFontMetrics(uiFont(metrics::kTextHint))
                             .horizontalAdvance(index.data(kHintRole).toString());
        return {word + kGap + hint + 2 * metrics::kSpaceS, kRowHeight};
    }

    void paint(QPainter *painter,
               const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        const Theme &now = theme();
        painter->fillRect(option.rect,
                          option.state & QStyle::State_Selected ? now.selection : now.panel);
        const QRect text = option.rect.adjusted(metrics::kSpaceS, 0, -metrics::kSpaceS, 0);
        const QString word = index.data().toString();
        painter->setFont(codeFont());
        painter->setPen(now.text);
        painter->drawText(text, Qt::AlignLeft | Qt::AlignVCenter, word);
        const int taken = painter->fontMetrics().horizontalAdvance(word) + metrics::kSpaceM;
        painter->setFont(uiFont(metrics::kTextHint));
        painter->setPen(now.textSecondary);
        painter->drawText(text.adjusted(taken, 0, 0, 0),
                          Qt::AlignRight | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(index.data(kHintRole).toString(),
                                                            Qt::ElideRight,
                                                            text.width() - taken));
    }
};

} // namespace

CompletionBox::CompletionBox(QPlainTextEdit *editor, Words words)
    : QObject(editor)
    , m_editor(editor)
    , m_words(std::move(words))
    , m_completer(new QCompleter(this))
    , m_model(new QStandardItemModel(this))
{
    m_completer->setModel(m_model);
    m_completer->setWidget(editor);
    m_completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_completer->setCompletionMode(QCompleter::PopupCompletion);
    m_completer->setMaxVisibleItems(kMostRows);
    auto *list = new QListView;
    list->setUniformItemSizes(true);
    m_completer->setPopup(list); // takes it
    list->setItemDelegate(new CompletionDelegate(list));
    connect(m_completer,
            qOverload<const QString &>(&QCompleter::activated),
            this,
            &CompletionBox::insert);
}

bool CompletionBox::isOpen() const
{
    return m_completer->popup()->isVisible();
}

bool CompletionBox::takesKey(const QKeyEvent &event) const
{
    switch (event.key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Tab:
    case Qt::Key_Escape:
        return isOpen();
    default:
        return false;
    }
}

bool CompletionBox::asks(const QKeyEvent &event)
{
    return event.key() == Qt::Key_Space && event.modifiers().testFlag(Qt::ControlModifier);
}

void CompletionBox::afterKey(const QKeyEvent &event)
{
    const bool typed = !event.text().isEmpty() && event.text().at(0).isPrint();
    if (asks(event) || typed)
        open(asks(event));
    else if (isOpen())
        m_completer->popup()->hide();
}

QString CompletionBox::wordBeforeCursor() const
{
    const QTextCursor cursor = m_editor->textCursor();
    const QString text = cursor.block().text().left(cursor.positionInBlock());
    qsizetype begin = text.size();
    while (begin > 0 && isWordPart(text[begin - 1]))
        --begin;
    return text.mid(begin);
}

void CompletionBox::open(bool asked)
{
    const QString prefix = wordBeforeCursor();
    if (!asked && (prefix.isEmpty() || prefix[0].isDigit())) {
        m_completer->popup()->hide();
        return;
    }
    m_model->clear();
    for (const Completion &word : m_words()) {
        auto *item = new QStandardItem(word.word);
        item->setData(word.hint, kHintRole);
        item->setData(word.call, kCallRole);
        m_model->appendRow(item);
    }
    m_completer->setCompletionPrefix(prefix);
    const bool done = m_completer->completionCount() == 1
                      && m_completer->currentCompletion().compare(prefix, Qt::CaseInsensitive) == 0;
    if (m_completer->completionCount() == 0 || done) {
        m_completer->popup()->hide();
        return;
    }
    // Below the beginning of the word that is typed.
    QRect place = m_editor->cursorRect().translated(m_editor->viewport()->pos());
    place.translate(-m_editor->fontMetrics().horizontalAdvance(prefix), metrics::kSpaceXs);
    place.setWidth(std::min(kWidest, m_completer->popup()->sizeHintForColumn(0) + kGap));
    m_completer->complete(place);
    m_completer->popup()->setCurrentIndex(m_completer->completionModel()->index(0, 0));
}

void CompletionBox::insert(const QString &word)
{
    const auto found = m_model->findItems(word, Qt::MatchExactly | Qt::MatchCaseSensitive);
    const bool call = !found.isEmpty() && found[0]->data(kCallRole).toBool();
    QTextCursor cursor = m_editor->textCursor();
    cursor.movePosition(QTextCursor::Left, QTextCursor::KeepAnchor, int(wordBeforeCursor().size()));
    cursor.insertText(call ? word + QStringLiteral("()") : word);
    if (call)
        cursor.movePosition(QTextCursor::Left);
    m_editor->setTextCursor(cursor);
}

} // namespace sluice
