#pragma once

#include "core/base/value.h"
#include "core/pipeline/pipeline.h"

#include <QWidget>

class QComboBox;

namespace sluice {

class ThemedLabel;

/// Stands in place of an editor when the value comes from elsewhere: a parameter or an environment
/// variable. Names it, and says what it gives now.
class ReferenceChip : public QWidget
{
    Q_OBJECT

public:
    explicit ReferenceChip(QWidget *parent = nullptr);
    void setReference(const Reference &reference, const std::vector<Parameter> &parameters);
    void setInvalid(bool invalid);

signals:
    void edited(const sluice::Value &value);
    void finished();
    /// "×": a plain value again.
    void dropped();

private:
    ThemedLabel *m_kind;
    QComboBox *m_name;
    Reference m_reference;
};

} // namespace sluice
