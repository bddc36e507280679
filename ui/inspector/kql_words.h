#pragma once

#include "ui/inspector/completion_box.h"

#include <QSyntaxHighlighter>

#include <vector>

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

/// The functions an expression can call, sorted, each with its help.
const std::vector<Completion> &kqlFunctions();

} // namespace sluice
