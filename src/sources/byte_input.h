// Bytes in order, from a descriptor or a gzip file. Not thread-safe.
#pragma once

#include <zlib.h>

#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace statewire {

class ByteInput {
 public:
  virtual ~ByteInput() = default;
  // How many bytes were put into `to`; 0 where there is none now.
  virtual Result<size_t> read(std::span<char> to) = 0;
  // No bytes will ever come after the last ones. False for a file that may still grow.
  virtual bool is_at_end() const = 0;
  // How many bytes of the file were taken so far; packed ones, of a gzip file.
  virtual uint64_t bytes_taken() const = 0;
};

// A file as it is, from `offset` on. Borrows the descriptor. Where it `may_grow` it never ends.
class PlainInput final : public ByteInput {
 public:
  PlainInput(int fd, uint64_t offset, bool may_grow)
      : fd_(fd), offset_(offset), may_grow_(may_grow) {}
  Result<size_t> read(std::span<char> to) override;
  bool is_at_end() const override { return is_at_end_ && !may_grow_; }
  uint64_t bytes_taken() const override { return offset_; }

 private:
  const int fd_;
  uint64_t offset_;
  const bool may_grow_;
  bool is_at_end_ = false;
};

// What a gzip file holds, from `offset` of the unpacked bytes on; several members are one text.
// Reads through a descriptor of its own. What is no gzip, or ends too early, is `bad_input`.
class GzipInput final : public ByteInput {
 public:
  // Unpacks and drops what stands before `offset`; `unavailable` where stop is requested first.
  static Result<std::unique_ptr<GzipInput>> open(int fd, uint64_t offset,
                                                 const std::stop_token& stop);
  Result<size_t> read(std::span<char> to) override;
  bool is_at_end() const override { return is_at_end_; }
  uint64_t bytes_taken() const override;

 private:
  struct Closer {
    void operator()(gzFile_s* file) const { gzclose_r(file); }
  };
  explicit GzipInput(gzFile_s* file) : file_(file) {}

  std::unique_ptr<gzFile_s, Closer> file_;
  bool is_at_end_ = false;
};

// Says what the last system call found wrong: "No such file or directory".
std::string reason_of(int error_number);

}  // namespace statewire
