// A folder where RocksDB stands on a disk that forgets (tests/power), for as long as one
// simulation.
#pragma once

#include <memory>
#include <string>

#include "store/engine.h"

namespace statewire {

// Not thread-safe.
class RocksFolder {
 public:
  // Null where there is no RocksDB.
  static std::unique_ptr<RocksFolder> make(uint64_t seed);
  virtual ~RocksFolder() = default;
  virtual std::unique_ptr<Engine> open() = 0;
  // What was not synced is gone. REQUIRES: the engine is closed.
  virtual void cut_power() = 0;
};

}  // namespace statewire
