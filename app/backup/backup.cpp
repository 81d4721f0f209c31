#include "app/backup/backup.h"

namespace tacet::backup {

BackupTrouble troubleFrom(crypto::BackupError error)
{
    switch (error) {
    case crypto::BackupError::NotABackup: return BackupTrouble::NotABackup;
    case crypto::BackupError::NewerVersion: return BackupTrouble::Newer;
    case crypto::BackupError::WrongPassphrase: return BackupTrouble::WrongPassphrase;
    case crypto::BackupError::CutShort: return BackupTrouble::CutShort;
    case crypto::BackupError::OutOfMemory: return BackupTrouble::NoMemory;
    case crypto::BackupError::Damaged:
    case crypto::BackupError::TooCostly: break; // no Tacet writes such costs
    }
    return BackupTrouble::Damaged;
}

BackupTrouble troubleFrom(vault::FileError error)
{
    switch (error) {
    case vault::FileError::Missing: return BackupTrouble::Missing;
    case vault::FileError::DiskFull: return BackupTrouble::DiskFull;
    case vault::FileError::ReadOnly: return BackupTrouble::ReadOnly;
    case vault::FileError::Exists:
    case vault::FileError::TooLarge:
    case vault::FileError::Io: break;
    }
    return BackupTrouble::DiskError;
}

BackupTrouble troubleFrom(vault::DbError error)
{
    switch (error) {
    case vault::DbError::DiskFull: return BackupTrouble::DiskFull;
    case vault::DbError::ReadOnly: return BackupTrouble::ReadOnly;
    case vault::DbError::Io: return BackupTrouble::DiskError;
    case vault::DbError::NoMemory: return BackupTrouble::NoMemory;
    case vault::DbError::Cancelled: return BackupTrouble::Cancelled;
    case vault::DbError::Missing:
    case vault::DbError::Busy:
    case vault::DbError::WrongKey:
    case vault::DbError::Corrupt:
    case vault::DbError::Newer:
    case vault::DbError::Constraint: break;
    }
    return BackupTrouble::VaultDamaged;
}

} // namespace tacet::backup
