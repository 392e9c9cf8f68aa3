// What waits waits behind older entries of its resource, which may have waited for as long as it
// does: the stage takes those first, then the entry, then what came later until the entry waits no
// longer. Time is when entries were recorded.
#include "api/held_then.h"

#include <algorithm>
#include <functional>
#include <list>
#include <map>
#include <string_view>
#include <utility>

#include "base/arena.h"
#include "base/check.h"
#include "base/limits.h"
#include "delivery/hold.h"

namespace statewire {
namespace {

constexpr size_t kLookedAt = 20 * kTimelineEntriesAtATime;

// One subscription's.
class Replay {
 public:
  Replay(const Queries::Parts& parts, const Subscription& subscription, uint64_t sought)
      : teller_(parts.teller),
        sought_(sought),
        hold_(subscription, parts.ignore == nullptr ? std::span<const When>() : parts.ignore->after,
              nullptr),
        is_over_(!hold_.is_asking()) {}

  // True where nothing more is learned of what is sought.
  bool is_over() const { return is_over_; }
  // REQUIRES: they come in their order.
  void take(const Entry& entry) {
    if (is_over_) return;
    release(entry.recorded);
    if (is_over_) return;
    const HoldStage::Learned learned = hold_.learn(entry);
    for (const Booked* booked : learned.changed) note(*booked, entry);
    if (!learned.is_absorbed) offer(entry);
    is_over_ = entry.sequence >= sought_ && !waiting_.contains(sought_);
  }
  HeldThen result() {
    if (const auto place = waiting_.find(sought_); place != waiting_.end()) keep(place->second);
    return result_;
  }

 private:
  // What came after it waits behind it, and may end its wait.
  void offer(const Entry& entry) {
    if (entry.told.kind == NotificationKind::none) return;
    routable_.set(notification_of(entry, teller_));
    DeliveryRow row;
    const Decision decision = hold_.decide(entry, routable_, entry.recorded, row);
    if (!decision.waits()) return;
    if (entry.sequence == sought_) lacks_cause_ = row.waits_for_cause;
    hold_.add(waiting_.emplace(entry.sequence, Booked{.row = std::move(row)}).first->second);
    if (decision.is_urgent) hold_.end_waits(entry.observation.resource.id);
  }

  void note(const Booked& changed, const Entry& by) {
    const uint64_t sequence = changed.row.first_sequence;
    const bool is_amended = to_hex(by.told.amends) == changed.row.id;
    if (by.sequence == sought_ && is_amended) result_.told_with = sequence;
    if (sequence != sought_ || !lacks_cause_ || changed.row.waits_for_cause) return;
    lacks_cause_ = false;
    result_.cause_known = by.recorded;
  }

  void release(Time time) {
    while (Booked* const booked = hold_.claim_ready(time, time)) {
      const uint64_t sequence = booked->row.first_sequence;
      if (sequence == sought_) {
        keep(*booked);
        is_over_ = true;
      }
      waiting_.erase(sequence);
    }
  }

  void keep(const Booked& booked) { result_.completed = booked.row.entry; }

  const Teller teller_;
  const uint64_t sought_;
  std::map<uint64_t, Booked> waiting_;  // What `hold_` borrows, by sequence.
  HoldStage hold_;
  Routable routable_;
  bool is_over_;
  bool lacks_cause_ = false;  // What is sought waits for it.
  HeldThen result_;
};

// The sequences of a resource's entries from `sequence` back while `goes_on`, the oldest first.
Result<std::vector<uint64_t>> walk_back(const Store& store, uint64_t sequence,
                                        const std::function<bool(const Entry&)>& goes_on) {
  std::vector<uint64_t> found;
  Arena arena;
  while (sequence != 0 && found.size() < kLookedAt) {
    arena.clear();
    const Result<Entry> entry = store.entry(sequence, arena);
    if (!entry && entry.error().kind == ErrorKind::not_found) break;  // Retention has taken it.
    if (!entry) return entry.error();
    if (!goes_on(*entry)) break;
    found.push_back(sequence);
    sequence = entry->previous_sequence;
  }
  std::ranges::reverse(found);
  return found;
}

// The newest of its entries; 0: the resource is not known any more.
Result<uint64_t> newest_of(const Store& store, std::string_view resource) {
  std::vector<std::optional<Record>> records;
  Arena arena;
  const Result<void> read = store.records({&resource, 1}, arena, records);
  if (!read) return read.error();
  return records[0] ? records[0]->last_sequence : 0;
}

// Those of the resource that may have to do with `entry`, and that itself, in their order.
Result<std::vector<uint64_t>> neighbours_of(const Queries::Parts& parts, const Entry& entry) {
  Duration at_most{};
  for (const Subscription& subscription : parts.subscriptions) {
    if (subscription.hold.is_any()) at_most = std::max(at_most, subscription.hold.at_most);
  }
  Result<std::vector<uint64_t>> sequences =
      walk_back(parts.store, entry.previous_sequence,
                [&](const Entry& each) { return entry.recorded - each.recorded <= at_most; });
  if (!sequences) return sequences;
  const Result<uint64_t> newest = newest_of(parts.store, entry.after.resource.id);
  if (!newest) return newest.error();
  const Result<std::vector<uint64_t>> later = walk_back(
      parts.store, *newest, [&](const Entry& each) { return each.sequence > entry.sequence; });
  if (!later) return later;
  sequences->push_back(entry.sequence);
  sequences->insert(sequences->end(), later->begin(), later->end());
  return sequences;
}

}  // namespace

Entry completed_by(const HeldThen& then, const Entry& entry, Arena& arena) {
  if (then.completed.empty()) return entry;
  Result<Entry> completed = unpack_entry(then.completed, arena);
  CHECK(completed.ok());  // It was packed here.
  return *std::move(completed);
}

Result<std::vector<HeldThen>> held_then(const Queries::Parts& parts, const Entry& entry) {
  std::list<Replay> replays;
  for (const Subscription& subscription : parts.subscriptions) {
    replays.emplace_back(parts, subscription, entry.sequence);
  }
  std::vector<uint64_t> sequences;
  if (!std::ranges::all_of(replays, &Replay::is_over)) {
    Result<std::vector<uint64_t>> found = neighbours_of(parts, entry);
    if (!found) return found.error();
    sequences = *std::move(found);
  }
  Arena arena;
  for (const uint64_t sequence : sequences) {
    arena.clear();
    const Result<Entry> each = parts.store.entry(sequence, arena);
    if (!each && each.error().kind == ErrorKind::not_found) continue;  // Retention has taken it.
    if (!each) return each.error();
    for (Replay& replay : replays) replay.take(*each);
    if (std::ranges::all_of(replays, &Replay::is_over)) break;
  }
  std::vector<HeldThen> results;
  for (Replay& replay : replays) results.push_back(replay.result());
  return results;
}

}  // namespace statewire
