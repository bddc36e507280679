#pragma once

#include "core/base/result.h"
#include "ui/query/query_table.h"

#include <QStackedWidget>

namespace sluice {

class AnswerTable;
class QueryChart;
class QueryModel;
class ThemedLabel;

/// What a tile shows: the answer as a table or a picture, or why there is none.
class TileContent : public QStackedWidget
{
    Q_OBJECT

public:
    explicit TileContent(QWidget *parent = nullptr);

    /// A table keeps its order and its place while its columns stay the same.
    void showAnswer(const QueryTable &table);
    void showProblem(const Error &error);
    void showWaiting(const QString &text);

    const QueryModel &model() const { return *m_model; }
    QueryChart &chart() { return *m_chart; }
    AnswerTable &table() { return *m_table; }
    bool showsChart() const;
    bool showsTable() const;
    /// The text in place of an answer; empty while there is one.
    QString message() const;
    /// What could not be shown, in words; empty: all of it is.
    const QString &left() const { return m_left; }

private:
    QueryModel *m_model;
    AnswerTable *m_table;
    QueryChart *m_chart;
    ThemedLabel *m_message;
    QString m_left;
};

} // namespace sluice
