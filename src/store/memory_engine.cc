// Sorted maps under one mutex: for tests (ThreadSanitizer sees all of it) and for runs that keep
// nothing.
#include <map>

#include "base/mutex.h"
#include "store/engine.h"

namespace statewire {
namespace {

class MemoryEngine final : public Engine {
 public:
  Result<void> write(const EngineBatch& batch, Sync) override {
    Lock lock(mutex_);
    for (const EngineBatch::Change& change : batch.changes()) apply(change);
    return {};
  }

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    Lock lock(mutex_);
    const Map& map = maps_[static_cast<size_t>(family)];
    const auto at = map.find(key);
    if (at == map.end()) return std::optional<std::string>();
    return std::optional<std::string>(at->second);
  }

  Result<void> multi_get(Family family, std::span<const std::string_view> keys,
                         const Found& found) const override {
    Lock lock(mutex_);
    const Map& map = maps_[static_cast<size_t>(family)];
    for (size_t i = 0; i < keys.size(); ++i) {
      const auto at = map.find(keys[i]);
      if (at != map.end()) found(i, at->second);
    }
    return {};
  }

  // Step by step, so that `visit` may call the store, and may take its time.
  Result<void> each(Family family, std::string_view from, Direction direction,
                    const Visit& visit) const override {
    std::string key(from);
    std::string value;
    bool may_be_equal = true;
    while (step(family, direction, may_be_equal, key, value)) {
      if (!visit(key, value)) break;
      may_be_equal = false;
    }
    return {};
  }

  uint64_t bytes(Family family) const override {
    Lock lock(mutex_);
    return sizes_[static_cast<size_t>(family)];
  }

  size_t memory_used() const override {
    Lock lock(mutex_);
    size_t sum = 0;
    for (const uint64_t size : sizes_) sum += size;
    return sum;
  }

 private:
  using Map = std::map<std::string, std::string, std::less<>>;

  // From `key` to the next one; false where there is none.
  bool step(Family family, Direction direction, bool may_be_equal, std::string& key,
            std::string& value) const EXCLUDES(mutex_) {
    Lock lock(mutex_);
    const Map& map = maps_[static_cast<size_t>(family)];
    Map::const_iterator at;
    if (direction == Direction::forward) {
      at = may_be_equal ? map.lower_bound(key) : map.upper_bound(key);
      if (at == map.end()) return false;
    } else {
      at = may_be_equal ? map.upper_bound(key) : map.lower_bound(key);
      if (at == map.begin()) return false;
      --at;
    }
    key = at->first;
    value = at->second;
    return true;
  }

  void apply(const EngineBatch::Change& change) REQUIRES(mutex_) {
    const size_t family = static_cast<size_t>(change.family);
    Map& map = maps_[family];
    if (change.kind == EngineBatch::Kind::put) {
      auto at = map.lower_bound(change.key);
      if (at == map.end() || at->first != change.key) {
        at = map.emplace_hint(at, change.key, "");
        sizes_[family] += change.key.size();
      }
      sizes_[family] += change.value.size() - at->second.size();
      at->second.assign(change.value);
      return;
    }
    auto at = map.lower_bound(change.key);
    while (at != map.end() &&
           (change.kind == EngineBatch::Kind::remove ? at->first == change.key
                                                     : at->first < change.value)) {
      sizes_[family] -= at->first.size() + at->second.size();
      at = map.erase(at);
    }
  }

  mutable Mutex mutex_;
  std::array<Map, kFamilyNames.size()> maps_ GUARDED_BY(mutex_);
  std::array<uint64_t, kFamilyNames.size()> sizes_ GUARDED_BY(mutex_) = {};
};

}  // namespace

std::unique_ptr<Engine> make_memory_engine() { return std::make_unique<MemoryEngine>(); }

}  // namespace statewire
