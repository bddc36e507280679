#pragma once

#include <QString>

#include <string>
#include <string_view>

namespace sluice {

/// Core speaks UTF-8 in std::string, the window QString; these two are the border.
inline QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

inline std::string toStdString(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

} // namespace sluice
