#include "ui/dashboard/tile_content.h"

#include "ui/document/pipeline_document.h"
#include "ui/query/answer_table.h"
#include "ui/query/query_chart.h"
#include "ui/query/query_model.h"
#include "ui/widgets/themed_label.h"

#include <QHeaderView>
#include <QScrollBar>

namespace sluice {

TileContent::TileContent(QWidget *parent)
    : QStackedWidget(parent)
    , m_model(new QueryModel(this))
    , m_table(new AnswerTable(m_model))
    , m_chart(new QueryChart)
    , m_message(new ThemedLabel(TextRole::Secondary))
{
    m_message->setWordWrap(true);
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (QWidget *page : {static_cast<QWidget *>(m_message),
                          static_cast<QWidget *>(m_table),
                          static_cast<QWidget *>(m_chart)}) {
        page->setMinimumSize(0, 0);
        addWidget(page);
    }
    m_table->horizontalHeader()->setStretchLastSection(true);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
}

void TileContent::showAnswer(const QueryTable &table)
{
    m_left.clear();
    if (QueryChart::canDraw(table.render) && table.rows() > 0) {
        m_left = m_chart->draw(table);
        if (m_chart->hasPicture()) {
            m_model->setTable(table);
            setCurrentWidget(m_chart);
            return;
        }
    }
    const bool sameColumns = m_model->table().schema == table.schema && showsTable();
    const int down = m_table->verticalScrollBar()->value();
    const int right = m_table->horizontalScrollBar()->value();
    m_model->setTable(table);
    if (table.rows() == 0) {
        showWaiting(tr("The query gives no rows."));
        return;
    }
    setCurrentWidget(m_table);
    if (!sameColumns) {
        m_table->forgetOrder();
        m_table->fitColumns();
        return;
    }
    const QHeaderView *head = m_table->horizontalHeader();
    if (head->sortIndicatorSection() >= 0)
        m_model->sort(head->sortIndicatorSection(), head->sortIndicatorOrder());
    m_table->verticalScrollBar()->setValue(down);
    m_table->horizontalScrollBar()->setValue(right);
}

void TileContent::showProblem(const Error &error)
{
    m_left.clear();
    m_message->setRole(TextRole::Error);
    m_message->setText(errorText(error));
    setCurrentWidget(m_message);
}

void TileContent::showWaiting(const QString &text)
{
    m_message->setRole(TextRole::Secondary);
    m_message->setText(text);
    setCurrentWidget(m_message);
}

bool TileContent::showsChart() const
{
    return currentWidget() == m_chart;
}

bool TileContent::showsTable() const
{
    return currentWidget() == m_table;
}

QString TileContent::message() const
{
    return currentWidget() == m_message ? m_message->text() : QString();
}

} // namespace sluice
