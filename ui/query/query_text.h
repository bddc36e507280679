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
};

} // namespace sluice
