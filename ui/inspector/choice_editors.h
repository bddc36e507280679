#pragma once

#include "ui/inspector/field_editor.h"

#include <QComboBox>

class QCheckBox;
class QStyleOptionComboBox;

namespace sluice {

/// A list that does not turn under the wheel when the pointer only passes over it. Its entries are
/// always read in full: the open list is as wide as they are, the closed one tells in its tooltip
/// what it had to shorten.
class CalmCombo : public QComboBox
{
    Q_OBJECT

public:
    explicit CalmCombo(QWidget *parent = nullptr);
    void showPopup() override;

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;

private:
    QString shortened(const QStyleOptionComboBox &option) const;
};

/// The name of a column: typed, completed, or chosen from those the inputs have.
class ColumnCombo : public CalmCombo
{
    Q_OBJECT

public:
    /// @param table  whose columns: FieldSpec::columnsOf
    explicit ColumnCombo(const FieldContext &context,
                         QWidget *parent = nullptr,
                         std::string table = {});
    QString column() const { return currentText(); }
    void setColumn(const QString &name);
    void showPopup() override;

signals:
    void columnEdited(const QString &name);
    void left();

private:
    void fill();

    const FieldContext &m_context;
    const std::string m_table;
};

class BooleanEditor : public FieldEditor
{
    Q_OBJECT

public:
    BooleanEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;

private:
    QCheckBox *m_box;
};

class ChoiceEditor : public FieldEditor
{
    Q_OBJECT

public:
    ChoiceEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;
    void setInvalid(bool invalid) override;

private:
    CalmCombo *m_combo;
};

class ColumnEditor : public FieldEditor
{
    Q_OBJECT

public:
    ColumnEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;
    void setInvalid(bool invalid) override;

private:
    ColumnCombo *m_combo;
};

} // namespace sluice
