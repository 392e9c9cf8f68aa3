#include "store/record_cache.h"

#include <utility>

namespace statewire {
namespace {

constexpr size_t kSlotsAtFirst = 1024;
// So that a record that grows a little stays where it is.
constexpr size_t kCapacityStep = 32;
constexpr size_t kAllocationOverhead = 16;

}  // namespace

RecordCache::RecordCache(size_t bytes_max)
    : bytes_max_(bytes_max), slots_(kSlotsAtFirst), bytes_(kSlotsAtFirst * sizeof(Slot)) {}

uint64_t RecordCache::epoch() const {
  Lock lock(mutex_);
  return epoch_;
}

size_t RecordCache::bytes() const {
  Lock lock(mutex_);
  return bytes_;
}

void RecordCache::find(std::span<const uint64_t> hashes, Arena& arena,
                       std::vector<std::string_view>& out) const {
  out.assign(hashes.size(), {});
  Lock lock(mutex_);
  for (size_t i = 0; i < hashes.size(); ++i) {
    const Slot& slot = slots_[place_of(hashes[i])];
    if (slot.value == nullptr) continue;
    slot.is_recent = true;
    out[i] = arena.copy({slot.value.get(), slot.size});
  }
}

void RecordCache::learn(std::span<const Item> items, uint64_t epoch) {
  Lock lock(mutex_);
  if (epoch != epoch_) return;
  for (const Item& item : items) put(item);
}

void RecordCache::update(std::span<const Item> items) {
  Lock lock(mutex_);
  ++epoch_;
  for (const Item& item : items) {
    item.value.empty() ? remove(item.hash) : put(item);
  }
}

// Where the hash is, or where it would go.
size_t RecordCache::place_of(uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at].value != nullptr && slots_[at].hash != hash) at = (at + 1) & mask;
  return at;
}

void RecordCache::put(const Item& item) {
  if (bytes_max_ == 0) return;
  Slot* slot = &slots_[place_of(item.hash)];
  // A new one has to prove itself: a scan does not drive out what is used.
  const bool is_known = slot->value != nullptr;
  if (!is_known) {
    if (++count_ * 8 > slots_.size() * 7) {
      grow();
      slot = &slots_[place_of(item.hash)];
    }
    slot->hash = item.hash;
    bytes_ += kAllocationOverhead;
  }
  if (slot->value == nullptr || slot->capacity < item.value.size()) {
    bytes_ -= slot->capacity;
    slot->capacity =
        static_cast<uint32_t>((item.value.size() + kCapacityStep) / kCapacityStep * kCapacityStep);
    slot->value.reset(new char[slot->capacity]);
    bytes_ += slot->capacity;
  }
  item.value.copy(slot->value.get(), item.value.size());
  slot->size = static_cast<uint32_t>(item.value.size()) & INT32_MAX;
  slot->is_recent = is_known;
  while (bytes_ > bytes_max_ && count_ > 0) evict_one();
}

void RecordCache::remove(uint64_t hash) {
  const size_t at = place_of(hash);
  if (slots_[at].value != nullptr) erase(at);
}

void RecordCache::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  bytes_ += (slots_.size() - old.size()) * sizeof(Slot);
  for (Slot& slot : old) {
    if (slot.value != nullptr) slots_[place_of(slot.hash)] = std::move(slot);
  }
}

// A record that was used since the hand last passed gets one more round.
void RecordCache::evict_one() {
  for (;; ++hand_) {
    Slot& slot = slots_[hand_ & (slots_.size() - 1)];
    if (slot.value == nullptr) continue;
    if (!slot.is_recent) return erase(hand_ & (slots_.size() - 1));
    slot.is_recent = false;
  }
}

// Those behind it move up, so that no probing meets a gap.
void RecordCache::erase(size_t at) {
  bytes_ -= slots_[at].capacity + kAllocationOverhead;
  --count_;
  const size_t mask = slots_.size() - 1;
  slots_[at] = Slot{};
  for (size_t next = (at + 1) & mask; slots_[next].value != nullptr; next = (next + 1) & mask) {
    const size_t home = slots_[next].hash & mask;
    if (((next - home) & mask) < ((next - at) & mask)) continue;
    slots_[at] = std::exchange(slots_[next], Slot{});
    at = next;
  }
}

}  // namespace statewire
