#include "ui/inspector/kql_words.h"

#include "core/kql/function.h"
#include "core/kql/lexer.h"
#include "ui/document/qt_text.h"
#include "ui/theme/theme.h"

#include <QTextCharFormat>

namespace sluice {

namespace {

QColor colourOf(kql::TokenKind kind)
{
    const Theme &now = theme();
    switch (kind) {
    case kql::TokenKind::Keyword:
        return now.transform;
    case kql::TokenKind::Number:
    case kql::TokenKind::Timespan:
    case kql::TokenKind::Literal:
        return now.series[3];
    case kql::TokenKind::String:
        return now.source;
    case kql::TokenKind::Comment:
        return now.textHint;
    case kql::TokenKind::Error:
        return now.error;
    default:
        return now.text;
    }
}

} // namespace

void KqlHighlighter::highlightBlock(const QString &text)
{
    const std::string bytes = toStdString(text);
    const std::vector<kql::Token> tokens = kql::tokenize(bytes);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const kql::Token &token = tokens[i];
        const auto begin = token.text.data() - bytes.data();
        if (begin < 0 || begin > std::ptrdiff_t(bytes.size()))
            continue; // the token of the end has no text
        const auto from = toQString(std::string_view(bytes).substr(0, std::size_t(begin))).size();
        QTextCharFormat format;
        format.setForeground(colourOf(token.kind));
        if (token.kind == kql::TokenKind::Name) {
            // An operator behind a bar, a function before its parenthesis.
            if (i > 0 && tokens[i - 1].text == "|")
                format.setForeground(theme().transform);
            else if (i + 1 < tokens.size() && tokens[i + 1].text == "(")
                format.setForeground(theme().series[0]);
        }
        setFormat(int(from), int(toQString(token.text).size()), format);
    }
}

const std::vector<Completion> &kqlFunctions()
{
    static const std::vector<Completion> kWords = [] {
        std::vector<Completion> words;
        for (const kql::Function &function : kql::allFunctions()) {
            if (!function.isOperator)
                words.push_back({toQString(function.name), toQString(function.help), true});
        }
        return words;
    }();
    return kWords;
}

} // namespace sluice
