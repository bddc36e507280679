#include "ui/theme/theme.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <vector>

namespace sluice {

namespace {

QColor readColour(const QString &text)
{
    static const QRegularExpression kRgba(
        QStringLiteral(R"(^rgba\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*([0-9.]+)\s*\)$)"));
    const auto match = kRgba.match(text);
    if (!match.hasMatch())
        return QColor(text);
    QColor colour(match.captured(1).toInt(), match.captured(2).toInt(), match.captured(3).toInt());
    colour.setAlphaF(float(match.captured(4).toDouble()));
    return colour;
}

struct Entry
{
    const char *name;
    QColor *colour;
};

std::vector<Entry> entriesOf(Theme &theme)
{
    return {
        {"window", &theme.window},
        {"canvas", &theme.canvas},
        {"canvas_dot", &theme.canvasDot},
        {"panel", &theme.panel},
        {"separator", &theme.separator},
        {"text", &theme.text},
        {"text_secondary", &theme.textSecondary},
        {"text_hint", &theme.textHint},
        {"accent", &theme.accent},
        {"accent_text", &theme.accentText},
        {"field", &theme.field},
        {"field_border", &theme.fieldBorder},
        {"hover", &theme.hover},
        {"selection", &theme.selection},
        {"source", &theme.source},
        {"transform", &theme.transform},
        {"destination", &theme.destination},
        {"good", &theme.good},
        {"warning", &theme.warning},
        {"error", &theme.error},
        {"wire", &theme.wire},
        {"wire_pressure", &theme.wirePressure},
        {"shadow", &theme.shadow},
        {"code", &theme.code},
        {"series_1", &theme.series[0]},
        {"series_2", &theme.series[1]},
        {"series_3", &theme.series[2]},
        {"series_4", &theme.series[3]},
    };
}

// The file is part of the program: one that cannot be read is a broken build.
Theme builtIn(bool dark)
{
    QFile file(QStringLiteral(":/sluice/themes/theme.json"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("the theme is missing from the program");
    auto read = readTheme(file.readAll(), dark);
    if (!read)
        qFatal("%s", read.error().message.c_str());
    return *std::move(read);
}

bool s_dark = false;

} // namespace

const QColor &Theme::role(NodeRole role) const
{
    switch (role) {
    case NodeRole::Source:
        return source;
    case NodeRole::Transform:
        return transform;
    case NodeRole::Destination:
        return destination;
    }
    return transform;
}

Result<Theme> readTheme(const QByteArray &json, bool dark)
{
    const auto document = QJsonDocument::fromJson(json);
    const auto half =
        document.object().value(dark ? QLatin1String("dark") : QLatin1String("light"));
    if (!half.isObject())
        return fail(ErrorCode::FileDamaged, "the theme has no part '{}'", dark ? "dark" : "light");
    Theme theme;
    theme.dark = dark;
    for (const Entry &entry : entriesOf(theme)) {
        *entry.colour = readColour(half.toObject().value(QLatin1String(entry.name)).toString());
        if (!entry.colour->isValid())
            return fail(ErrorCode::FileDamaged, "the theme has no colour '{}'", entry.name);
    }
    return theme;
}

const Theme &theme()
{
    return s_dark ? darkTheme() : lightTheme();
}

const Theme &lightTheme()
{
    static const Theme theme = builtIn(false);
    return theme;
}

const Theme &darkTheme()
{
    static const Theme theme = builtIn(true);
    return theme;
}

void setDarkTheme(bool dark)
{
    s_dark = dark;
}

QColor faded(const QColor &colour, double opacity)
{
    QColor result = colour;
    result.setAlphaF(float(colour.alphaF() * opacity));
    return result;
}

QColor blended(const QColor &bottom, const QColor &top, double opacity)
{
    const auto mix = [opacity](int a, int b) { return int(a + (b - a) * opacity + 0.5); };
    return {mix(bottom.red(), top.red()),
            mix(bottom.green(), top.green()),
            mix(bottom.blue(), top.blue())};
}

} // namespace sluice
