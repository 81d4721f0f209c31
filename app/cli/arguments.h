#pragma once
// tacet-cli [--profile DIR] [--json] [--passphrase-file F] COMMAND …: words and options, nothing interpreted.
#include "crypto/result.h"

#include <QHash>
#include <QString>
#include <QStringList>

#include <optional>

namespace tacet::cli {

struct Arguments {
    QStringList words;                    ///< command, sub-command, operands
    QHash<QString, QStringList> options;  ///< without the dashes; a flag has one empty value

    bool has(const QString &option) const { return options.contains(option); }
    QString value(const QString &option) const { return options.value(option).value(0); }
    QStringList values(const QString &option) const { return options.value(option); }
};

/// Options may stand anywhere; `--` ends them, a lone `-` is a word. The error is a sentence.
Result<Arguments, QString> parseArguments(const QStringList &raw);

/// A whole number of at least `minimum`; nothing when the text is anything else.
std::optional<qint64> wholeNumber(const QString &text, qint64 minimum);

} // namespace tacet::cli
