// The way back through the journal entries of one resource, newest first. Entries that were too
// late are skipped. Each entry is read once, however many observations come late, and kept until
// the walk ends. Not thread-safe.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/ids.h"
#include "base/limits.h"
#include "track/views.h"

namespace statewire {

struct IdHash {
  using is_avalanching = void;
  size_t operator()(std::string_view text) const { return hash64(text); }
};
// A map by the ids of resources; whoever adds a key keeps its text in place.
template <typename T>
using IdMap = boost::unordered_flat_map<std::string_view, T, IdHash>;

class Walk {
 public:
  explicit Walk(uint64_t last_sequence) : next_(last_sequence) {}

  // The `index`-th newest entry that was folded; null where there are not so many. Valid until the
  // next call of at() or add().
  Result<const Entry*> at(size_t index, Views& views, Arena& arena);
  // Adds an entry that is newer than all others.
  void add(const Entry& entry) { newer_.push_back(entry); }
  // The resource's first entry was not reached: retention has taken it, or an entry is damaged.
  bool is_cut() const { return is_cut_; }

 private:
  Result<void> read_one(Views& views, Arena& arena);

  std::vector<Entry> newer_;  // Oldest first.
  std::vector<Entry> older_;  // Newest first.
  uint64_t next_;             // The next to be read; 0: none.
  bool is_cut_ = false;
};

// The bytes of what an entry holds beside its fixed size; the same wherever it is read from.
size_t text_bytes_of(const Entry& entry);

// The walks of one commit. Their texts are bounded by kWalkBytesMax and one walk beyond; that
// bounds the number of entries too.
class Walks {
 public:
  explicit Walks(Views& views) : views_(views) {}

  void clear();
  // The walk of a resource whose newest entry is `last_sequence`; `id` must outlive the walk. If
  // the other walks have become too large, it forgets them: references to them are invalid then.
  Walk& of(std::string_view id, uint64_t last_sequence);
  Result<const Entry*> at(Walk& walk, size_t index) { return walk.at(index, views_, arena_); }
  // Whether one more entry may be looked at for what was set before, of all that a commit may.
  bool may_look_back() const {
    return setting_calls_ <= kSettingCallsMax && looks_back_ < kSettingLooksMax;
  }
  void note_look_back() { ++looks_back_; }
  void expect_setting_call() { ++setting_calls_; }
  // Adds an entry that was just made to the walk of its resource, if there is one.
  void add(const Entry& entry);

 private:
  void drop();

  Views& views_;
  Arena arena_;  // Holds what was read.
  IdMap<Walk> walks_;
  // Since clear().
  size_t looks_back_ = 0;
  size_t setting_calls_ = 0;
};

}  // namespace statewire
