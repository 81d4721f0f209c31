// What is drawn can be read back, and pictures that were never meant for this are turned down in words.
#include "tests/support/unit_registry.h"
#include "ui/qr_code.h"
#include "ui/qr_scan.h"
#include "ui/qr_view.h"

#include <QBuffer>
#include <QMimeData>
#include <QPainter>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <memory>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::ui;

namespace {

/// As long as a link may be (PROTOCOL §3.2: 213 characters).
QByteArray longestLink()
{
    return QByteArray("tacet:").append(QByteArray("q7M2vx9D4s8c0R5ue3wKz6hJf1yGt4bNnL8pQaRsTuV").repeated(5).left(207));
}

QByteArray png(const QImage &image)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

} // namespace

class TestQr : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString write(const QString &name, const QByteArray &bytes)
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write a test file");
        return file.fileName();
    }

private Q_SLOTS:
    void longestLink_fitsVersionTen()
    {
        const auto code = QrCode::encode(longestLink());
        QVERIFY(code);
        QCOMPARE(code->side(), 57);  // ISO/IEC 18004 table 1: 4 × 10 + 17
        QVERIFY(code->isDark(0, 0)); // finder pattern
        QVERIFY(!code->isDark(1, 1));
        QCOMPARE(QrView::moduleFor(57, 272), 4);
    }

    void encode_refusesWhatDoesNotFit()
    {
        QVERIFY(!QrCode::encode({}));
        QVERIFY(!QrCode::encode(QByteArray(4000, 'x')));
    }

    void scan_readsWhatWasDrawn_data()
    {
        QTest::addColumn<QByteArray>("data");
        QTest::newRow("link") << longestLink();
        QTest::newRow("one byte") << QByteArray("a");
        QTest::newRow("zero and high bytes") << QByteArray("\x00\xff\x80\x01tail", 8);
    }

    void scan_readsWhatWasDrawn()
    {
        QFETCH(QByteArray, data);
        const auto code = QrCode::encode(data);
        QVERIFY(code);
        const QImage straight = code->image(4);
        for (const QImage &image : {straight, straight.transformed(QTransform().rotate(90))}) {
            const auto read = scanImage(image);
            QVERIFY(read.ok());
            QCOMPARE(read.value(), data);
        }
        QImage inverted = straight.convertToFormat(QImage::Format_RGB32);
        inverted.invertPixels();
        QCOMPARE(scanImage(inverted).value(), data);
    }

    void scan_readsTheViewOnTheScreen()
    {
        FixedAppearance appearance;
        Look look(Tokens::builtIn(), appearance);
        look.setChoice(ThemeChoice::Dark); // the frame stays white
        QrView view(look, 272, u"Code"_s, u"code"_s);
        view.setCode(QrCode::encode(longestLink()));
        view.resize(272, 272);
        QCOMPARE(scanImage(view.grab().toImage()).value(), longestLink());
    }

    void scan_readsFileAndClipboard()
    {
        const QImage image = QrCode::encode("tacet:abc")->image(3);
        const QString file = write(u"code.png"_s, png(image));
        QCOMPARE(scanFile(file).value(), "tacet:abc");

        QMimeData asBytes;
        asBytes.setData(u"image/png"_s, png(image));
        QCOMPARE(scanClipboard(&asBytes).value(), "tacet:abc");
        QMimeData asPixels;
        asPixels.setImageData(image);
        QCOMPARE(scanClipboard(&asPixels).value(), "tacet:abc");
        QMimeData asFile;
        asFile.setUrls({QUrl::fromLocalFile(file)});
        QCOMPARE(scanClipboard(&asFile).value(), "tacet:abc");
    }

    void scan_turnsDownWhatIsNoCode()
    {
        QImage blank(300, 300, QImage::Format_RGB32);
        blank.fill(Qt::white);
        QCOMPARE(scanImage(blank).error(), ScanError::NoCode);
        QCOMPARE(scanImage({}).error(), ScanError::NotPicture);
        QCOMPARE(scanFile(m_folder.filePath(u"absent.png"_s)).error(), ScanError::CannotOpen);
        QCOMPARE(scanFile(write(u"text.png"_s, "just words")).error(), ScanError::NotPicture);
        QByteArray cut = png(blank);
        cut.truncate(40);
        QCOMPARE(scanFile(write(u"cut.png"_s, cut)).error(), ScanError::NotPicture);
        // A vector picture could fetch and run things; by its content it is neither PNG nor JPEG.
        QCOMPARE(scanFile(write(u"picture.png"_s,
                              "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image "
                              "href='http://127.0.0.1:9/'/></svg>"))
                     .error(),
            ScanError::NotPicture);
        QMimeData words;
        words.setText(u"tacet:abc"_s);
        QCOMPARE(scanClipboard(&words).error(), ScanError::NoPicture);
        QCOMPARE(scanClipboard(nullptr).error(), ScanError::NoPicture);
    }

    void scan_measuresBeforeItUnpacks()
    {
        // A PNG whose header promises 60,000 × 60,000 pixels: 3.6 billion, in a file of a few bytes.
        QByteArray bomb = png(QImage(8, 8, QImage::Format_Grayscale8));
        const QByteArray huge("\x00\x00\xea\x60\x00\x00\xea\x60", 8);
        bomb.replace(16, 8, huge); // IHDR width and height
        // Its checksum no longer fits, so make it fit: CRC-32 over type and data (PNG §5.5).
        quint32 crc = 0xffffffff;
        for (int i = 12; i < 29; ++i) {
            crc ^= static_cast<quint8>(bomb.at(i));
            for (int bit = 0; bit < 8; ++bit)
                crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0u);
        }
        crc = ~crc;
        for (int i = 0; i < 4; ++i)
            bomb[29 + i] = static_cast<char>(crc >> (24 - 8 * i));
        const auto read = scanFile(write(u"bomb.png"_s, bomb));
        QVERIFY(!read.ok());
        QVERIFY(read.error() == ScanError::TooLarge || read.error() == ScanError::NotPicture);
        QCOMPARE(scanFile(write(u"large.png"_s, QByteArray(kScanFileBytes + 1, 'x'))).error(), ScanError::TooLarge);
    }

    void scan_wantsOneCode()
    {
        const QImage one = QrCode::encode("tacet:one")->image(4);
        const QImage other = QrCode::encode("tacet:other")->image(4);
        QImage both(one.width() * 2 + 40, one.height(), QImage::Format_RGB32);
        both.fill(Qt::white);
        QPainter painter(&both);
        painter.drawImage(0, 0, one);
        painter.drawImage(one.width() + 40, 0, other);
        painter.end();
        QCOMPARE(scanImage(both).error(), ScanError::SeveralCodes);
    }
};

TACET_TEST_UNIT("t_qr", TestQr)
#include "t_qr.moc"
