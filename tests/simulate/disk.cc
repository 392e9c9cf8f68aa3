#include "disk.h"

#include <algorithm>

namespace statewire {
namespace {

void copy_changes(const EngineBatch& from, EngineBatch& to) {
  for (const EngineBatch::Change& change : from.changes()) {
    switch (change.kind) {
      case EngineBatch::Kind::put:
        to.put(change.family, change.key, change.value);
        break;
      case EngineBatch::Kind::remove:
        to.remove(change.family, change.key);
        break;
      case EngineBatch::Kind::remove_range:
        to.remove_range(change.family, change.key, change.value);
        break;
    }
  }
}

bool touches(const EngineBatch& batch, Family family) {
  return std::ranges::any_of(batch.changes(),
                             [&](const auto& change) { return change.family == family; });
}

std::unique_ptr<Engine> copy_of(const Engine& engine) {
  auto copy = make_memory_engine();
  EngineBatch batch;
  for (size_t family = 0; family < kFamilyNames.size(); ++family) {
    (void)engine.each(static_cast<Family>(family), {}, Direction::forward,
                      [&](std::string_view key, std::string_view value) {
                        batch.put(static_cast<Family>(family), key, value);
                        return true;
                      });
  }
  (void)copy->write(batch, Sync::yes);
  return copy;
}

// What a store holds of the disk.
class Handle final : public Engine {
 public:
  explicit Handle(Disk& disk) : disk_(disk) {}
  ~Handle() override { disk_.close(); }
  Result<void> write(const EngineBatch& batch, Sync sync) override {
    return disk_.write(batch, sync);
  }
  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    if (disk_.fails_reads) return unreadable();
    return disk_.visible().get(family, key);
  }
  Result<void> multi_get(Family family, std::span<const std::string_view> keys,
                         const Found& found) const override {
    if (disk_.fails_reads) return unreadable();
    return disk_.visible().multi_get(family, keys, found);
  }
  Result<void> each(Family family, std::string_view from, Direction direction,
                    const Visit& visit) const override {
    if (disk_.fails_reads) return unreadable();
    return disk_.visible().each(family, from, direction, visit);
  }
  uint64_t bytes(Family family) const override { return disk_.visible().bytes(family); }
  size_t memory_used() const override { return disk_.visible().memory_used(); }

 private:
  static Error unreadable() { return failed("the disk cannot be read for a while"); }

  Disk& disk_;
};

}  // namespace

Disk::Disk(const Duration& elapsed, std::unique_ptr<RocksFolder> rocks)
    : elapsed_(elapsed),
      rocks_(std::move(rocks)),
      visible_(make_memory_engine()),
      durable_(make_memory_engine()) {}

Disk::~Disk() = default;

std::unique_ptr<Engine> Disk::open() {
  if (rocks_ != nullptr) visible_ = rocks_->open();
  return std::make_unique<Handle>(*this);
}

void Disk::close() {
  if (rocks_ != nullptr) visible_ = nullptr;
}

Result<void> Disk::write(const EngineBatch& batch, Sync sync) {
  if (fails_writes && !touches(batch, Family::journal)) {
    return failed("the disk cannot be written for a while");
  }
  if (touches(batch, Family::parked)) ++parked_writes_;
  if (Result<void> written = visible_->write(batch, sync); !written) return written;
  if (rocks_ != nullptr) {
    if (sync == Sync::yes) durable_at_ = elapsed_;
    return {};
  }
  auto write = std::make_unique<Write>();
  copy_changes(batch, write->batch);
  write->at = elapsed_;
  unsynced_.push_back(std::move(write));
  if (sync == Sync::no) return {};
  for (const auto& each : unsynced_) {
    if (Result<void> written = durable_->write(each->batch, Sync::yes); !written) return written;
  }
  unsynced_.clear();
  durable_at_ = elapsed_;
  return {};
}

Duration Disk::cut_power(size_t lost) {
  ++parked_writes_;
  if (rocks_ != nullptr) {
    rocks_->cut_power();
    return durable_at_;
  }
  unsynced_.resize(unsynced_.size() - std::min(lost, unsynced_.size()));
  for (const auto& each : unsynced_) {
    (void)durable_->write(each->batch, Sync::yes);
    durable_at_ = each->at;
  }
  unsynced_.clear();
  visible_ = copy_of(*durable_);
  return durable_at_;
}

}  // namespace statewire
