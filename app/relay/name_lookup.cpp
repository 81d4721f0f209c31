#include "app/relay/name_lookup.h"

#include <QHostInfo>

namespace tacet::relay {

NameLookup systemNames()
{
    return [](const std::string &name, QObject *context, std::function<void(const NameAnswer &)> then) {
        QHostInfo::lookupHost(QString::fromStdString(name), context, [then = std::move(then)](const QHostInfo &info) {
            NameAnswer answer;
            answer.trouble = info.errorString().toStdString();
            if (info.error() == QHostInfo::NoError) {
                for (const QHostAddress &address : info.addresses())
                    answer.addresses.push_back(address.toString().toStdString());
            }
            then(answer);
        });
    };
}

} // namespace tacet::relay
