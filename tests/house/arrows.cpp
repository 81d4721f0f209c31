#include "tests/house/arrows.h"

#include <QRegularExpression>

#include <algorithm>

namespace tacet::test {
using namespace Qt::StringLiterals;
namespace {

/// What a folder may include besides itself. Not a list of what it does include: the walls, not the furniture.
const QMap<QString, QStringList> &arrows()
{
    static const QMap<QString, QStringList> kArrows{
        {u"crypto"_s, {}},
        {u"app/vault"_s, {u"crypto"_s}},
        {u"app/relay"_s, {u"crypto"_s}},
        {u"app/tor"_s, {u"crypto"_s}},
        {u"app/relayd"_s, {u"app/relay"_s, u"crypto"_s}}, // shares the strict reader of frames
        {u"app/chat"_s, {u"app/vault"_s, u"app/relay"_s, u"crypto"_s}},
        {u"app/backup"_s, {u"app/vault"_s, u"crypto"_s}},
        {u"app/session"_s,
            {u"app/chat"_s, u"app/relay"_s, u"app/tor"_s, u"app/relayd"_s, u"app/vault"_s, u"app/backup"_s, u"crypto"_s}},
        {u"app/cli"_s,
            {u"app/session"_s, u"app/chat"_s, u"app/relay"_s, u"app/tor"_s, u"app/relayd"_s, u"app/backup"_s,
                u"app/vault"_s, u"crypto"_s}},
        // A window knows the facade and its values: no vault, no sockets, no SQL.
        {u"ui"_s, {u"app/session"_s, u"app/chat"_s, u"crypto"_s}},
        {u"ui/desktop"_s, {u"ui"_s, u"app/session"_s, u"app/chat"_s, u"crypto"_s}},
        // app/main.cpp puts the parts together.
        {u"app"_s,
            {u"ui"_s, u"ui/desktop"_s, u"app/session"_s, u"app/chat"_s, u"app/relay"_s, u"app/relayd"_s,
                u"app/backup"_s, u"app/vault"_s, u"crypto"_s}},
    };
    return kArrows;
}

bool isQt(const Include &include)
{
    return !include.quoted && (include.path.startsWith(u'Q') || include.path.startsWith(u"qt"_s));
}

bool isWidget(const Include &include, const QSet<QString> &widgetHeaders)
{
    return include.path.startsWith(u"QtWidgets"_s) || widgetHeaders.contains(include.path.section(u'/', -1));
}

} // namespace

QString partOf(const QString &path)
{
    QString folder = path.section(u'/', 0, -2);
    while (!folder.isEmpty() && !arrows().contains(folder))
        folder = folder.contains(u'/') ? folder.section(u'/', 0, -2) : QString();
    return folder;
}

QStringList brokenArrows(const SourceTree &tree, const QSet<QString> &widgetHeaders)
{
    QStringList broken;
    for (auto file = tree.begin(); file != tree.end(); ++file) {
        const QString part = partOf(file.key());
        if (part.isEmpty())
            continue;
        const bool appCode = part.startsWith(u"app/"_s);
        if (file.key().endsWith(u"CMakeLists.txt"_s)) {
            static const QRegularExpression qt(u"Qt6::\\w+"_s);
            static const QRegularExpression widgets(u"Qt6::Widgets\\b"_s);
            if (part == u"crypto"_s && file->contains(qt))
                broken += complaint(file.key(), 1, u"crypto links Qt"_s);
            if (appCode && file->contains(widgets))
                broken += complaint(file.key(), 1, u"app links QtWidgets"_s);
            continue;
        }
        if (!isCpp(file.key()))
            continue;
        if (part == u"app"_s && file.key() != u"app/main.cpp"_s)
            broken += complaint(file.key(), 1, u"only main.cpp lies in app itself; choose one of its folders"_s);
        for (const Include &include : includesOf(*file)) {
            const auto say = [&](const QString &words) { broken += complaint(file.key(), include.line, words); };
            if (include.path.contains(u".."_s))
                say(u"%1: includes are written from the project's root"_s.arg(include.path));
            if (part == u"crypto"_s && isQt(include))
                say(u"crypto has no Qt, this includes <%1>"_s.arg(include.path));
            if (appCode && isWidget(include, widgetHeaders))
                say(u"app has no widgets, this includes <%1>"_s.arg(include.path));
            if (part == u"ui"_s && include.path.startsWith(u"QDBus"_s))
                say(u"D-Bus lives in ui/desktop"_s);
            if (!include.quoted || include.path.endsWith(u".moc"_s))
                continue;
            const QString target = partOf(include.path);
            if (!tree.contains(include.path) && !include.path.startsWith(u"ui_"_s))
                say(u"\"%1\" is not in the project (system headers go between < and >)"_s.arg(include.path));
            else if (target.isEmpty())
                say(u"product code may not include \"%1\""_s.arg(include.path));
            else if (target != part && !arrows().value(part).contains(target))
                say(u"%1 may not use %2 (\"%3\")"_s.arg(part, target, include.path));
        }
    }
    return broken;
}

QStringList includeCircles(const SourceTree &tree)
{
    QMap<QString, QStringList> edges;
    for (auto file = tree.begin(); file != tree.end(); ++file) {
        if (!isCpp(file.key()))
            continue;
        for (const Include &include : includesOf(*file)) {
            if (include.quoted && tree.contains(include.path))
                edges[file.key()] += include.path;
        }
    }
    QStringList circles;
    QSet<QString> done;
    QStringList trail;
    const auto walk = [&](const auto &self, const QString &file) -> void {
        const qsizetype seen = trail.indexOf(file);
        if (seen >= 0) {
            circles += (trail.mid(seen) << file).join(u" -> "_s);
            return;
        }
        if (done.contains(file))
            return;
        trail.append(file);
        for (const QString &next : edges.value(file))
            self(self, next);
        trail.removeLast();
        done.insert(file);
    };
    for (auto file = edges.keyBegin(); file != edges.keyEnd(); ++file)
        walk(walk, *file);
    return circles;
}

} // namespace tacet::test
