#include "app/relayd/relay_words.h"

namespace tacet::relayd {

std::string wordsFor(StoreError error)
{
    switch (error) {
    case StoreError::NoFolder:
        return "The data folder cannot be made or entered.";
    case StoreError::InUse:
        return "Another relay is using this data folder.";
    case StoreError::NotOurs:
        return "The file in the data folder was not made by this program, or by a newer version of it. It was left as it is.";
    case StoreError::Damaged:
        return "The relay's file is damaged. It was left as it is.";
    case StoreError::DiskFull:
        return "The disk is full, or the relay's file has reached the size it was allowed.";
    case StoreError::TooExpensive:
        return "The question would take too long.";
    case StoreError::ReadOnly:
        return "The data folder cannot be written to.";
    case StoreError::Io:
        return "The data folder could not be read or written.";
    }
    return "The data folder could not be used.";
}

std::string wordsFor(RelayServerError error, std::optional<StoreError> store)
{
    switch (error) {
    case RelayServerError::Store:
        return wordsFor(store.value_or(StoreError::Io));
    case RelayServerError::Tls:
        return "The certificate or its key cannot be used.";
    case RelayServerError::PortInUse:
        return "Another program is using this port. Choose another one.";
    case RelayServerError::NotAllowed:
        return "This address or port is not allowed for this user. Ports below 1024 need more rights.";
    case RelayServerError::NoSuchAddress:
        return "This computer does not have this address.";
    case RelayServerError::Network:
        return "The port could not be opened.";
    }
    return "The relay could not start.";
}

} // namespace tacet::relayd
