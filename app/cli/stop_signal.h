#pragma once
// SIGTERM and SIGINT as an ordinary signal of the event loop, so that a program ends by saying good-bye: receipts
// flushed, vault closed. A second one ends it at once.
#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace tacet::cli {

class StopSignal : public QObject {
    Q_OBJECT

public:
    /// One per process.
    StopSignal();
    ~StopSignal() override;

Q_SIGNALS:
    void asked();

private:
    int m_descriptor = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace tacet::cli
