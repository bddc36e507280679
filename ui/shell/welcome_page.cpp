#include "ui/shell/welcome_page.h"

#include "core/pipeline/pipeline_file.h"
#include "ui/document/qt_text.h"
#include "ui/document/recent_files.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/themed_label.h"

#include <QDateTime>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QTextLayout>
#include <QVBoxLayout>

namespace sluice {

namespace {

constexpr int kPageWidth = 900;
constexpr int kMostRecent = 8;
constexpr int kPictureHeight = 76;
constexpr double kChainWire = 13; // between two nodes of the picture
constexpr double kChainText = 31; // narrower nodes of it have no text
constexpr int kTextTop = 10;
constexpr int kTitleHeight = 21;

/// "today 14:02", "yesterday", "12 Nov": when a file was last written.
QString ageText(const QDateTime &time)
{
    const qint64 days = time.date().daysTo(QDate::currentDate());
    if (days == 0)
        return WelcomePage::tr("today %1").arg(time.toString(QStringLiteral("HH:mm")));
    if (days == 1)
        return WelcomePage::tr("yesterday");
    return QLocale().toString(time.date(), QStringLiteral("d MMM yyyy"));
}

/// One file of the list; the whole line can be clicked.
class RecentRow : public QAbstractButton
{
public:
    RecentRow(const QString &path, QWidget *parent)
        : QAbstractButton(parent)
    {
        const QFileInfo info(path);
        m_name = info.completeBaseName();
        if (m_name.endsWith(QLatin1String(".sluice")))
            m_name.chop(7);
        if (const auto loaded = loadPipelineFile(toStdString(path))) {
            if (!loaded->pipeline.name.empty())
                m_name = toQString(loaded->pipeline.name);
            m_what = WelcomePage::tr("%n node(s)", nullptr, int(loaded->pipeline.nodes.size()));
        } else {
            m_what = WelcomePage::tr("cannot be read");
        }
        m_what += QStringLiteral(" · ") + info.absolutePath();
        m_age = info.exists() ? ageText(info.lastModified()) : WelcomePage::tr("gone");
        setFixedHeight(38);
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::TabFocus);
        setAccessibleName(m_name);
        setToolTip(path.toHtmlEscaped());
        setAttribute(Qt::WA_Hover);
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        (void)event;
        const Theme &now = theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (underMouse() || hasFocus()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(now.hover);
            painter.drawRoundedRect(rect().adjusted(0, 1, 0, -2), 6, 6);
        }
        painter.fillRect(QRect(0, height() - 1, width(), 1), now.separator);
        const int middle = width() * 28 / 100;
        const auto text = [&](const QRect &place,
                              const QString &words,
                              const QColor &colour,
                              const QFont &font,
                              int alignment) {
            painter.setFont(font);
            painter.setPen(colour);
            const QString shown =
                painter.fontMetrics().elidedText(words, Qt::ElideMiddle, place.width());
            painter.drawText(place, alignment | Qt::AlignVCenter, shown);
        };
        const QRect row = rect().adjusted(metrics::kSpaceXs, 0, -metrics::kSpaceXs, 0);
        text(QRect(row.left(), 0, middle - metrics::kSpaceM, height()),
             m_name,
             now.text,
             uiFont(metrics::kTextBody, QFont::Medium),
             Qt::AlignLeft);
        text(QRect(middle, 0, row.right() - 110 - middle, height()),
             m_what,
             now.textSecondary,
             uiFont(metrics::kTextLabel),
             Qt::AlignLeft);
        text(QRect(row.right() - 100, 0, 100, height()),
             m_age,
             now.textSecondary,
             uiFont(metrics::kTextLabel),
             Qt::AlignRight);
    }

private:
    QString m_name;
    QString m_what;
    QString m_age;
};

QPushButton *bigButton(const QString &text, const QString &keys, const QString &iconName)
{
    auto *button = new QPushButton(keys.isEmpty() ? text : text + QStringLiteral("   ") + keys);
    button->setMinimumHeight(34);
    if (!iconName.isEmpty())
        button->setIcon(icon(iconName));
    return button;
}

} // namespace

