#include "ui/widgets/english_plurals.h"

namespace sluice {

QString EnglishPlurals::translate(const char *context,
                                  const char *sourceText,
                                  const char *disambiguation,
                                  int n) const
{
    (void)context;
    (void)disambiguation;
    if (n < 0)
        return {}; // not found: the source text stands
    QString text = QString::fromUtf8(sourceText);
    return text.replace(QLatin1String("(s)"), n == 1 ? QString() : QStringLiteral("s"));
}

} // namespace sluice
