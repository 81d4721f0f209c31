// The people and words of the design's pictures, less groups, files, voices and pictures.
#include "tests/ui/fake_session.h"

namespace tacet::test {
using namespace Qt::StringLiterals;
using namespace chat;
namespace {

constexpr qint64 kMinute = 60000;
constexpr qint64 kDay = 24 * 60 * kMinute;
constexpr qint64 kMidnight = kDemoNow - (10 * 60 + 14) * kMinute; ///< of "today"

qint64 at(int hour, int minute, int daysAgo = 0)
{
    return kMidnight + (hour * 60 + minute) * kMinute - daysAgo * kDay;
}

} // namespace

void FakeSession::fillWithDemo()
{
    const ContactId ines = addContact(u"Ines Okafor"_s, 0, Trust::Verified);
    addSystemLine(ines, SystemLine::Verified, at(19, 2, 1));
    addMessage(ines, u"Did the new strings settle?"_s, at(19, 20, 1), false);
    addMessage(ines, u"Almost. The A still wanders off when nobody looks."_s, at(19, 31, 1), true, MessageState::Read);
    addMessage(ines, u"Morning! The train gets in at 9:40, so just after ten at yours ☕"_s, at(8, 2), false);
    addMessage(ines, u"Unless the ferry is late again. Then blame the fog."_s, at(8, 2) + 1000, false);
    addMessage(
        ines, u"Fog forgiven! Nana asks if you still don’t eat walnuts 🌰"_s, at(8, 34), true, MessageState::Read);
    addMessage(ines, u"The timetable is at https://ferries.example/winter (page 2)."_s, at(8, 36), true,
        MessageState::Delivered);
    addMessage(ines, u"Plum cake, then. No walnuts."_s, at(10, 11), false);
    addMessage(ines, u"Here’s the recipe I promised her. The second page is my grandmother’s handwriting, be kind."_s,
        at(10, 12), false);
    setUnread(ines, 2);
    summary(ines).pinned = true;

    const ContactId layla = addContact(u"ليلى حدّاد"_s, 3, Trust::KeyChanged);
    summary(layla).keyChangedMs = at(9, 41);
    addMessage(layla, u"كيف كان الحفل البارحة؟ 🎶"_s, at(21, 14, 1), false);
    addMessage(
        layla, u"رائع! عزفنا المقطوعة البطيئة في النهاية، وسكت الجميع."_s, at(21, 20, 1), true, MessageState::Read);
    addMessage(layla, u"I wish you had been there. Next time I’ll keep you a seat in row two."_s, at(21, 21, 1), true,
        MessageState::Read);
    addSystemLine(layla, SystemLine::KeyChanged, at(9, 41));
    addMessage(layla, u"اشتريت حاسوباً جديداً أخيراً 🎉"_s, at(9, 51), false);
    addMessage(layla, u"القديم سقط في القهوة ☕ هل نقارن الأرقام الليلة؟"_s, at(9, 51) + 1000, false);
    setUnread(layla, 1);

    const ContactId misaki = addContact(u"川村 美咲"_s, 7, Trust::Verified);
    addMessage(misaki, u"明日の朝、駅で待ち合わせましょう。"_s, at(8, 47), false);

    const ContactId papa = addContact(u"Papa"_s, 9, Trust::Verified);
    addMessage(papa, u"Is the plane on time?"_s, at(17, 40, 1), false);
    addMessage(papa, u"Landed safely ❤️ call you from the train"_s, at(18, 5, 1), true, MessageState::Read);

    const ContactId tomas = addContact(u"Tomás Rivera"_s, 4);
    addMessage(tomas, u"The amplifier is yours if you carry it down four floors."_s, at(16, 12, 1), false);

    const ContactId dmytro = addContact(u"Дмитро Коваленко"_s, 1, Trust::Verified);
    addMessage(dmytro, u"Дякую! Все дійшло, навіть креслення."_s, at(15, 3, 1), true, MessageState::Delivered);

    const ContactId anouk = addContact(u"Anouk Lefèvre"_s, 5);
    addMessage(anouk, u"Alors, samedi ?"_s, at(12, 40, 2), false);
    summary(anouk).draft = u"On se retrouve devant le kiosque à dix heures"_s;

    const ContactId jonas = addContact(u"Jonas Weber"_s, 6);
    addMessage(jonas, u"Bring the long cable too, please"_s, at(9, 30, 3), true, MessageState::Queued);

    const ContactId elif = addContact(u"Elif Demir"_s, 2);
    summary(elif).link = Link::WaitingForPeer;
    addSystemLine(elif, SystemLine::ChatStarted, at(20, 11, 4));
    addMessage(elif, u"Hello Elif, it is Mara from the choir."_s, at(20, 12, 4), true, MessageState::OnRelay);

    const ContactId wen = addContact(u"Wen Zhao"_s, 8);
    addMessage(wen, u"The Schubert parts are at the copy shop."_s, at(11, 15, 6), true, MessageState::Failed);
    summary(wen).muted = true;

    const ContactId stranger = addContact(u"Ragnhild Moe"_s, 3);
    summary(stranger).request = true;
    summary(stranger).addedMs = at(7, 55);
}

} // namespace tacet::test
