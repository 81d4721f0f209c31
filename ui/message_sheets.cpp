#include "ui/message_sheets.h"

#include "ui/button_row.h"
#include "ui/emoji_colours.h"
#include "ui/form.h"
#include "ui/message_words.h"
#include "ui/overlay_scroll.h"
#include "ui/rich_runs.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

constexpr int kTextLines = 8; ///< what is more scrolls
constexpr qsizetype kGroup = 8;

/// Digits that a narrow window has places to break at.
QString inGroups(const QString &digits)
{
    QStringList groups;
    for (qsizetype at = 0; at < digits.size(); at += kGroup)
        groups.append(digits.mid(at, kGroup));
    return groups.join(u' ');
}

/// All that was written, to be heard, selected and copied.
class WholeText final : public QPlainTextEdit {
public:
    WholeText(Look &look, const QString &text, QWidget *parent) : QPlainTextEdit(parent)
    {
        setObjectName(u"detailsText"_s);
        setAccessibleName(DetailsSheet::tr("Text of the message"));
        setReadOnly(true);
        setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        setTabChangesFocus(true);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        viewport()->setAutoFillBackground(false);
        document()->setDocumentMargin(0);
        setFont(look.font(TypeRole::Body));
        new EmojiColours(look, document());
        setPlainText(visibleText(text));
        new OverlayScroll(look, *this);
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QPlainTextEdit::resizeEvent(event);
        // QPlainTextEdit counts its document's height in lines.
        const int lines = std::clamp(static_cast<int>(document()->size().height()), 1, kTextLines);
        setFixedHeight(lines * QFontMetrics(font()).lineSpacing() + 2 + height() - viewport()->height());
    }
};

} // namespace

// ---- DetailsSheet

DetailsSheet::DetailsSheet(
    Look &look, QWidget &host, const chat::Message &message, const QString &name, const Calendar &calendar)
    : Sheet(look, host, tr("Message details"), u"messageDetails"_s, 480)
{
    if (message.system == chat::SystemLine::None)
        body()->addWidget(new WholeText(look, message.text, this));
    for (const QUrl &address : addressesIn(message))
        addAddress(address);
    addFact(tr("From"), message.own ? tr("You") : isolatedName(name));
    addFact(tr("Written"), calendar.full(message.sentMs));
    if (message.own)
        addFact(tr("State"), stateSentence(message, name, calendar));
    else
        addFact(tr("Arrived here"), calendar.full(message.arrivedMs));
    addFact(tr("Number"), inGroups(message.id.toHex()));
    auto *close = new Button(look, ButtonKind::Secondary, tr("Close"), u"detailsClose"_s, this);
    close->setDefault(true);
    connect(close, &Button::clicked, this, &DetailsSheet::dismiss);
    foot()->addStretch();
    foot()->addWidget(close);
    setFirstFocus(close);
}

void DetailsSheet::addAddress(const QUrl &address)
{
    const QString host = address.host(QUrl::FullyEncoded);
    addFact(tr("Address in it"), host);
    auto *open = new Button(
        look(), ButtonKind::Text, tr("Open address…"), u"detailsOpenAddress"_s, this, ButtonSize::Small);
    open->setIconName(Icon::Link);
    open->setAccessibleName(tr("Open address at %1…").arg(host));
    connect(open, &Button::clicked, this, [this, address] {
        QWidget &below = *parentWidget();
        dismiss();
        (new AddressSheet(look(), below, address))->open();
    });
    body()->addWidget(open, 0, Qt::AlignLeading);
}

void DetailsSheet::addFact(const QString &title, const QString &words)
{
    auto *block = new QVBoxLayout;
    block->setSpacing(2);
    auto *head = new Label(look(), TypeRole::Section, title, this);
    head->setTone(Tone::Secondary);
    auto *text = new Label(look(), TypeRole::Body, words, this);
    text->setWrapping(true);
    text->setSelectable(true);
    text->setAccessibleName(title + u": "_s + words);
    block->addWidget(head);
    block->addWidget(text);
    body()->addLayout(block);
}

