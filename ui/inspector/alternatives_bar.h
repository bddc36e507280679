#pragma once

#include "ui/inspector/field_editor.h"

#include <QWidget>

#include <optional>
#include <string>
#include <vector>

class QTabBar;

namespace sluice {

class ThemedLabel;

/// Above fields of which only one is set: chooses which. What the old one says is said by the new
/// one where it can be.
class AlternativesBar : public QWidget
{
    Q_OBJECT

public:
    AlternativesBar(std::vector<FieldSpec> fields, QWidget *parent);

    bool holds(const std::string &field) const;
    /// The field that is shown.
    const std::string &chosen() const;
    const std::vector<FieldSpec> &fields() const { return m_fields; }
    /// Shows one without telling anybody; unknown names change nothing.
    void choose(const std::string &field);
    /// Says why the other form cannot show what is set; empty: nothing.
    void setNote(const QString &note);
    QString note() const;

signals:
    /// The user wants another one than `chosen()` was.
    void switched(const std::string &from, const std::string &to);

private:
    std::vector<FieldSpec> m_fields;
    int m_chosen = 0;
    QTabBar *m_tabs;
    ThemedLabel *m_note;
};

/// The same said in a field of another type: rows of conditions and the expression that they mean.
/// Nothing where it cannot be said there.
std::optional<Value> convertedValue(const FieldSpec &from,
                                    const Value &value,
                                    const FieldSpec &to,
                                    const FieldContext &context);

} // namespace sluice
