// What a backup consists of: JSON that is written last, and without which there is no backup.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace statewire {

// A file of the store, in pieces that are each named by their SHA-256, in hex.
struct BackupFile {
  std::string name;
  uint64_t bytes = 0;
  std::vector<std::string> pieces;  // All of kBackupPieceBytes, but for the last.

  bool operator==(const BackupFile&) const = default;
};

struct BackupList {
  Time made;
  std::string instance;
  std::string store;           // Which one: backup_identity.h. Empty: an earlier program made it.
  uint64_t last_sequence = 0;  // What was acknowledged up to it is there.
  std::vector<BackupFile> files;

  uint64_t bytes() const;
  bool operator==(const BackupList&) const = default;
};

std::string encode_backup_list(const BackupList& list);
// `damaged` where it is not what was written, or names a file that no store has.
Result<BackupList> parse_backup_list(std::string_view json);

// "20261201T123456.789Z": names are in the order of time.
std::string backup_name(Time made);
// Absent where it is no such name.
std::optional<Time> time_of_backup(std::string_view name);

}  // namespace statewire
