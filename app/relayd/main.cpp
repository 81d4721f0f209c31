// tacet-relay: the small relay as a program.
#include "app/relayd/disclosure.h"
#include "app/relayd/relay_server.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QSocketNotifier>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace {

using namespace tacet;
using namespace Qt::StringLiterals;

int g_signalPipe[2] = {-1, -1}; // a signal handler may do no more than write

void onSignal(int number)
{
    const char byte = char(number);
    [[maybe_unused]] const auto written = ::write(g_signalPipe[0], &byte, 1);
}

int failed(int code, const std::string &words)
{
    std::fprintf(stderr, "tacet-relay: %s\n", words.c_str());
    return code;
}

/// Every client is an open file, beside those of the store: many systems allow 1,024 unless asked for more.
void raiseOpenFiles()
{
    constexpr rlim_t kWanted = 4096;
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= kWanted) // RLIM_INFINITY is the largest number
        return;
    files.rlim_cur = std::max(files.rlim_cur, std::min(files.rlim_max, kWanted));
    ::setrlimit(RLIMIT_NOFILE, &files);
}

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

int disclose(const std::filesystem::path &folder, bool json)
{
    auto store = relayd::Store::open(folder, relayd::Store::Mode::Look);
    if (!store)
        return failed(kFailed, relayd::wordsFor(store.error()));
    const auto summary = (*store)->summary();
    if (!summary)
        return failed(kFailed, relayd::wordsFor(summary.error()));
    const std::string text = json ? relayd::disclosureJson(*summary) + "\n" : relayd::disclosureText(*summary);
    std::fputs(text.c_str(), stdout);
    return 0;
}

void warn(const std::string &words)
{
    std::fprintf(stderr, "tacet-relay: %s\n", words.c_str());
}

/// Options that are whole numbers from 1 upwards; false with a sentence when one is not.
bool readNumber(const QCommandLineParser &parser, const QCommandLineOption &option, std::int64_t unit, std::int64_t &value)
{
    if (!parser.isSet(option))
        return true;
    bool isNumber = false;
    const qlonglong number = parser.value(option).toLongLong(&isNumber);
    if (!isNumber || number < 1 || number > 1'000'000)
        return false;
    value = number * unit;
    return true;
}

/// Hosts without port and path; false when one is none.
bool readHosts(const QStringList &texts, std::vector<std::string> &hosts)
{
    for (const QString &text : texts) {
        const auto url = relay::RelayUrl::parse("wss://" + text.toStdString());
        if (!url || url->text() != "wss://" + url->host())
            return false;
        hosts.push_back(url->host());
    }
    return true;
}