// ---- AddressSheet

AddressSheet::AddressSheet(Look &look, QWidget &host, const QUrl &address, Opener opener)
    : Sheet(look, host, tr("Open this address in your browser?"), u"openAddressSheet"_s, 480)
{
    const QString whole = address.toString(QUrl::FullyEncoded);
    auto *leads = new Label(look, TypeRole::Body, tr("It leads to %1.").arg(address.host(QUrl::FullyEncoded)), this);
    leads->setWrapping(true);
    leads->setObjectName(u"addressHost"_s);
    auto *text = new Field(look, tr("Address"), u"wholeAddress"_s, this);
    text->setMono(true);
    text->setReadOnly(true);
    text->setText(whole);
    text->setCursorPosition(0);
    auto *note = new Label(look, TypeRole::Small,
        tr("The site learns your network address, and that you opened it. Tacet itself opens nothing."), this);
    note->setWrapping(true);
    note->setTone(Tone::Secondary);
    body()->addWidget(leads);
    body()->addWidget(text);
    auto *problem = new Problem(look, u"addressProblem"_s, this);
    body()->addWidget(note);
    body()->addWidget(problem);

    auto *row = new ButtonRow(this);
    auto *copy = new Button(look, ButtonKind::Text, tr("Copy address"), u"addressCopy"_s, row);
    auto *cancel = new Button(look, ButtonKind::Secondary, tr("Cancel"), u"addressCancel"_s, row);
    auto *open = new Button(look, ButtonKind::Primary, tr("Open"), u"addressOpen"_s, row);
    cancel->setDefault(true);
    connect(copy, &Button::clicked, this, [this, whole] {
        QApplication::clipboard()->setText(whole);
        dismiss();
    });
    connect(cancel, &Button::clicked, this, &AddressSheet::dismiss);
    connect(open, &Button::clicked, this, [this, address, problem, opener = std::move(opener)] {
        if (opener(address))
            return dismiss();
        problem->say(tr("No browser could be started. Copy the address instead."));
        fit();
    });
    row->addLeading(copy);
    row->add(cancel);
    row->add(open);
    foot()->addWidget(row, 1);
    setFirstFocus(cancel);
}

// ---- RenameSheet

RenameSheet::RenameSheet(Look &look, QWidget &host, const QString &name, const QString &givenName)
    : Sheet(look, host, tr("What do you call them?"), u"renameSheet"_s, 420)
    , m_field(new Field(look, tr("Name"), u"renameField"_s, this))
{
    m_field->setText(name);
    m_field->setMaxLength(64);
    m_field->selectAll();
    auto *note = new Label(look, TypeRole::Small,
        tr("Only you see this name. They call themselves %1.").arg(isolatedName(givenName)), this);
    note->setWrapping(true);
    note->setTone(Tone::Secondary);
    body()->addWidget(m_field);
    body()->addWidget(note);
    auto *cancel = new Button(look, ButtonKind::Secondary, tr("Cancel"), u"renameCancel"_s, this);
    auto *save = new Button(look, ButtonKind::Primary, tr("Save"), u"renameSave"_s, this);
    save->setDefault(true);
    save->setEnabled(!name.trimmed().isEmpty());
    connect(m_field, &Field::textChanged, save,
        [save](const QString &text) { save->setEnabled(!text.trimmed().isEmpty()); });
    connect(cancel, &Button::clicked, this, &RenameSheet::dismiss);
    connect(save, &Button::clicked, this, [this] {
        const QString chosen = m_field->text().trimmed();
        dismiss();
        Q_EMIT named(chosen);
    });
    foot()->addStretch();
    foot()->addWidget(cancel);
    foot()->addWidget(save);
    setFirstFocus(m_field);
}

} // namespace tacet::ui
