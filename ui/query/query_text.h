#pragma once

#include "core/kql/problem.h"
#include "ui/inspector/completion_box.h"

#include <QPlainTextEdit>

#include <functional>
#include <vector>

namespace sluice {

/// A query: coloured, completed, with line numbers; what is wrong is underlined and said at the
/// pointer.
class QueryText : public QPlainTextEdit
{
    Q_OBJECT

public:
    /// @param words  what may stand after the text before the cursor
    explicit QueryText(std::function<std::vector<Completion>(const QString &before)> words,
                       QWidget *parent = nullptr);

    /// @param help  what a word is; shown at the pointer
    void setHelp(std::function<QString(const QString &word)> help) { m_help = std::move(help); }
    /// What is said at a place of the text: a problem there, or what the word is.
    QString helpAt(int position) const;

    void setProblems(std::vector<kql::Problem> problems);
    const std::vector<kql::Problem> &problems() const { return m_problems; }

signals:
    void runWanted();

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    class LineNumbers;
    int numbersWidth() const;
    void place();
    void paintNumbers(QPaintEvent *event);

    CompletionBox *m_completer;
    LineNumbers *m_numbers;
    std::vector<kql::Problem> m_problems;
    std::function<QString(const QString &word)> m_help;
};

} // namespace sluice