/// HOST:PORT with a numeric host or "localhost"; port 0 asks for any free one.
bool readListen(const QString &text, relayd::RelayServerOptions &options)
{
    const qsizetype colon = text.lastIndexOf(u':');
    bool isNumber = false;
    options.port = text.mid(colon + 1).toUShort(&isNumber);
    QString host = text.left(colon);
    if (colon <= 0 || !isNumber)
        return false;
    if (host.startsWith(u'[') && host.endsWith(u']'))
        host = host.mid(1, host.size() - 2);
    if (host == u"localhost"_s)
        host = u"127.0.0.1"_s;
    options.address = QHostAddress(host);
    return !options.address.isNull();
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"tacet-relay"_s);
    QCoreApplication::setApplicationVersion(QString::fromLatin1(TACET_VERSION));
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    raiseOpenFiles();
    if (!crypto::initialise())
        return failed(kFailed, "This computer gives no randomness.");

    QCommandLineParser parser;
    parser.setApplicationDescription(u"A small Nostr relay for Tacet mailboxes."_s);
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption listen(u"listen"_s, u"Address and port, e.g. 127.0.0.1:7447 or 0.0.0.0:7447; port 0 takes a free one."_s, u"HOST:PORT"_s);
    const QCommandLineOption data(u"data"_s, u"Folder for what the relay keeps."_s, u"DIR"_s);
    const QCommandLineOption name(u"name"_s, u"Name in the information document."_s, u"NAME"_s, u"Tacet relay"_s);
    const QCommandLineOption open(u"open-reading"_s, u"Give envelopes to anyone who names the mailbox (for tests of other clients)."_s);
    const QCommandLineOption json(u"json"_s, u"With disclose: one JSON object."_s);
    const QCommandLineOption certificate(u"tls-cert"_s, u"Certificate chain (PEM): clients come with wss://."_s, u"FILE"_s);
    const QCommandLineOption key(u"tls-key"_s, u"Its private key (PEM). SIGHUP reads both files again."_s, u"FILE"_s);
    const QCommandLineOption keep(u"keep-days"_s, u"Delete events this many days after their own date; without it they stay."_s, u"DAYS"_s);
    const QCommandLineOption size(u"max-mb"_s, u"Largest size of the relay's file, in megabytes."_s, u"MB"_s);
    const QCommandLineOption host(u"host"_s, u"Name that clients reach this relay by (also several times): an AUTH must name one."_s, u"HOST"_s);
    const QCommandLineOption limitLocal(u"limit-local"_s, u"Count clients from this computer like others (behind Tor or a reverse proxy)."_s);
    parser.addOptions({listen, data, name, host, certificate, key, keep, size, limitLocal, open, json});
    parser.addPositionalArgument(u"disclose"_s, u"Print all that the relay could hand over, and end."_s, u"[disclose]"_s);
    if (!parser.parse(application.arguments()))
        return failed(kWrongUsage, parser.errorText().toStdString());
    if (parser.isSet(u"help"_s))
        parser.showHelp(0);
    if (parser.isSet(u"version"_s))
        parser.showVersion();
    const QStringList words = parser.positionalArguments();
    const bool wantsDisclosure = words == QStringList{u"disclose"_s};
    if (!words.isEmpty() && !wantsDisclosure)
        return failed(kWrongUsage, "Unknown command. Try: tacet-relay --help");
    if (!parser.isSet(data))
        return failed(kWrongUsage, "Say where the data lies: --data DIR");
    relayd::RelayServerOptions options;
    options.folder = parser.value(data).toStdString();
    if (wantsDisclosure)
        return disclose(options.folder, parser.isSet(json));
    if (!parser.isSet(listen) || !readListen(parser.value(listen), options))
        return failed(kWrongUsage, "Say where to listen: --listen HOST:PORT, for example --listen 127.0.0.1:7447");
    options.name = parser.value(name).toStdString();
    options.readingNeedsAuth = !parser.isSet(open);
    if (!readHosts(parser.values(host), options.hosts))
        return failed(kWrongUsage, "--host takes the name of a host alone, for example --host relay.example");
    options.limits.limitLoopback = parser.isSet(limitLocal);
    if (!readNumber(parser, keep, 24 * 3600, options.limits.keepSeconds) || !readNumber(parser, size, 1024 * 1024, options.limits.storeBytes))
        return failed(kWrongUsage, "--keep-days and --max-mb take a whole number from 1 to 1000000.");
    if (parser.isSet(certificate) != parser.isSet(key))
        return failed(kWrongUsage, "TLS needs both files: --tls-cert FILE --tls-key FILE");
    if (parser.isSet(certificate))
        options.tls = relayd::TlsFiles{parser.value(certificate).toStdString(), parser.value(key).toStdString()};

    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, g_signalPipe) != 0)
        return failed(kFailed, "The system gave no socket.");
    struct sigaction action = {}; // what comes while starting waits in the socket
    action.sa_handler = onSignal;
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        ::sigaction(number, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    SystemClock clock;
    crypto::SystemRandom random;
    relayd::RelayServer server(options, clock, random);
    if (const auto started = server.start(); !started)
        return failed(kFailed, started.error() == relayd::RelayServerError::Tls ? server.tlsWords()
                                                                                 : relayd::wordsFor(started.error(), server.storeError()));
    if (!server.tlsWords().empty())
        warn(server.tlsWords());

    QSocketNotifier notifier(g_signalPipe[1], QSocketNotifier::Read);
    QObject::connect(&server, &relayd::RelayServer::drained, &application, &QCoreApplication::quit);
    bool isEnding = false;
    QObject::connect(&notifier, &QSocketNotifier::activated, &application, [&] {
        char number = 0;
        if (::read(g_signalPipe[1], &number, 1) != 1)
            return;
        if (number == SIGHUP) {
            if (options.tls && (!server.reloadTls() || !server.tlsWords().empty()))
                warn(server.tlsWords());
        } else if (std::exchange(isEnding, true)) {
            QCoreApplication::quit(); // asked twice: at once, still in order
        } else {
            server.drain();
        }
    });
    std::printf("%s\n", server.url().text().c_str());
    std::fflush(stdout);
    const int code = application.exec();
    server.stop();
    return code;
}
