#include "app/cli/arguments.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace tacet::cli {
namespace {

struct Known {
    QLatin1StringView name;
    bool takesValue;
};

constexpr std::array kKnown{
    Known{"profile"_L1, true},  Known{"json"_L1, false},   Known{"passphrase-file"_L1, true},
    Known{"name"_L1, true},     Known{"relay"_L1, true},   Known{"proxy"_L1, true},
    Known{"reusable"_L1, false}, Known{"for"_L1, true},    Known{"limit"_L1, true},
    Known{"before"_L1, true},   Known{"backup-passphrase-file"_L1, true},
    Known{"help"_L1, false},    Known{"version"_L1, false},
};

} // namespace

Result<Arguments, QString> parseArguments(const QStringList &raw)
{
    Arguments arguments;
    bool optionsEnded = false;
    for (qsizetype i = 0; i < raw.size(); ++i) {
        const QString &word = raw.at(i);
        if (optionsEnded || !word.startsWith(u"--"_s)) {
            arguments.words.append(word);
            continue;
        }
        if (word == "--"_L1) {
            optionsEnded = true;
            continue;
        }
        const qsizetype equals = word.indexOf(u'=');
        const QString name = word.mid(2, equals < 0 ? -1 : equals - 2);
        const auto known = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known &k) { return k.name == name; });
        if (known == kKnown.end())
            return fail(u"There is no option --%1. See tacet-cli --help."_s.arg(name));
        QString value;
        if (known->takesValue) {
            if (equals >= 0)
                value = word.mid(equals + 1);
            else if (i + 1 < raw.size())
                value = raw.at(++i);
            else
                return fail(u"--%1 needs a value. See tacet-cli --help."_s.arg(name));
        } else if (equals >= 0) {
            return fail(u"--%1 takes no value. See tacet-cli --help."_s.arg(name));
        }
        arguments.options[name].append(value);
    }
    return arguments;
}

std::optional<qint64> wholeNumber(const QString &text, qint64 minimum)
{
    bool ok = false;
    const qint64 number = text.toLongLong(&ok);
    return ok && number >= minimum ? std::optional(number) : std::nullopt;
}

} // namespace tacet::cli
