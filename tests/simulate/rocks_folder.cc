#include "rocks_folder.h"

#ifdef STATEWIRE_ROCKSDB

#include <stdlib.h>

#include <filesystem>

#include "base/check.h"
#include "store/store.h"
#include "volatile_disk.h"

namespace statewire {
namespace {

class VolatileFolder final : public RocksFolder {
 public:
  explicit VolatileFolder(uint64_t seed) : seed_(seed) {
    std::string name = (std::filesystem::temp_directory_path() / "simulate-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    cut_power();
  }
  ~VolatileFolder() override {
    env_ = nullptr;
    disk_ = nullptr;
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::unique_ptr<Engine> open() override {
    auto engine = open_rocksdb_engine({.path = folder_ + "/store",
                                       .free_bytes_min = 0,
                                       .memory_bytes = 16u << 20,
                                       .env = env_.get()});
    CHECK(engine.ok());
    return *std::move(engine);
  }

  void cut_power() override {
    disk_ = std::make_shared<VolatileDisk>(
        DiskOptions{.root = folder_ + "/store", .backing = folder_ + "/backing", .seed = ++seed_});
    env_ = rocksdb::NewCompositeEnv(disk_);
  }

 private:
  uint64_t seed_;
  std::string folder_;
  std::shared_ptr<VolatileDisk> disk_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace

std::unique_ptr<RocksFolder> RocksFolder::make(uint64_t seed) {
  return std::make_unique<VolatileFolder>(seed);
}

}  // namespace statewire

#else

namespace statewire {

std::unique_ptr<RocksFolder> RocksFolder::make(uint64_t) { return nullptr; }

}  // namespace statewire

#endif
