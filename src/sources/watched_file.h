// One file, by its inode: its name may change while it is read. Not thread-safe.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "sources/byte_input.h"
#include "sources/file_cursor.h"
#include "sources/piece_reader.h"

namespace statewire {

struct FileId {
  uint64_t device = 0;
  uint64_t inode = 0;

  auto operator<=>(const FileId&) const = default;
  std::string to_text() const;
};

// The id of the file that `path` names now; an error if it is no regular file.
Result<FileId> identify(const std::string& path);

class WatchedFile {
 public:
  // `may_grow`: its last line waits for its line feed. A name that ends in .gz is unpacked, and
  // never grows.
  static Result<std::unique_ptr<WatchedFile>> open(const std::string& path, bool may_grow);

  const FileId& id() const { return id_; }
  const std::string& path() const { return path_; }
  void set_path(std::string path) { path_ = std::move(path); }

  // Goes on where `cursor` says; stays at the beginning where that was stored for another file, or
  // for this one before it was written anew.
  Result<void> resume(const FileCursor& cursor);
  Result<void> rewind(TextPosition position);
  Result<std::optional<Piece>> next();
  // The rest that is no whole line, once nothing more will follow.
  std::optional<Piece> rest();
  bool has_unread() const;
  // How much of the file was read, for progress.
  uint64_t bytes_read() const;
  bool is_gzip() const { return is_gzip_; }
  TextPosition position() const { return reader_->position(); }

  // The cursor to store once everything up to here is stored.
  FileCursor cursor() const;

  enum class Change { none, grown, rewritten };
  // Compares the file with what it was at the last call. A broken gzip file that grew can be read
  // on after a rewind() to its position.
  Result<Change> look();

 private:
  WatchedFile(OwnedFd fd, FileId id, std::string path, bool may_grow);
  uint64_t print_of(uint64_t bytes) const;

  const OwnedFd fd_;
  const FileId id_;
  const bool is_gzip_;
  const bool may_grow_;
  std::string path_;
  std::unique_ptr<PieceReader> reader_;
  bool is_finished_ = false;
  uint64_t print_bytes_ = 0;  // Of what was read, as FileCursor has it.
  uint64_t print_ = 0;
  struct stat last_{};
};

}  // namespace statewire
