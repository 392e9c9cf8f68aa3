// How far the journal was acknowledged: a small file beside the engine's.
//
// A crash may tear the end of the engine's log, and the library takes a torn end and a damaged
// middle for the same: it drops what follows. This file was written after each commit was synced,
// so a journal that ends before it has lost what somebody was promised.
//
// Layout, little-endian: format:1, last sequence:8, bytes of all blocks that ever were:8, XXH3-64
// of these:8. Written in place, in one sector; not synced, as an older mark only promises less.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace statewire {

constexpr std::string_view kAcknowledgedName = "acknowledged";

struct Acknowledged {
  uint64_t last_sequence = 0;
  uint64_t journal_bytes = 0;  // As keys::JournalPlace counts them; grows by every block.

  bool operator==(const Acknowledged&) const = default;
};

// Nothing where the store has none, as one of an earlier program; `damaged` where it is not what
// was written.
Result<std::optional<Acknowledged>> read_acknowledged(const std::string& store_path);

// Not thread-safe.
class AcknowledgedFile {
 public:
  AcknowledgedFile() = default;  // Writes nothing.
  ~AcknowledgedFile();
  AcknowledgedFile(const AcknowledgedFile&) = delete;
  AcknowledgedFile& operator=(const AcknowledgedFile&) = delete;

  // Makes the file where there is none, durably, and writes `now`.
  Result<void> open(const std::string& store_path, const Acknowledged& now);
  // 0, or why it failed, as errno says it: the mark stays behind then, and promises less.
  int write(const Acknowledged& now);

 private:
  int file_ = -1;
};

}  // namespace statewire
