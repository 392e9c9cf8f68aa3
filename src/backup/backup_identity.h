// Which store backups are of. It is in a file beside the engine's, made when it is first asked
// for, and no part of a backup: a store that is made of one is another store, which goes on where
// that one ended.
#pragma once

#include <string>

#include "backup/backup_list.h"
#include "base/result.h"

namespace statewire {

struct BackupIdentity {
  std::string store;        // Drawn at random.
  std::string from = {};    // The store whose backups it goes on from; empty: none.
  std::string newest = {};  // The newest of them when it was restored.

  // Whether backups may be added to a place where this is the newest. Lists of programs that knew
  // no identities go by the instance.
  bool may_follow(const std::string& name, const BackupList& list,
                  const std::string& instance) const;
};

// Of the store in that folder, which must be there. Any thread, any process.
Result<BackupIdentity> identity_of(const std::string& store_path);
// Gives the store in that folder, which has none, a new identity. What is in the folder by then is
// there after a loss of power.
Result<void> begin_identity(const std::string& store_path, const std::string& from,
                            const std::string& newest);

}  // namespace statewire
