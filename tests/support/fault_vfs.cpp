#include "tests/support/fault_vfs.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <string>

namespace tacet::test {

using vault::Fault;
using vault::FileStep;

struct FaultVfs::State {
    sqlite3_vfs vfs{};
    sqlite3_vfs *base = nullptr;
    vault::FaultPlan *plan = nullptr;
    std::string name;
    int lastError = 0;

    Fault ask(FileStep step, const char *path, std::size_t bytes)
    {
        const Fault fault = plan->before(step, path ? path : "", bytes);
        lastError = fault.error;
        return fault;
    }
};

namespace {

/// The base file lies directly behind this header.
struct File {
    sqlite3_file head;
    FaultVfs::State *state;
    const char *path; // owned by SQLite, lives as long as the file

    sqlite3_file *base() { return reinterpret_cast<sqlite3_file *>(this + 1); }
};

File *wrapped(sqlite3_file *file) { return reinterpret_cast<File *>(file); }
FaultVfs::State *stateOf(sqlite3_vfs *vfs) { return static_cast<FaultVfs::State *>(vfs->pAppData); }

int codeFor(int error, int otherwise)
{
    return error == ENOSPC ? SQLITE_FULL : otherwise;
}

int closeFile(sqlite3_file *file) { return wrapped(file)->base()->pMethods->xClose(wrapped(file)->base()); }
int readFile(sqlite3_file *file, void *to, int size, sqlite3_int64 at)
{
    return wrapped(file)->base()->pMethods->xRead(wrapped(file)->base(), to, size, at);
}
int writeFile(sqlite3_file *file, const void *from, int size, sqlite3_int64 at)
{
    File *self = wrapped(file);
    const Fault fault = self->state->ask(FileStep::Write, self->path, static_cast<std::size_t>(size));
    if (!fault.error)
        return self->base()->pMethods->xWrite(self->base(), from, size, at);
    if (fault.written > 0)
        self->base()->pMethods->xWrite(self->base(), from, static_cast<int>(fault.written), at);
    return codeFor(fault.error, SQLITE_IOERR_WRITE);
}
int truncateFile(sqlite3_file *file, sqlite3_int64 size)
{
    File *self = wrapped(file);
    if (const Fault fault = self->state->ask(FileStep::Truncate, self->path, 0); fault.error)
        return codeFor(fault.error, SQLITE_IOERR_TRUNCATE);
    return self->base()->pMethods->xTruncate(self->base(), size);
}
int syncFile(sqlite3_file *file, int flags)
{
    File *self = wrapped(file);
    if (const Fault fault = self->state->ask(FileStep::Sync, self->path, 0); fault.error)
        return codeFor(fault.error, SQLITE_IOERR_FSYNC);
    return self->base()->pMethods->xSync(self->base(), flags);
}
int fileSize(sqlite3_file *file, sqlite3_int64 *size)
{
    return wrapped(file)->base()->pMethods->xFileSize(wrapped(file)->base(), size);
}
int lockFile(sqlite3_file *file, int level) { return wrapped(file)->base()->pMethods->xLock(wrapped(file)->base(), level); }
int unlockFile(sqlite3_file *file, int level)
{
    return wrapped(file)->base()->pMethods->xUnlock(wrapped(file)->base(), level);
}
int checkReserved(sqlite3_file *file, int *out)
{
    return wrapped(file)->base()->pMethods->xCheckReservedLock(wrapped(file)->base(), out);
}
int control(sqlite3_file *file, int op, void *argument)
{
    return wrapped(file)->base()->pMethods->xFileControl(wrapped(file)->base(), op, argument);
}
int sectorSize(sqlite3_file *file) { return wrapped(file)->base()->pMethods->xSectorSize(wrapped(file)->base()); }
int characteristics(sqlite3_file *file)
{
    return wrapped(file)->base()->pMethods->xDeviceCharacteristics(wrapped(file)->base());
}
int shmMap(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return wrapped(file)->base()->pMethods->xShmMap(wrapped(file)->base(), page, size, extend, out);
}
int shmLock(sqlite3_file *file, int offset, int count, int flags)
{
    return wrapped(file)->base()->pMethods->xShmLock(wrapped(file)->base(), offset, count, flags);
}
void shmBarrier(sqlite3_file *file) { wrapped(file)->base()->pMethods->xShmBarrier(wrapped(file)->base()); }
int shmUnmap(sqlite3_file *file, int remove)
{
    return wrapped(file)->base()->pMethods->xShmUnmap(wrapped(file)->base(), remove);
}

const sqlite3_io_methods kMethods = {
    2, closeFile, readFile, writeFile, truncateFile, syncFile, fileSize, lockFile, unlockFile, checkReserved, control,
    sectorSize, characteristics, shmMap, shmLock, shmBarrier, shmUnmap, nullptr, nullptr,
};

int openFile(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *outFlags)
{
    FaultVfs::State *state = stateOf(vfs);
    File *self = wrapped(file);
    self->state = state;
    self->path = path;
    self->head.pMethods = nullptr;
    const int code = state->base->xOpen(state->base, path, self->base(), flags, outFlags);
    if (self->base()->pMethods)
        self->head.pMethods = &kMethods;
    return code;
}

int deleteFile(sqlite3_vfs *vfs, const char *path, int syncFolder)
{
    FaultVfs::State *state = stateOf(vfs);
    if (const Fault fault = state->ask(FileStep::Remove, path, 0); fault.error)
        return SQLITE_IOERR_DELETE;
    return state->base->xDelete(state->base, path, syncFolder);
}

int lastError(sqlite3_vfs *vfs, int size, char *text)
{
    FaultVfs::State *state = stateOf(vfs);
    return state->lastError ? state->lastError : state->base->xGetLastError(state->base, size, text);
}

} // namespace

FaultVfs::FaultVfs(vault::FaultPlan &plan) : m_state(std::make_unique<State>())
{
    static int made = 0;
    m_state->base = sqlite3_vfs_find(nullptr);
    m_state->plan = &plan;
    m_state->name = "tacet-faults-" + std::to_string(++made);
    m_state->vfs = *m_state->base; // time, randomness and the like stay the system's
    m_state->vfs.pNext = nullptr;
    m_state->vfs.zName = m_state->name.c_str();
    m_state->vfs.szOsFile = static_cast<int>(sizeof(File)) + m_state->base->szOsFile;
    m_state->vfs.pAppData = m_state.get();
    m_state->vfs.xOpen = openFile;
    m_state->vfs.xDelete = deleteFile;
    m_state->vfs.xGetLastError = lastError;
    sqlite3_vfs_register(&m_state->vfs, 0);
}

FaultVfs::~FaultVfs()
{
    sqlite3_vfs_unregister(&m_state->vfs);
}

const char *FaultVfs::name() const
{
    return m_state->name.c_str();
}

} // namespace tacet::test
