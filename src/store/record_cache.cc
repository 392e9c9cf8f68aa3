#include "store/record_cache.h"

#include <utility>

namespace statewire {
namespace {

constexpr size_t kSlotsAtFirst = 1024;
// One eviction of so many is by the hand, and one record of so many is a newcomer.
constexpr size_t kByNewcomers = 8;
// The allocator's, of each value; together they are multiples of its step.
constexpr size_t kAllocationOverhead = 8;
constexpr size_t kAllocationStep = 16;

// What the allocator gives for so many bytes.
size_t capacity_for(size_t bytes) {
  return (bytes + kAllocationOverhead + kAllocationStep - 1) / kAllocationStep * kAllocationStep -
         kAllocationOverhead;
}

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
  // A new one has to prove itself by being found: what comes once does not drive out what is used,
  // also where a commit learns it and then writes it.
  const bool is_known = slot->value != nullptr;
  if (!is_known) {
    if (++count_ * 8 > slots_.size() * 7) {
      grow();
      slot = &slots_[place_of(item.hash)];
    }
    slot->hash = item.hash;
    bytes_ += kAllocationOverhead;
    newcomers_.push_back(item.hash);
    if (newcomers_.size() * kByNewcomers > slots_.size()) newcomers_.pop_front();
  }
  if (slot->value == nullptr || slot->capacity < item.value.size()) {
    bytes_ -= slot->capacity;
    slot->capacity = static_cast<uint32_t>(capacity_for(item.value.size()));
    slot->value.reset(new char[slot->capacity]);
    bytes_ += slot->capacity;
  }
  item.value.copy(slot->value.get(), item.value.size());
  slot->size = static_cast<uint32_t>(item.value.size()) & INT32_MAX;
  if (!is_known) slot->is_recent = false;
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

void RecordCache::evict_one() {
  if (++evictions_ % kByNewcomers != 0 && evict_newcomer()) return;
  // A record that was used since the hand last passed gets one more round.
  for (;; ++hand_) {
    Slot& slot = slots_[hand_ & (slots_.size() - 1)];
    if (slot.value == nullptr) continue;
    if (!slot.is_recent) return erase(hand_ & (slots_.size() - 1));
    slot.is_recent = false;
  }
}

// The oldest, where there are enough of them. False where none was.
bool RecordCache::evict_newcomer() {
  while (newcomers_.size() * kByNewcomers > count_) {
    const size_t at = place_of(newcomers_.front());
    newcomers_.pop_front();
    if (slots_[at].value == nullptr || slots_[at].is_recent) continue;
    erase(at);
    return true;
  }
  return false;
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
