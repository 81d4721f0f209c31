#include "tests/faults/fault_syscalls.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tacet::test {
namespace {

using vault::Fault;
using vault::FileStep;

vault::FaultPlan *g_plan = nullptr; // the C library has no place for a context
std::string *g_folder = nullptr;

bool concerns(const std::string &path)
{
    return g_plan && path.compare(0, g_folder->size(), *g_folder) == 0;
}

std::string pathOf(int descriptor)
{
    char link[64];
    char path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t size = ::readlink(link, path, sizeof path);
    return size > 0 ? std::string(path, std::size_t(size)) : std::string();
}

Fault ask(FileStep step, const std::string &path, std::size_t bytes = 0)
{
    return concerns(path) ? g_plan->before(step, path, bytes) : Fault{};
}

Fault ask(FileStep step, int descriptor, std::size_t bytes = 0)
{
    return g_plan ? ask(step, pathOf(descriptor), bytes) : Fault{};
}

int failWith(int error)
{
    errno = error;
    return -1;
}

int openHere(int folder, const char *path, int flags, mode_t mode)
{
    if (g_plan && path && (flags & O_CREAT) && ::access(path, F_OK) != 0) {
        if (const Fault fault = ask(FileStep::Create, path); fault.error)
            return failWith(fault.error);
    }
    return int(::syscall(SYS_openat, folder, path, flags, mode));
}

mode_t modeOf(int flags, va_list arguments)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

/// What a short write leaves: some of it, and then the error at the next try. The kernel tells only the former.
template<typename Write>
ssize_t writeHere(int descriptor, std::size_t size, Write write)
{
    const Fault fault = ask(FileStep::Write, descriptor, size);
    if (!fault.error)
        return write(size);
    if (fault.written > 0)
        static_cast<void>(write(fault.written));
    return failWith(fault.error);
}

} // namespace

FaultSyscalls::FaultSyscalls(vault::FaultPlan &plan, std::string folder)
{
    g_folder = new std::string(std::move(folder));
    g_plan = &plan;
}

FaultSyscalls::~FaultSyscalls()
{
    g_plan = nullptr;
    delete g_folder;
    g_folder = nullptr;
}

} // namespace tacet::test

using namespace tacet::test;
using tacet::vault::FileStep;

#pragma GCC visibility push(default)
extern "C" {

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = modeOf(flags, arguments);
    va_end(arguments);
    return openHere(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = modeOf(flags, arguments);
    va_end(arguments);
    return openHere(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}
ssize_t write(int descriptor, const void *from, size_t size)
{
    return writeHere(descriptor, size, [&](size_t some) { return ssize_t(::syscall(SYS_write, descriptor, from, some)); });
}
ssize_t pwrite(int descriptor, const void *from, size_t size, off_t at)
{
    return writeHere(descriptor, size, [&](size_t some) { return ssize_t(::syscall(SYS_pwrite64, descriptor, from, some, at)); });
}
ssize_t pwrite64(int descriptor, const void *from, size_t size, off64_t at)
{
    return writeHere(descriptor, size, [&](size_t some) { return ssize_t(::syscall(SYS_pwrite64, descriptor, from, some, at)); });
}
int fsync(int descriptor)
{
    const auto fault = ask(FileStep::Sync, descriptor);
    return fault.error ? failWith(fault.error) : int(::syscall(SYS_fsync, descriptor));
}
int fdatasync(int descriptor)
{
    const auto fault = ask(FileStep::Sync, descriptor);
    return fault.error ? failWith(fault.error) : int(::syscall(SYS_fdatasync, descriptor));
}
int ftruncate(int descriptor, off_t size) noexcept
{
    const auto fault = ask(FileStep::Truncate, descriptor);
    return fault.error ? failWith(fault.error) : int(::syscall(SYS_ftruncate, descriptor, size));
}
int ftruncate64(int descriptor, off64_t size) noexcept
{
    const auto fault = ask(FileStep::Truncate, descriptor);
    return fault.error ? failWith(fault.error) : int(::syscall(SYS_ftruncate, descriptor, size));
}
int rename(const char *from, const char *to) noexcept
{
    const auto fault = ask(FileStep::Rename, std::string(to));
    return fault.error ? failWith(fault.error) : int(::syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to));
}
int renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned int flags) noexcept
{
    const auto fault = ask(FileStep::Rename, std::string(to));
    return fault.error ? failWith(fault.error) : int(::syscall(SYS_renameat2, fromFolder, from, toFolder, to, flags));
}
int unlink(const char *path) noexcept
{
    const auto fault = ask(FileStep::Remove, std::string(path));
    return fault.error ? failWith(fault.error) : int(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

} // extern "C"
#pragma GCC visibility pop
