#pragma once
// Which relays this profile uses, which hosts its user agreed to, and what each relay has seen of it.
// A host that a contact or a link chose is contacted only through the proxy or after the user agreed to that host
// once; an address of this computer or of a local network only if the user has typed one on that host
// (PROTOCOL §6).
#include "app/chat/step.h"

#include <map>
#include <set>

namespace tacet::chat {

class RelayBook {
public:
    explicit RelayBook(Context &context) : m_context(context) { }

    /// Own relays in the user's order.
    std::vector<std::string> own(vault::Database &db) const { return readOwn(db); }
    static std::vector<std::string> readOwn(vault::Database &db);
    /// Records the consent of a click on "Start chat" or "Connect".
    void allow(vault::Database &db, std::string_view host, qint64 nowMs) const;
    void add(Step &step, const relay::RelayUrl &url) const;

    /// May this relay be contacted for a peer's sake?
    bool mayContact(vault::Database &db, const relay::RelayUrl &url) const;
    /// Those of `urls` that are addresses and may be contacted; the hosts of others go to `refused`.
    std::vector<std::string> usable(vault::Database &db, const std::vector<std::string> &urls,
                                    QStringList *refused = nullptr) const;
    /// An address of this computer or a local network that the user never typed: a click does not allow it.
    bool isForbidden(vault::Database &db, const relay::RelayUrl &url) const;

    /// Where a mailbox for a peer reached through `known` is read: own relays and one that the other side uses
    /// already, so that it needs no new host to answer.
    std::vector<std::string> relaysForPeer(vault::Database &db, const std::vector<std::string> &known) const;
    /// What others are told of `urls`: without those that were given up (silent_relays.h), unless nothing else is left.
    std::vector<std::string> listed(vault::Database &db, const std::vector<std::string> &urls) const;

    RelayInfo infoOf(vault::Database &db, const relay::RelayUrl &url) const;
    QList<RelayInfo> all(vault::Database &db) const;
    Disclosure disclosure(vault::Database &db) const;
    /// What `url` was given: with `outgoing`, each envelope that it took; else see RelayDisclosure::envelopesIn.
    void counted(Step &step, const std::string &url, bool outgoing, std::size_t innerSize, int count = 1) const;

    void changed(const relay::RelayStatus &status);
    /// One's own, or one that has been of use since the start; not one that was only tried or asked for its document.
    bool isOfInterest(const RelayInfo &relay) const;
    bool isConnected(const std::string &url) const;
    /// Connected, or not known not to be.
    bool isAnswering(const std::string &url) const;
    bool anyReachable() const;
    /// The setting of the profile: empty for none. One that cannot be read is a proxy that nobody reaches.
    void applyProxy(const QString &proxy);
    /// As mayContact() will answer once this is the setting.
    bool mayContactWith(const QString &proxy, vault::Database &db, const relay::RelayUrl &url) const;

private:
    Context &m_context;
    std::map<std::string, relay::RelayStatus> m_status;
    std::set<std::string> m_used; ///< of these, since the start
    bool m_throughProxy = false;
};

} // namespace tacet::chat
