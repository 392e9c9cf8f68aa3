#include "store/dictionary.h"

// Inlined: a call into the library costs more than hashing a short text.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "store/wire.h"

namespace statewire {
namespace {
constexpr size_t kSlotsAtFirst = 1024;
}

Dictionary::Dictionary() : slots_(kSlotsAtFirst) {}

void Dictionary::clear() {
  texts_.clear();
  arena_.clear();
  if (++generation_ == 0) {
    slots_.assign(slots_.size(), Slot{});
    generation_ = 1;
  }
}

uint32_t Dictionary::id_of(std::string_view text) {
  if (text.empty()) return 0;
  const uint64_t hash = XXH3_64bits(text.data(), text.size());
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  for (; slots_[at].generation == generation_; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.hash == hash && texts_[slot.id - 1] == text) return slot.id;
  }
  texts_.push_back(arena_.copy(text));
  const uint32_t id = static_cast<uint32_t>(texts_.size());
  slots_[at] = {generation_, id, hash};
  if (texts_.size() * 2 > slots_.size()) grow();
  return id;
}

void Dictionary::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.generation != generation_) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].generation == generation_) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

std::optional<std::string_view> TextTable::find(uint64_t id) const {
  if (id == 0) return std::string_view{};
  if (dictionary_ != nullptr) {
    if (id > dictionary_->size()) return std::nullopt;
    return dictionary_->text(static_cast<uint32_t>(id));
  }
  if (id > ends_.size() / 4) return std::nullopt;
  const char* const place = ends_.data() + (id - 1) * 4;
  const uint32_t begin = id == 1 ? 0 : from_little_endian<uint32_t>(place - 4);
  const uint32_t end = from_little_endian<uint32_t>(place);
  if (begin > end || end > texts_.size()) return std::nullopt;
  return texts_.substr(begin, end - begin);
}

}  // namespace statewire
