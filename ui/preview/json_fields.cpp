#include "ui/preview/json_fields.h"

#include "ui/document/qt_text.h"
#include "ui/widgets/themed_label.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace sluice {

namespace {

bool isSpace(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
}

/// Walks over JSON text that is known to be whole. Positions are behind what was read.
class Scanner
{
public:
    explicit Scanner(std::string_view text)
        : m_text(text)
    {}

    bool take(char letter)
    {
        skipSpace();
        if (m_at >= m_text.size() || m_text[m_at] != letter)
            return false;
        ++m_at;
        return true;
    }

    std::string_view string()
    {
        skipSpace();
        const std::size_t begin = m_at;
        if (m_at >= m_text.size() || m_text[m_at] != '"')
            return {};
        ++m_at;
        while (m_at < m_text.size() && m_text[m_at] != '"')
            m_at += m_text[m_at] == '\\' ? 2 : 1;
        m_at = std::min(m_at + 1, m_text.size());
        return m_text.substr(begin, m_at - begin);
    }

    std::string_view value()
    {
        skipSpace();
        const std::size_t begin = m_at;
        int depth = 0;
        while (m_at < m_text.size()) {
            const char letter = m_text[m_at];
            if (letter == '"') {
                string();
                continue;
            }
            if (depth == 0 && (letter == ',' || letter == '}'))
                break;
            depth += (letter == '{' || letter == '[') ? 1 : 0;
            depth -= (letter == '}' || letter == ']') ? 1 : 0;
            ++m_at;
        }
        std::size_t end = m_at;
        while (end > begin && isSpace(m_text[end - 1]))
            --end;
        return m_text.substr(begin, end - begin);
    }

private:
    void skipSpace()
    {
        while (m_at < m_text.size() && isSpace(m_text[m_at]))
            ++m_at;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

QString unquoted(std::string_view raw)
{
    if (raw.find('\\') == std::string_view::npos)
        return toQString(raw.substr(1, raw.size() - 2));
    const QByteArray wrapped = '[' + QByteArray(raw.data(), qsizetype(raw.size())) + ']';
    return QJsonDocument::fromJson(wrapped).array().at(0).toString();
}

} // namespace

std::vector<std::pair<std::string, std::string_view>> jsonFields(std::string_view json)
{
    std::vector<std::pair<std::string, std::string_view>> fields;
    Scanner scanner(json);
    if (!scanner.take('{'))
        return fields;
    while (true) {
        const std::string_view key = scanner.string();
        if (key.size() < 2 || !scanner.take(':'))
            break;
        const std::string_view value = scanner.value();
        fields.emplace_back(toStdString(unquoted(key)), value);
        if (!scanner.take(','))
            break;
    }
    return fields;
}

QString jsonCell(std::string_view raw, int limit)
{
    // Much longer than what is shown: not worth decoding.
    const std::size_t most = std::size_t(limit) * 8;
    QString text = raw.size() >= 2 && raw.front() == '"' && raw.size() < most
                       ? unquoted(raw)
                       : toQString(raw.substr(0, most));
    if (text.size() > limit)
        text = text.left(limit) + QStringLiteral("…");
    return visibleText(text);
}

} // namespace sluice
