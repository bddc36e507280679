#pragma once

#include "ui/inspector/field_editor.h"

#include <QLineEdit>
#include <QPlainTextEdit>

class QLabel;

namespace sluice {

/// A line with a unit inside its frame.
class UnitLine : public QLineEdit
{
    Q_OBJECT

public:
    explicit UnitLine(QWidget *parent = nullptr);
    void setUnit(const QString &unit);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void place();

    QLabel *m_unit;
};

/// A plain text editor as high as its text, between two limits.
class GrowingText : public QPlainTextEdit
{
    Q_OBJECT

public:
    GrowingText(int minimumLines, int maximumLines, QWidget *parent = nullptr);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

signals:
    void left();

private:
    void fit();

    int m_minimumLines;
    int m_maximumLines;
};

/// Text, integer, real, duration and byte size: one line, completed from suggestions where the
/// kind has some.
class LineEditor : public FieldEditor
{
    Q_OBJECT

public:
    LineEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;
    void setInvalid(bool invalid) override;
    void refresh() override;

private:
    Value typed() const;

    UnitLine *m_line;
};

class MultilineEditor : public FieldEditor
{
    Q_OBJECT

public:
    MultilineEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;
    void setInvalid(bool invalid) override;

private:
    GrowingText *m_text;
};

/// Any JSON. Text that is not JSON stays in the editor and is said to be wrong beside it.
class JsonEditor : public FieldEditor
{
    Q_OBJECT

public:
    JsonEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;
    void setInvalid(bool invalid) override;

private:
    void onTextChanged();

    GrowingText *m_text;
    QLabel *m_problem;
    Value m_value;
};

} // namespace sluice
