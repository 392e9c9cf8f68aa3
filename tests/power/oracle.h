// What must hold after any number of losses of power: checked against what the victims said while
// they had power.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "plant.h"

namespace statewire {

class Oracle {
 public:
  explicit Oracle(uint64_t seed) : seed_(seed) {}

  // One line of a victim's; see victim.cc.
  void hear(uint32_t round, const std::string& line);
  // Runs the plant on what the victim of `round` left, and compares. The disk tells no lies.
  void check(uint32_t round, const DiskOptions& disk);

  // All that was wrong so far, for people. Those of lost events begin with kLost.
  const std::vector<std::string>& violations() const { return violations_; }
  uint64_t acknowledged() const { return acknowledged_.size(); }
  uint64_t first_sequence() const { return first_sequence_; }
  static constexpr std::string_view kLost = "lost: ";

 private:
  void check_journal(const Store& store);
  void check_blocks(const Store& store);
  void check_ledger(const Store& store);
  void check_views(const Store& store);
  void check_repeats(Plant& plant, uint32_t round);
  void check_deliveries(Plant& plant);
  void heard_delivery(uint64_t sequence, std::string_view id) EXCLUDES(mutex_);
  void complain(std::string violation);

  struct Told {
    std::string origin;  // The provider's id of the event.
    std::string id;      // Of the notification; empty where nothing is told.
    bool operator==(const Told&) const = default;
  };

  const uint64_t seed_;
  std::vector<std::string> violations_;
  std::set<ChunkName> submitted_;
  std::set<ChunkName> acknowledged_;
  uint64_t last_sequence_ = 0;     // Acknowledged; the journal never ends before it.
  uint64_t first_sequence_ = 1;    // Trimmed up to it; the journal never begins before it again.
  uint64_t events_submitted_ = 0;  // Repeats count, as in the ledger.
  uint64_t events_acknowledged_ = 0;
  std::vector<Told>
      journal_;  // By sequence, from 1 on; what is trimmed as the last check found it.

  Mutex mutex_;
  std::condition_variable_any heard_;
  std::map<uint64_t, std::set<std::string>> delivered_ GUARDED_BY(mutex_);  // Ids by sequence.
};

}  // namespace statewire
