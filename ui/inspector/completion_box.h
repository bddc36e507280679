#pragma once

#include <QObject>
#include <QString>

#include <functional>
#include <vector>

class QCompleter;
class QKeyEvent;
class QPlainTextEdit;
class QStandardItemModel;

namespace sluice {

/// One thing that may stand at the cursor.
struct Completion
{
    QString word;
    QString hint;      // what it is, in few words
    bool call = false; // a function: it comes with parentheses
};

/// The list of completions of a text editor: opens while a word is typed, or by Ctrl+Space.
class CompletionBox : public QObject
{
    Q_OBJECT

public:
    using Words = std::function<std::vector<Completion>()>;

    /// @param words  asked each time the list opens
    CompletionBox(QPlainTextEdit *editor, Words words);

    bool isOpen() const;
    /// Before the editor gets a key: whether it belongs to the open list, and the editor must leave
    /// it alone.
    bool takesKey(const QKeyEvent &event) const;
    /// Whether the key only asks for the list and types nothing.
    static bool asks(const QKeyEvent &event);
    /// After the editor got a key.
    void afterKey(const QKeyEvent &event);

private:
    QString wordBeforeCursor() const;
    void open(bool asked);
    void insert(const QString &word);

    QPlainTextEdit *m_editor;
    Words m_words;
    QCompleter *m_completer;
    QStandardItemModel *m_model;
};

} // namespace sluice
