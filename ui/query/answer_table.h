#pragma once

#include <QTableView>

namespace sluice {

class QueryModel;

/// The rows of an answer as a table: a click on a name sorts, columns are as wide as their content.
class AnswerTable : public QTableView
{
    Q_OBJECT

public:
    explicit AnswerTable(QueryModel *model, QWidget *parent = nullptr);

    /// As wide as what is in view, up to a bound.
    void fitColumns();
    /// No order but that of the answer.
    void forgetOrder();
};

} // namespace sluice
