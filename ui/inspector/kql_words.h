#pragma once

#include <QStringList>
#include <QSyntaxHighlighter>

namespace sluice {

/// Colours KQL by its own lexer.
class KqlHighlighter : public QSyntaxHighlighter
{
    Q_OBJECT

public:
    using QSyntaxHighlighter::QSyntaxHighlighter;

protected:
    void highlightBlock(const QString &text) override;
};

/// Names of the functions an expression can call, sorted.
QStringList kqlFunctions();

} // namespace sluice
