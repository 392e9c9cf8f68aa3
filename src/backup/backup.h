// Backups of a store, and stores out of backups.
//
//   PLACE/pieces/SHA256          up to kBackupPieceBytes of a file, named by what is in it
//   PLACE/backups/NAME.json      which pieces make which files: backup_list.h
//
// The engine never changes a table once it is written, so all backups share the pieces of the
// tables that they have in common, and a backup sends only what is new, or is gone or short at the
// place. The list is written last: without it there is no backup. A place is of one store: to
// remove what no backup needs any more, a store must know of all backups that are being made. Where
// the newest backup is of another, none is made, and none is removed.
//
// All functions: not thread-safe for one place; they block for as long as files and calls take.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backup/backup_identity.h"
#include "backup/backup_list.h"
#include "backup/backup_pieces.h"
#include "backup/backup_place.h"
#include "base/descriptor.h"

namespace statewire {

// The pieces of tables that were read before, so that they are not read for every backup. Of one
// process: a table goes by its inode, size and time of change.
class KnownTables {
 public:
  struct Table {
    uint64_t inode = 0;
    uint64_t bytes = 0;
    int64_t changed_ns = 0;
    std::vector<std::string> pieces = {};
  };
  // Null where it is not known as it is now.
  const std::vector<std::string>* find(const std::string& name, const Table& now) const;
  // All that are kept.
  void replace(std::map<std::string, Table> tables) { tables_ = std::move(tables); }

 private:
  std::map<std::string, Table> tables_;
};

// While it is held, nobody else makes a backup of that store. `unavailable` where another does.
Result<OwnedFd> lock_backups(const std::string& store_path);

struct BackupReport {
  std::string name;
  BackupList list;
  uint64_t bytes_sent = 0;
};
// Of the files in `folder`, which nobody changes meanwhile. REQUIRES: lock_backups() is held.
struct BackupWish {
  std::string folder;
  std::string instance;
  BackupIdentity identity;
  Time now;
};
Result<BackupReport> make_backup(BackupPlace& place, const BackupWish& wish, KnownTables& known,
                                 const BackupProgress& progress);

// The names of all backups, the oldest first.
Result<std::vector<std::string>> backups_in(BackupPlace& place);
// `damaged` where it cannot be read as one.
Result<BackupList> read_backup(BackupPlace& place, const std::string& name);
// The newest that can be read; nothing where there is none.
struct FoundBackup {
  std::string name;
  BackupList list;
};
Result<std::optional<FoundBackup>> newest_backup(BackupPlace& place,
                                                 const std::vector<std::string>& names);
// The same of the backups of one store; an error that says what to do where the place is of
// another.
Result<std::optional<FoundBackup>> newest_backup_of(const BackupIdentity& identity,
                                                    const std::string& instance, BackupPlace& place,
                                                    const std::vector<std::string>& names);
// Removes all but the newest `keep`, and the pieces that only they need; how many. REQUIRES:
// keep > 0, and lock_backups() is held; a backup was made there since.
Result<size_t> remove_old_backups(BackupPlace& place, size_t keep);

// Makes its files in `folder`, which must not exist, and gives the store there an identity that
// goes on from the newest backup. `damaged` where a piece is gone, or is not what was written.
Result<BackupList> restore_backup(BackupPlace& place, const std::string& name,
                                  const std::string& folder, const BackupProgress& progress);

}  // namespace statewire
