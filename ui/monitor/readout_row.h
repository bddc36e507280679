#pragma once

#include <QWidget>

#include <vector>

namespace sluice {

/// The current values of a chart's lines, with their colours: "■ in 98.7 k  ■ out 101 k".
class ReadoutRow : public QWidget
{
    Q_OBJECT

public:
    struct Entry
    {
        int colour = 0;
        QString name;
        QString value;
        friend bool operator==(const Entry &, const Entry &) = default;
    };

    explicit ReadoutRow(QWidget *parent = nullptr);
    void setEntries(const std::vector<Entry> &entries);
    void setAlignment(Qt::Alignment alignment);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    double widthOf(const Entry &entry) const;

    std::vector<Entry> m_entries;
    Qt::Alignment m_alignment = Qt::AlignRight;
};

} // namespace sluice
