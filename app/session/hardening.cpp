// Linux-only.
#include "app/session/hardening.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>

namespace tacet::session {

void harden()
{
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    ::umask(0077);
    raiseOpenFiles();
}

void raiseOpenFiles()
{
    constexpr rlim_t kWanted = 8192;
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= kWanted) // RLIM_INFINITY is the largest number
        return;
    files.rlim_cur = std::max(files.rlim_cur, std::min(files.rlim_max, kWanted));
    ::setrlimit(RLIMIT_NOFILE, &files);
}

} // namespace tacet::session
