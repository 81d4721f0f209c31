// tacet-kat FILE…: runs published test vectors through the code of this build.
// Exit codes: 0 all passed, 1 some failed, 2 an algorithm, format or file that it cannot test (or wrong usage).
#include "tests/kat/vector_file.h"

#include <QFile>
#include <QFileInfo>

#include <sodium.h>

#include <cstdio>

using namespace tacet::kat;

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fputs("usage: tacet-kat FILE…\n"
                   "Runs published test vectors (Wycheproof, NIST, BIP-340, NIP-44, Nostr events, Signal, tables).\n",
                   stderr);
        return 2;
    }
    if (sodium_init() < 0) {
        std::fputs("tacet-kat: this machine gives no randomness.\n", stderr);
        return 1;
    }
    Report report;
    for (int i = 1; i < argc; ++i) {
        const QString path = QFile::decodeName(argv[i]);
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) {
            report.unknown(path + QStringLiteral(": ") + file.errorString());
            continue;
        }
        const int before = report.passed() + report.failed();
        const int unknownBefore = int(report.unknowns().size());
        runVectors(QFileInfo(path).fileName(), file.readAll(), report);
        if (report.passed() + report.failed() == before && report.unknowns().size() == unknownBefore)
            report.unknown(path + QStringLiteral(": holds no test"));
    }
    for (const QString &failure : report.failures())
        std::fprintf(stderr, "failed: %s\n", qUtf8Printable(failure));
    for (const QString &unknown : report.unknowns())
        std::fprintf(stderr, "unknown: %s\n", qUtf8Printable(unknown));
    std::printf("%d passed, %d failed\n", report.passed(), report.failed());
    return !report.unknowns().isEmpty() ? 2 : report.failed() > 0 ? 1 : 0;
}
