// One file, by its inode: its name may change while it is read. Not thread-safe.
#pragma once

#include <sys/stat.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
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

// Changes with whatever is done to a file, also with its name.
struct FileStamp {
  uint64_t size = 0;
  int64_t modified_ns = 0;
  int64_t changed_ns = 0;

  bool operator==(const FileStamp&) const = default;
};

struct FileSight {
  FileId id;
  FileStamp stamp;
};

// The file that `path` names now. An error: `not_found` where there is none, `bad_input` where it
// is no regular file.
Result<FileSight> identify(const std::string& path);

class WatchedFile {
 public:
  // `may_grow`: its last line waits for its line feed. A name that ends in .gz is unpacked, and
  // never grows; going to a place in it takes a while, and ends where stop is requested.
  static Result<std::unique_ptr<WatchedFile>> open(const std::string& path, bool may_grow,
                                                   std::stop_token stop = {},
                                                   PieceLimits pieces = {});

  const FileId& id() const { return id_; }
  const std::string& path() const { return path_; }
  void set_path(std::string path) { path_ = std::move(path); }

  // Whether `cursor` was stored for this file, and it was not written anew since.
  bool is_file_of(const FileCursor& cursor) const;
  // Its first bytes, of the text that a packed one holds; at most kFilePrintBytesMax.
  Result<std::string> head() const { return text_at(0, kFilePrintBytesMax); }
  // Goes on where `cursor` says. False: it was stored for another file, or for this one before it
  // was written anew; stays at the beginning.
  Result<bool> resume(const FileCursor& cursor);
  // The same with the cursor of another file, of which this one is a copy, or a packed one.
  Result<bool> resume_copy(const FileCursor& cursor);
  // Goes back to a place where it has been; to the beginning where what stood before it is not
  // what was read: the file was written anew meanwhile.
  Result<void> rewind(TextPosition position);
  // An error, too, where the file is written over meanwhile, so that the piece is of another text
  // than those before it; look() says so then.
  Result<std::optional<Piece>> next();
  bool is_written_over() const { return is_written_over_; }
  // The rest that is no whole line, once nothing more will follow.
  std::optional<Piece> rest();
  // The same, if it is a whole value, which need not wait for its line feed for ever, or too long.
  std::optional<Piece> whole_rest();
  bool has_unread() const;
  // How much of the file was read, for progress.
  uint64_t bytes_read() const;
  bool is_gzip() const { return is_gzip_; }
  // As it was at the last look().
  FileStamp stamp() const;
  // When it was written last, whether or not a look() has seen that.
  int64_t modified_ns_now() const;
  // Memory for what was read ahead.
  size_t bytes_ahead() const { return reader_->bytes_held(); }
  TextPosition position() const { return reader_->position(); }

  // The cursor to store once everything up to here is stored.
  FileCursor cursor() const;

  enum class Change { none, grown, rewritten };
  // Compares the file with what it was at the last call. A broken gzip file that grew can be read
  // on after a rewind() to its position.
  Result<Change> look();

 private:
  WatchedFile(OwnedFd fd, FileId id, std::string path, bool may_grow, std::stop_token stop,
              PieceLimits pieces);
  Result<bool> is_copy_of(const FileCursor& cursor) const;
  Result<std::string> text_at(uint64_t offset, uint64_t bytes) const;
  Result<void> read_from(TextPosition position);
  void note(const Piece& piece);
  bool is_what_was_read() const;
  uint64_t size() const { return static_cast<uint64_t>(last_.st_size); }
  std::string bytes_before(uint64_t end, uint64_t bytes) const;

  const OwnedFd fd_;
  const FileId id_;
  const bool is_gzip_;
  const bool may_grow_;
  const std::stop_token stop_;
  const PieceLimits pieces_;
  std::string path_;
  std::unique_ptr<PieceReader> reader_;
  std::chrono::steady_clock::time_point changed_at_;
  bool is_written_over_ = false;
  bool is_finished_ = false;
  // The first bytes that were read and the last ones before `tail_end_`; of a gzip file, of its
  // packed ones. Not what is there now.
  std::string head_;
  std::string tail_;
  uint64_t tail_end_ = 0;
  struct stat last_{};
  int64_t born_ns_ = 0;
};

}  // namespace statewire
