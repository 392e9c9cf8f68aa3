// The disk of a simulation: it keeps what a store wrote when the store is dropped, forgets at a
// loss of power what was not synced, and fails for a while where it is told to.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "rocks_folder.h"
#include "store/engine.h"

namespace statewire {

// Not thread-safe.
class Disk {
 public:
  // `elapsed` is the true time, which outlives the disk. With `rocks` it is RocksDB's; else memory.
  Disk(const Duration& elapsed, std::unique_ptr<RocksFolder> rocks);
  ~Disk();

  // An engine over it. One at a time; it may be dropped at any time.
  std::unique_ptr<Engine> open();

  // Of the writes since the last synced one, the last `lost` are forgotten. When the last that is
  // kept was written.
  Duration cut_power(size_t lost);

  // Writes of delivery state fail. (A commit that fails ends the process.)
  bool fails_writes = false;
  bool fails_reads = false;

  // Grows with each write that touches what is parked.
  uint64_t parked_writes() const { return parked_writes_; }

  Result<void> write(const EngineBatch& batch, Sync sync);
  const Engine& visible() const { return *visible_; }
  void close();

 private:
  struct Write {
    EngineBatch batch;
    Duration at;
  };
  const Duration& elapsed_;
  const std::unique_ptr<RocksFolder> rocks_;
  std::unique_ptr<Engine> visible_;
  std::unique_ptr<Engine> durable_;
  std::vector<std::unique_ptr<Write>> unsynced_;
  uint64_t parked_writes_ = 0;
  Duration durable_at_{};  // The last durable write.
};

}  // namespace statewire
