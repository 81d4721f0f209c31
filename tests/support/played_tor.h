#pragma once
// The program `tor`, played by a script: it notes its options, leaves a cookie and the port of a scripted control server where
// the options say, and then waits to be ended.
#include "tests/support/control_server.h"

#include <QDir>
#include <QFile>

namespace tacet::test {

/// An executable script that begins by reading the options: "$port" and "$cookie" are the files that they name; the words
/// themselves are in the file beside it whose name ends in ".options".
inline QString torScript(const QString &path, const QByteArray &body)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        qFatal("no script");
    file.write("#!/bin/sh\n"
               "while [ $# -gt 0 ]; do\n"
               "    case $1 in\n"
               "    --ControlPortWriteToFile) port=$2 ;;\n"
               "    --CookieAuthFile) cookie=$2 ;;\n"
               "    esac\n"
               "    printf '%s\\n' \"$1\" >> \"$0.options\"\n"
               "    shift\n"
               "done\n"
               + body);
    file.close();
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

/// A Tor whose control port is `control`, at 5 % and with SOCKS on `socksPort`.
inline QString playedTor(const QString &path, ControlServer &control, quint16 socksPort)
{
    control.answers["GETINFO net/listeners/socks"] =
        "250-net/listeners/socks=\"127.0.0.1:" + QByteArray::number(socksPort) + "\"\r\n250 OK";
    control.answers["GETINFO status/bootstrap-phase"] =
        "250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY=\"Connecting to a relay\"\r\n250 OK";
    return torScript(path,
                     "printf '" + control.cookie + "' > \"$cookie\"\n"
                     "printf 'PORT=127.0.0.1:" + QByteArray::number(control.serverPort()) + "\\n' > \"$port.new\"\n"
                     "mv \"$port.new\" \"$port\"\n"
                     "exec sleep 600\n");
}

/// What Tor tells when it is connected.
inline void connectFully(ControlServer &control)
{
    control.tell("650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"");
}

} // namespace tacet::test
