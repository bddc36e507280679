#include "ui/problems/log_view.h"

#include "ui/document/qt_text.h"
#include "ui/theme/fonts.h"
#include "ui/widgets/themed_label.h"

#include <QDateTime>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace sluice {

namespace {
constexpr int kMostLines = 5000;
}

LogView::LogView(QWidget *parent)
    : QWidget(parent)
    , m_text(new QPlainTextEdit(this))
{
    m_text->setReadOnly(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setMaximumBlockCount(kMostLines);
    m_text->setFont(codeFont());
    m_text->setAccessibleName(tr("Log of the run"));
    m_text->setPlaceholderText(tr("What the run does is written here: starts and stops, "
                                  "connections, retries."));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_text);
}

void LogView::append(const std::vector<LogLine> &lines)
{
    for (const LogLine &line : lines)
        append(line.at, toQString(line.text));
}

void LogView::append(Ticks at, const QString &text)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(at / kTicksPerMillisecond);
    m_text->appendPlainText(time.toString(QStringLiteral("HH:mm:ss.zzz")) + QStringLiteral("  ")
                            + visibleText(text));
}

QString LogView::text() const
{
    return m_text->toPlainText();
}

} // namespace sluice
