#pragma once

#include "core/node/node_descriptor.h"

#include <QAbstractButton>
#include <QScrollArea>

#include <string>
#include <vector>

class QPushButton;
class QVBoxLayout;

namespace sluice {

/// A pipeline to start from, as the welcome page shows it.
struct TemplateCard
{
    std::string name; // as `sluice new` takes it
    QString title;
    QString summary;
    std::vector<NodeRole> chain; // what the little picture shows
};

/// A template with a picture of its chain.
class TemplateButton : public QAbstractButton
{
    Q_OBJECT

public:
    explicit TemplateButton(TemplateCard card, QWidget *parent = nullptr);
    QSize sizeHint() const override { return {300, heightForWidth(300)}; }
    QSize minimumSizeHint() const override { return {200, heightForWidth(200)}; }
    /// High enough for the whole summary.
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    TemplateCard m_card;
};

/// What is shown before a pipeline is open: watch a sample, begin, open, go on.
class WelcomePage : public QScrollArea
{
    Q_OBJECT

public:
    explicit WelcomePage(const std::vector<TemplateCard> &templates, QWidget *parent = nullptr);

    /// Reads the list of recent files again.
    void refreshRecent();

signals:
    void sampleWanted();
    void newWanted();
    void openWanted();
    void templateChosen(const std::string &name);
    void recentChosen(const QString &path);

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QPushButton *m_sample;
    QVBoxLayout *m_recent;
    QWidget *m_recentPart;
};

} // namespace sluice
