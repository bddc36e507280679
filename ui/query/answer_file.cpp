#include "ui/query/answer_file.h"

#include "core/storage/parquet_file.h"
#include "ui/document/qt_text.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QPainter>
#include <QRegularExpression>
#include <QSaveFile>

namespace sluice {

namespace {

constexpr int kPictureScale = 2;

QString tr(const char *text)
{
    return QCoreApplication::translate("AnswerFile", text);
}

Failure unwritable(const QString &path)
{
    return fail(ErrorCode::FileUnwritable, "cannot write '{}'", toStdString(path))
        .hint("Choose another folder, or free some space.");
}

} // namespace

QString chooseAnswerFile(QWidget *parent, const QString &title, bool picture)
{
    QString name = title.left(60);
    name.replace(QRegularExpression(QStringLiteral("[^\\w .-]+")), QStringLiteral("_"));
    QStringList filters{tr("CSV (*.csv)"), tr("NDJSON (*.ndjson)"), tr("Parquet (*.parquet)")};
    if (picture)
        filters << tr("Picture (*.png)");
    QString chosen;
    QString path = QFileDialog::getSaveFileName(parent,
                                                tr("Export the answer"),
                                                name + QStringLiteral(".csv"),
                                                filters.join(QStringLiteral(";;")),
                                                &chosen);
    if (path.isEmpty())
        return {};
    static const QRegularExpression kEnding(QStringLiteral("\\.(csv|ndjson|parquet|png)$"));
    if (!kEnding.match(path).hasMatch())
        path += chosen.section(QLatin1Char('*'), 1).chopped(1);
    return path;
}

Result<void> writeAnswerFile(const QueryTable &table, const QString &path)
{
    if (path.endsWith(QLatin1String(".parquet"))) {
        QueryAnswer answer;
        answer.schema = table.schema;
        answer.batches = table.batches();
        return writeParquet(answer, toStdString(path));
    }
    const std::string text =
        path.endsWith(QLatin1String(".csv")) ? csvText(table) : ndjsonText(table);
    QSaveFile file(path);
    const auto size = qint64(text.size());
    if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), size) != size || !file.commit())
        return unwritable(path);
    return {};
}

Result<void> writePictureFile(QWidget &widget, const QString &path)
{
    QPixmap picture(widget.size() * kPictureScale);
    picture.setDevicePixelRatio(kPictureScale);
    picture.fill(theme().panel);
    widget.render(&picture, {}, {}, QWidget::DrawChildren);
    if (!picture.save(path, "PNG"))
        return unwritable(path);
    return {};
}

} // namespace sluice
