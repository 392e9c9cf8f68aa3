// What the daemon runs between its sockets: the store on a disk that forgets, ingest, and one
// subscription with a sink in memory.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "delivery/dispatcher.h"
#include "ingest/ingest.h"
#include "volatile_disk.h"
#include "workload.h"

namespace statewire {

// Fifty times as fast as the machine's, and the same in every process: what waits for seconds
// (cursors, retries) happens within the moments that a round lasts.
class FastClock final : public Clock {
 public:
  Time now() const override;
};

struct PlantOptions {
  DiskOptions disk;
  size_t memory_bytes = 16u << 20;
  uint64_t retry_one_in = 0;  // Deliveries that the sink answers with `retry`; 0: none.
};

class Plant {
 public:
  // Told of every delivery before it is answered, on the dispatcher's thread.
  using Delivered = std::function<void(uint64_t sequence, std::string_view id)>;

  // Starts two threads: one commits, one delivers.
  static Result<std::unique_ptr<Plant>> start(const PlantOptions& options, Delivered delivered);
  ~Plant();

  // Sends the chunk; `done` is called as Chunk says. Any thread.
  Result<void> submit(uint64_t seed, ChunkName name, std::function<void(Result<ChunkFates>)> done);
  // The same, and waits.
  Result<ChunkFates> submit_and_wait(uint64_t seed, ChunkName name);
  // Makes the dispatcher look at the clock again.
  void wake() { dispatcher_->wake(); }
  Store& store() const { return *store_; }

 private:
  explicit Plant(const DiskOptions& disk);
  Result<void> open(const PlantOptions& options, Delivered delivered);

  const std::shared_ptr<VolatileDisk> disk_;
  const std::unique_ptr<rocksdb::Env> env_;
  const FastClock clock_;
  std::unique_ptr<Store> store_;
  Problems problems_;
  std::unique_ptr<Formats> formats_;
  Subscription subscription_;
  SinkKind kind_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Ingest> ingest_;
  std::thread commits_;
  std::thread delivers_;
};

}  // namespace statewire
