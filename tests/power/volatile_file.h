// A file whose newest bytes are in memory only; see volatile_disk.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace statewire {

// Bytes up to `durable` are in the backing file, the rest in `tail`. Not thread-safe: the disk's
// mutex guards it.
class VolatileFile {
 public:
  // Opens or makes the backing file, which goes with the last one who holds this.
  VolatileFile(std::string path, bool is_log);
  ~VolatileFile();
  VolatileFile(const VolatileFile&) = delete;
  VolatileFile& operator=(const VolatileFile&) = delete;

  // To the backing file.
  void write_at(uint64_t offset, std::string_view bytes);
  // Makes the first `bytes` of the tail durable.
  void keep(size_t bytes);
  // Both parts; returns how much there was.
  size_t read(uint64_t offset, size_t size, char* to) const;
  uint64_t size() const { return durable_ + tail_.size(); }

  void append(std::string_view bytes) { tail_.append(bytes); }
  const std::string& backing() const { return backing_; }
  bool is_log() const { return is_log_; }
  uint64_t durable() const { return durable_; }
  std::string_view tail() const { return tail_; }

 private:
  const std::string backing_;
  const bool is_log_;  // RocksDB's write-ahead log.
  const int descriptor_;
  uint64_t durable_ = 0;
  std::string tail_;
};

}  // namespace statewire
