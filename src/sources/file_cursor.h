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
  // Another file under the same inode has other first bytes, or others just before the place where
  // reading ended, or was born at another time. Each print is the hash64 of so many bytes.
  uint64_t print_bytes = 0;
  uint64_t print = 0;
  uint64_t size = 0;
  int64_t modified_ns = 0;
  int64_t born_ns = 0;  // 0 where the file system does not say.
  // Up to `position`; of a gzip file, up to `size`. 0 in cursors of format 1.
  uint64_t tail_bytes = 0;
  uint64_t tail_print = 0;

  // More of the file was seen than was read.
  bool has_rest() const { return !is_finished && position.offset < size; }

  bool operator==(const FileCursor&) const = default;

  // Numbers with blanks between them; the first is the version of the format. Reads format 1, too.
  std::string encode() const;
  static std::optional<FileCursor> decode(std::string_view text);
};

}  // namespace statewire
