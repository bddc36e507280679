#pragma once

#include "core/event/inferred_field.h"
#include "core/event/schema.h"
#include "core/node/node_descriptor.h"
#include "core/pipeline/diagnostic.h"
#include "core/pipeline/pipeline.h"

#include <QString>
#include <QStringList>
#include <QWidget>

#include <map>
#include <string>
#include <vector>

namespace sluice {

class SecretKeeper;

/// What an editor may offer beside the value itself. Owned by the form; always up to date.
struct FieldContext
{
    std::vector<SchemaColumn> columns;  // of the node's inputs
    std::vector<SchemaColumn> paths;    // places inside dynamic ones that events had: "site.floor"
    std::vector<OfferedColumns> tables; // of each input by itself, and of what the kind looks up in
    std::vector<SchemaColumn> inferred; // of a source that declares none
    std::vector<InferredField> sampled; // what a source's sampled events had
    std::vector<Parameter> parameters;
    std::map<std::string, QStringList> suggestions; // by field, from "Test connection"
    QString pipelineName;
    QString nodeId;
    QString directory; // relative paths are relative to it; empty: the pipeline was never saved
    SecretKeeper *secrets = nullptr; // null: secrets cannot be kept here

    /// The columns of one of `tables`; of all inputs where there is no such.
    const std::vector<SchemaColumn> &columnsOf(std::string_view table) const;
};

/// Edits the value of one config field. Knows a field's type, never a kind.
class FieldEditor : public QWidget
{
    Q_OBJECT

public:
    FieldEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);

    /// Shows a value of the config; null: it is not set, and the default counts. Emits nothing,
    /// and leaves a half-typed text alone when it already says the same.
    virtual void setValue(const Value &value) = 0;
    /// Marks the field as wrong.
    virtual void setInvalid(bool invalid);
    /// What is wrong with parts of the value, by their place in it; marks the widgets there.
    virtual void setProblems(const std::vector<Diagnostic> &problems);
    /// The context has changed: completions, parameters, suggestions.
    virtual void refresh() {}

    const FieldSpec &spec() const { return m_spec; }

signals:
    /// The user has changed the value; null: not set any more.
    void edited(const sluice::Value &value);
    /// The user has left the field: what is typed next is another undo step.
    void finished();

protected:
    const FieldContext &context() const { return m_context; }

    const FieldSpec m_spec; // a copy: the descriptor of a test may go first

private:
    const FieldContext &m_context;
};

/// The editor for a field's type.
FieldEditor *makeEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);

/// A value as one line of text: what a line editor shows. Empty for null.
QString valueText(const Value &value);
/// A number or truth value where the text is one, else the text; null when it is empty.
Value valueFromText(const QString &text);

/// Sets the property that the style draws as an error frame.
void markInvalid(QWidget *field, bool invalid);
/// Names of columns to choose from, and of what lies inside those of the inputs.
QStringList columnNames(const FieldContext &context, std::string_view table = {});

} // namespace sluice
