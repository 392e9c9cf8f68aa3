// The way back through the journal entries of one resource, newest first. What was too late is
// passed. Each entry is read once, however many observations come late, and kept until the walk
// ends. Not thread-safe.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/ids.h"
#include "track/views.h"

namespace statewire {

struct IdHash {
  using is_avalanching = void;
  size_t operator()(std::string_view text) const { return hash64(text); }
};
// By the ids of resources, in texts that stay where they are.
template <typename T>
using IdMap = boost::unordered_flat_map<std::string_view, T, IdHash>;

class Walk {
 public:
  explicit Walk(uint64_t last_sequence) : next_(last_sequence) {}

  // The `index`-th newest entry that was folded; null where there are not so many. Good until the
  // next call of at() or add().
  Result<const Entry*> at(size_t index, Views& views, Arena& arena);
  // A newer one.
  void add(const Entry& entry) { newer_.push_back(entry); }
  // The beginning was not reached: retention has taken it, or what is left is damaged.
  bool is_cut() const { return is_cut_; }

 private:
  Result<void> read_one(Views& views, Arena& arena);

  std::vector<Entry> newer_;  // Oldest first.
  std::vector<Entry> older_;  // Newest first.
  uint64_t next_;             // To be read; 0: none.
  bool is_cut_ = false;
};

// What an entry holds beside its fixed size, in bytes; the same wherever it is read.
size_t text_bytes_of(const Entry& entry);

// The walks of one commit. Their texts are bounded by kWalkBytesMax and one walk beyond, and with
// them the number of entries.
class Walks {
 public:
  explicit Walks(Views& views) : views_(views) {}

  void clear();
  // Of a resource whose newest entry is `last_sequence`; `id` must outlive it. Forgets the others
  // where they have become too large: what was returned before is no more.
  Walk& of(std::string_view id, uint64_t last_sequence);
  Result<const Entry*> at(Walk& walk, size_t index) { return walk.at(index, views_, arena_); }
  // An entry that was just made; nothing where its resource has no walk.
  void add(const Entry& entry);

 private:
  Views& views_;
  Arena arena_;  // Of what was read.
  IdMap<Walk> walks_;
};

}  // namespace statewire