TemplateButton::TemplateButton(TemplateCard card, QWidget *parent)
    : QAbstractButton(parent)
    , m_card(std::move(card))
{
    setAccessibleName(m_card.title);
    setAccessibleDescription(m_card.summary);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

int TemplateButton::heightForWidth(int width) const
{
    const int across = width - 2 - 2 * metrics::kSpaceM;
    const QRect summary = QFontMetrics(uiFont(metrics::kTextHint))
                              .boundingRect(QRect(0, 0, across, 1000),
                                            Qt::AlignLeft | Qt::TextWordWrap,
                                            m_card.summary);
    return 1 + kPictureHeight + kTextTop + kTitleHeight + summary.height() + metrics::kSpaceM;
}

void TemplateButton::paintEvent(QPaintEvent *event)
{
    (void)event;
    const Theme &now = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(1, 1, -1, -1);
    QPainterPath shape;
    shape.addRoundedRect(frame, metrics::kRadiusCard, metrics::kRadiusCard);
    painter.fillPath(shape, now.panel);
    painter.save();
    painter.setClipPath(shape);
    painter.fillRect(QRectF(frame.left(), frame.top(), frame.width(), kPictureHeight), now.canvas);
    painter.fillRect(QRectF(frame.left(), frame.top() + kPictureHeight, frame.width(), 1),
                     now.separator);
    // Nodes get narrower where there are many: the wires between them stay to be seen.
    const auto count = double(m_card.chain.size());
    const double step = std::min(54.0, (frame.width() - 24) / count);
    const double size = std::min(34.0, step - kChainWire);
    double x = frame.center().x() - (step * (count - 1) + size) / 2;
    const double y = frame.top() + kPictureHeight / 2.0;
    for (std::size_t i = 0; i < m_card.chain.size(); ++i, x += step) {
        if (i > 0) {
            painter.setPen(QPen(now.wire, 1.5));
            painter.drawLine(QPointF(x - step + size, y), QPointF(x, y));
        }
        painter.setPen(QPen(now.separator, 1));
        painter.setBrush(now.panel);
        painter.drawRoundedRect(QRectF(x, y - 13, size, 26), 5, 5);
        painter.setPen(Qt::NoPen);
        painter.setBrush(faded(now.role(m_card.chain[i]), 0.8));
        const bool narrow = size < kChainText;
        painter.drawRoundedRect(QRectF(narrow ? x + size / 2 - 6 : x + 6, y - 6, 12, 12), 3, 3);
        if (narrow)
            continue;
        painter.setBrush(now.separator);
        painter.drawRoundedRect(QRectF(x + 22, y - 1.5, size - 28, 3), 1.5, 1.5);
    }
    painter.restore();
    const bool raised = hasFocus() || underMouse();
    painter.setPen(QPen(raised ? now.accent : now.separator, hasFocus() ? 2 : 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(shape);
    const QRectF text =
        frame.adjusted(metrics::kSpaceM, kPictureHeight + kTextTop, -metrics::kSpaceM, 0);
    painter.setFont(uiFont(metrics::kTextBody, QFont::DemiBold));
    painter.setPen(now.text);
    painter.drawText(text, Qt::AlignLeft | Qt::AlignTop, m_card.title);
    painter.setFont(uiFont(metrics::kTextHint));
    painter.setPen(now.textSecondary);
    painter.drawText(
        text.adjusted(0, kTitleHeight, 0, 0), Qt::AlignLeft | Qt::TextWordWrap, m_card.summary);
}

WelcomePage::WelcomePage(const std::vector<TemplateCard> &templates, QWidget *parent)
    : QScrollArea(parent)
    , m_sample(nullptr)
    , m_recent(new QVBoxLayout)
    , m_recentPart(new QWidget)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    auto *page = new QWidget;
    auto *content = new QWidget(page);
    content->setMaximumWidth(kPageWidth);
    auto *outer = new QHBoxLayout(page);
    outer->setContentsMargins(metrics::kSpaceXl, 48, metrics::kSpaceXl, metrics::kSpaceXl);
    outer->addStretch(1);
    outer->addWidget(content, 100);
    outer->addStretch(1);
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceS);
    layout->addWidget(new ThemedLabel(tr("Build a stream, watch it run"), TextRole::Heading));
    layout->addWidget(
        new ThemedLabel(tr("Drag sources, transforms and destinations, wire them, press Run."),
                        TextRole::Secondary));
    layout->addSpacing(metrics::kSpaceM);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(10);
    m_sample = bigButton(tr("Watch a sample"), {}, QStringLiteral("play"));
    m_sample->setObjectName(QStringLiteral("watchSample"));
    m_sample->setProperty("accent", true);
    m_sample->setIcon(icon(QStringLiteral("play"), theme().accentText));
    auto *fresh = bigButton(tr("New pipeline"), tr("Ctrl+N"), {});
    auto *open = bigButton(tr("Open…"), tr("Ctrl+O"), QStringLiteral("open"));
    for (QPushButton *button : {m_sample, fresh, open})
        buttons->addWidget(button);
    buttons->addStretch(1);
    layout->addLayout(buttons);
    layout->addSpacing(metrics::kSpaceXl);
    layout->addWidget(new ThemedLabel(tr("Start from a template"), TextRole::Section));
    auto *cards = new QHBoxLayout;
    cards->setSpacing(metrics::kSpaceL);
    for (const TemplateCard &card : templates) {
        auto *button = new TemplateButton(card);
        cards->addWidget(button);
        connect(button, &QAbstractButton::clicked, this, [this, name = card.name] {
            Q_EMIT templateChosen(name);
        });
    }
    layout->addLayout(cards);
    auto *recent = new QVBoxLayout(m_recentPart);
    recent->setContentsMargins(0, metrics::kSpaceXl, 0, 0);
    recent->setSpacing(metrics::kSpaceXs);
    recent->addWidget(new ThemedLabel(tr("Recent"), TextRole::Section));
    m_recent->setSpacing(0);
    recent->addLayout(m_recent);
    layout->addWidget(m_recentPart);
    layout->addStretch(1);
    setWidget(page);
    page->setAutoFillBackground(false); // a scroll area sets it: the page would hide our colour
    connect(m_sample, &QPushButton::clicked, this, &WelcomePage::sampleWanted);
    connect(fresh, &QPushButton::clicked, this, &WelcomePage::newWanted);
    connect(open, &QPushButton::clicked, this, &WelcomePage::openWanted);
    refreshRecent();
}

void WelcomePage::refreshRecent()
{
    while (QLayoutItem *item = m_recent->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    const QStringList files = recentFiles().mid(0, kMostRecent);
    m_recentPart->setVisible(!files.isEmpty());
    for (const QString &path : files) {
        auto *row = new RecentRow(path, m_recentPart);
        m_recent->addWidget(row);
        connect(row, &QAbstractButton::clicked, this, [this, path] { Q_EMIT recentChosen(path); });
    }
}

void WelcomePage::changeEvent(QEvent *event)
{
    QScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_sample != nullptr)
        m_sample->setIcon(icon(QStringLiteral("play"), theme().accentText));
}

void WelcomePage::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), theme().window);
    painter.end();
    QScrollArea::paintEvent(event);
}

} // namespace sluice
