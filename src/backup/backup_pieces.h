// The pieces of all backups at a place, and whether a backup has all of its own.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "backup/backup_list.h"
#include "backup/backup_place.h"

namespace statewire {

// Called between two pieces; false ends the work, which is `unavailable` then.
using BackupProgress = std::function<bool(uint64_t bytes_done, uint64_t bytes_total)>;

inline constexpr std::string_view kPieces = "pieces";
std::string piece_path(const std::string& piece);

class PiecesThere {
 public:
  // By one look at names and sizes; what is in them is not read.
  static Result<PiecesThere> look(BackupPlace& place);

  // Of a file of so many bytes, the bytes of the piece that begins at `at`.
  static uint64_t bytes_of(uint64_t file_bytes, uint64_t at);

  bool has(const std::string& piece, uint64_t bytes) const;
  // All of a file.
  bool has_all(const std::vector<std::string>& pieces, uint64_t file_bytes) const;
  void add(const std::string& piece, uint64_t bytes) { bytes_[piece] = bytes; }

  // Why `list` cannot be restored; empty where every piece is there with its size.
  std::string trouble_of(const BackupList& list) const;
  // Reads each piece and compares it with its name; those that are something else, which count as
  // not whole from then on.
  Result<std::vector<std::string>> compare(BackupPlace& place, const BackupProgress& progress);

 private:
  std::map<std::string, uint64_t> bytes_;
};

}  // namespace statewire
