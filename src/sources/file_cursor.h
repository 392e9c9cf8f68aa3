// What a file source stores of a file: how far it was read, and how to know it again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sources/piece_reader.h"

namespace statewire {

struct FileCursor {
  TextPosition position;
  bool is_finished = false;  // Of a gzip file: unpacked to its end.
  // The file's first bytes and their hash64: another file under the same inode has others.
  uint64_t print_bytes = 0;
  uint64_t print = 0;
  uint64_t size = 0;
  int64_t modified_ns = 0;

  bool operator==(const FileCursor&) const = default;

  // Numbers with blanks between them; the first is the version of the format.
  std::string encode() const;
  static std::optional<FileCursor> decode(std::string_view text);
};

}  // namespace statewire
