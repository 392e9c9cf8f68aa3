// An engine for tests in which a store is opened again.
#pragma once

#include "store/engine.h"

namespace statewire {

// What is stored outlives the store that is opened over it.
class KeptEngine final : public Engine {
 public:
  explicit KeptEngine(Engine& kept) : kept_(kept) {}
  Result<void> write(const EngineBatch& batch, Sync sync) override {
    return kept_.write(batch, sync);
  }
  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    return kept_.get(family, key);
  }
  Result<void> multi_get(Family family, std::span<const std::string_view> keys,
                         const Found& found) const override {
    return kept_.multi_get(family, keys, found);
  }
  Result<void> each(Family family, std::string_view from, Direction direction,
                    const Visit& visit) const override {
    return kept_.each(family, from, direction, visit);
  }
  uint64_t bytes(Family family) const override { return kept_.bytes(family); }
  size_t memory_used() const override { return kept_.memory_used(); }

 private:
  Engine& kept_;
};

}  // namespace statewire
