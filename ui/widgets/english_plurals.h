#pragma once

#include <QTranslator>

namespace sluice {

/// The texts in the sources are English with "%n node(s)" where a number decides; this turns them
/// into "1 node" and "2 nodes". A translation that is installed later comes first.
class EnglishPlurals : public QTranslator
{
public:
    using QTranslator::QTranslator;
    bool isEmpty() const override { return false; }
    QString translate(const char *context,
                      const char *sourceText,
                      const char *disambiguation = nullptr,
                      int n = -1) const override;
};

} // namespace sluice
