#include "ui/recovery_code_view.h"

#include "ui/announce.h"
#include "ui/button_row.h"
#include "ui/card.h"

#include <QPainter>
#include <QPointer>
#include <QPrintDialog>
#include <QPrinter>
#include <QFile>
#include <QSaveFile>
#include <QVBoxLayout>

#include <sodium.h>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

void wipe(QStringList &groups)
{
    for (QString &group : groups) {
        if (!group.isEmpty())
            sodium_memzero(const_cast<QChar *>(group.constData()), static_cast<std::size_t>(group.size()) * sizeof(QChar));
    }
    groups.clear();
}

QString plainGroup(const QString &typed)
{
    QString plain;
    for (const QChar letter : typed) {
        if (letter.isLetterOrNumber())
            plain.append(letter.toUpper());
    }
    // As reading a code does: the alphabet has neither O nor I nor L.
    return plain.replace(u'O', u'0').replace(u'I', u'1').replace(u'L', u'1');
}

} // namespace

RecoveryCodeView::RecoveryCodeView(const Parts &parts, QWidget *parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_grid(new GroupGrid(parts.look, TypeRole::Number, 4, u"recoveryGroup"_s, this))
    , m_question(new Label(parts.look, TypeRole::Label, {}, this))
    , m_proof(new Field(parts.look, tr("Group of the recovery code"), u"recoveryProof"_s, this))
    , m_problem(new Problem(parts.look, u"recoveryProblem"_s, this))
    , m_done(new Label(parts.look, TypeRole::Small, {}, this))
{
    Look &look = parts.look;
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    auto *card = new Card(look, this);
    card->column()->setContentsMargins(18, 16, 18, 16);
    card->column()->addWidget(m_grid);
    column->addWidget(card);

    auto *ways = new ButtonRow(this);
    const auto way = [&](Icon icon, const QString &text, const QString &name, auto act) {
        auto *button = new Button(look, ButtonKind::Text, text, name, ways);
        button->setIconName(icon);
        connect(button, &Button::clicked, this, act);
        ways->addLeading(button);
    };
    way(Icon::File, tr("Print"), u"recoveryPrint"_s, [this] { print(); });
    way(Icon::Download, tr("Save as a file"), u"recoverySave"_s, [this] { save(); });
    way(Icon::Copy, tr("Copy"), u"recoveryCopy"_s, [this] {
        m_parts.clipboard.copySecret(sheetText(m_groups));
        sayDone(tr("Copied. It leaves the clipboard after an hour."));
    });
    column->addWidget(ways);
    m_done->setObjectName(u"recoveryDone"_s);
    m_done->setTone(Tone::Verified);
    m_done->setWrapping(true);
    m_done->setVisible(false);
    column->addWidget(m_done);
    column->addWidget(m_problem);

    m_question->setWrapping(true);
    column->addWidget(m_question);
    m_proof->setMono(true);
    m_proof->setMaxLength(12);
    m_proof->setInputMethodHints(Qt::ImhSensitiveData | Qt::ImhNoPredictiveText);
    column->addWidget(m_proof);
    connect(m_proof, &Field::textChanged, this, [this] {
        m_proof->setWrong(plainGroup(m_proof->text()).size() >= 4 && !isProved());
        Q_EMIT provedChanged();
    });
}

RecoveryCodeView::~RecoveryCodeView()
{
    wipe(m_groups);
}

void RecoveryCodeView::setCode(QStringList groups, int ask)
{
    wipe(m_groups);
    m_groups = std::move(groups);
    m_ask = ask;
    m_grid->setGroups(m_groups);
    m_question->setText(tr("From your sheet, type group %1").arg(ask + 1));
    m_proof->setAccessibleName(m_question->text());
    m_proof->clear();
    m_done->setVisible(false);
    m_problem->clear();
}

bool RecoveryCodeView::isProved() const
{
    return m_ask < m_groups.size() && plainGroup(m_proof->text()) == plainGroup(m_groups.at(m_ask));
}

QString RecoveryCodeView::sheetText(const QStringList &groups)
{
    QString text = tr("Tacet recovery code") + u"\n\n"_s;
    for (qsizetype i = 0; i < groups.size(); ++i)
        text += groups.at(i) + (i % 4 == 3 ? u"\n"_s : u"   "_s);
    return text + u'\n'
        + tr("Whoever has this code and this computer's disk can open the profile. Keep it away from the computer.") + u'\n';
}

void RecoveryCodeView::sayDone(const QString &text)
{
    m_done->setText(text);
    m_done->setVisible(true);
    announce(*m_done, text);
}

void RecoveryCodeView::print()
{
    m_problem->clear();
    QPrinter printer(QPrinter::HighResolution);
    printer.setDocName(u"Tacet"_s);
    const QPointer<RecoveryCodeView> self(this);
    QPrintDialog dialog(&printer, window());
    if (dialog.exec() != QDialog::Accepted || !self)
        return;
    QPainter painter;
    if (!painter.begin(&printer)) {
        m_problem->say(tr("The printer did not start. The code is still here; save it, or write it down."));
        return;
    }
    QFont font = m_parts.look.font(TypeRole::Code);
    font.setPixelSize(-1);
    font.setPointSize(13);
    painter.setFont(font);
    const QRect page = printer.pageLayout().paintRectPixels(printer.resolution());
    const int margin = printer.resolution();
    painter.drawText(QRect(margin, margin, page.width() - 2 * margin, page.height() - 2 * margin),
        Qt::AlignLeft | Qt::TextWordWrap, sheetText(m_groups));
    painter.end();
    sayDone(tr("Sent to the printer."));
}

void RecoveryCodeView::save()
{
    m_problem->clear();
    const QPointer<RecoveryCodeView> self(this);
    const QString path = m_parts.files.save(
        window(), tr("Save the recovery code"), tr("Tacet recovery code") + u".txt"_s, tr("Text (*.txt)"));
    if (!self || path.isEmpty())
        return;
    QSaveFile file(path);
    const QByteArray text = sheetText(m_groups).toUtf8();
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || file.write(text) != text.size() || !file.commit()) {
        m_problem->say(tr("The file could not be written. The code is still here; choose another place."));
        return;
    }
    sayDone(tr("Saved. Move the file to another device, such as a stick that you lock away."));
}

} // namespace tacet::ui
