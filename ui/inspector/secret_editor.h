#pragma once

#include "ui/inspector/field_editor.h"

class QLineEdit;
class QPushButton;

namespace sluice {

class ThemedLabel;

/// A secret: dots that do not tell its length, and "Replace". What is typed goes to the keeper;
/// the config gets {"secret": name}.
class SecretEditor : public FieldEditor
{
    Q_OBJECT

public:
    SecretEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;
    void setInvalid(bool invalid) override;

private:
    void beginReplace();
    void keepTyped();
    void showState();
    QString secretName() const;

    QLineEdit *m_line;
    QPushButton *m_button;
    ThemedLabel *m_place;
    QString m_name; // of the secret the config refers to
    bool m_replacing = false;
};

} // namespace sluice
