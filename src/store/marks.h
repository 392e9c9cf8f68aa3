// Marks: small files beside the engine's that say how far a store was once. A store that ends
// before its mark has lost something that no other file tells of.
//
// `acknowledged`: how far the journal was acknowledged. A crash may tear the end of the engine's
// log, and the library takes a torn end and a damaged middle for the same: it drops what follows.
// `tables-listed`: how far the engine's list of its tables was written. The library takes a list
// that is cut behind a record for a whole one, and removes the tables that it does not name.
//
// Layout, little-endian: format:1, two numbers of 8 bytes, XXH3-64 of these:8. Written in
// place, in one sector, when what it says was synced; not synced itself, as an older mark only
// promises less. As pairs, the numbers never become less.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace statewire {

struct Acknowledged {
  static constexpr std::string_view kName = "acknowledged";

  uint64_t last_sequence = 0;
  uint64_t journal_bytes = 0;  // As keys::JournalPlace counts them; grows by every block.

  bool operator==(const Acknowledged&) const = default;
};

struct TablesListed {
  static constexpr std::string_view kName = "tables-listed";

  uint64_t list = 0;   // The number of the file: each opening begins another.
  uint64_t bytes = 0;  // Of it.

  auto operator<=>(const TablesListed&) const = default;
};

// Of either. Nothing where the store has none, as one of an earlier program, or a copy; `damaged`
// where it is not what was written.
template <typename Mark>
Result<std::optional<Mark>> read_mark(const std::string& store_path);

// `damaged` where one is not what was written: what the store lost is not seen by it.
Result<void> check_marks(const std::string& store_path);

// Of either. Not thread-safe.
template <typename Mark>
class MarkFile {
 public:
  MarkFile() = default;  // Writes nothing.
  ~MarkFile();
  MarkFile(const MarkFile&) = delete;
  MarkFile& operator=(const MarkFile&) = delete;

  // Makes the file where there is none, durably, and writes `now`.
  Result<void> open(const std::string& store_path, const Mark& now);
  // 0, or why it failed, as errno says it: the mark stays behind then, and promises less.
  int write(const Mark& now);

 private:
  int file_ = -1;
};

}  // namespace statewire
