#pragma once
// Names and texts that broke other messengers. Each is put into every place that shows text from outside.
#include <QString>
#include <QStringList>

namespace tacet::test {

inline QStringList hostileTexts()
{
    using namespace Qt::StringLiterals;
    const QString rlo(QChar(0x202E));
    const QString isolate(QChar(0x2067));
    return {
        u"<img src=\"http://tracker.example/a.png\">"_s,
        u"<b>bold</b> &amp; <i>&lt;i&gt;</i>"_s,
        u"<a href=\"javascript:alert(1)\">click</a>"_s,
        u"<html><head><title>x</title></head><body bgcolor=red>y</body></html>"_s,
        u"<img src=file:///etc/passwd><img src=qrc:/tacet/app_icon.svg><img src=\"\\\\host\\share\\x\">"_s,
        u"&Mnemonic && more"_s,
        u"invoice_"_s + rlo + u"fdp.exe"_s,
        isolate.repeated(200) + u"deep"_s,
        QString(4096, u'W'),
        u"W "_s.repeated(2048),
        u"Z"_s + QString(QChar(0x0301)).repeated(800),
        u"line\nbreak\r\nand\u2028more\u2029end"_s,
        u"nul"_s + QChar(0) + u"bell"_s + QChar(7) + u"esc"_s + QChar(27) + u"[31m"_s,
        QString(QChar(0xD800)) + u"lone"_s + QChar(0xDC00),
        u"👩‍👩‍👧‍👦"_s.repeated(100),
        u"   "_s,
        u"%1 %2 %n %s %p"_s,
        u"ﷺ﷽𒐫"_s.repeated(50),
    };
}

} // namespace tacet::test
