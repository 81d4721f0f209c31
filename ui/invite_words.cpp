#include "ui/invite_words.h"

#include <QCoreApplication>
#include <QUrl>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(Invitations)
};

} // namespace

QString invitationState(const chat::Invitation &invitation, const Calendar &calendar)
{
    const bool reusable = invitation.kind == chat::InvitationKind::Reusable;
    switch (invitation.state) {
    case chat::InvitationState::Open: {
        if (reusable || invitation.untilMs <= 0) // a reusable one has a date too, but years away
            return Words::tr("Open until you withdraw it");
        return Words::tr("Open until %1").arg(calendar.day(invitation.untilMs)) + u" · "_s + Words::tr("not used yet");
    }
    case chat::InvitationState::Used: return Words::tr("Used");
    case chat::InvitationState::Expired: return Words::tr("Expired");
    case chat::InvitationState::Revoked: return Words::tr("Withdrawn by you");
    }
    Q_UNREACHABLE();
}

QString invitationPlace(const chat::Invitation &invitation)
{
    const int relays = invitation.relaysHolding;
    if (relays <= 0)
        return Words::tr("On no relay yet. It is put there as soon as one answers.");
    return relays == 1 ? Words::tr("Waits sealed on 1 relay") : Words::tr("Waits sealed on %n relays", nullptr, relays);
}

QString asWebAddress(const QString &link, const QString &base)
{
    return base + u'#' + link.section(u':', 1);
}

std::optional<QString> webBase(const QString &typed)
{
    QString text = typed.trimmed();
    if (!text.contains(u"://"_s))
        text.prepend(u"https://"_s);
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.scheme() != "https"_L1 || url.host().isEmpty() || !url.userInfo().isEmpty()
        || url.hasQuery() || url.hasFragment() || text.size() > 200)
        return std::nullopt;
    QString base = url.toString(QUrl::FullyEncoded);
    if (url.path().isEmpty())
        base += u'/';
    return base;
}

} // namespace tacet::ui
