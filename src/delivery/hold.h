// The stage `hold`: a notification that needs a cause or tags waits for them, `at_most` so long.
// Behind one that waits, those of the same resource wait too. What is urgent (ERROR and above) and
// needs nothing ends the wait of those before it: it goes at once, and never before them.
//
// What comes later about the resource completes what waits: the cause of that transition, the state
// before it, and the newest tags. A late call may be the cause of several that wait, and of none
// that is the newest. An amendment of a transition that waits is absorbed, as nothing
// was sent yet.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "base/arena.h"
#include "delivery/book.h"
#include "delivery/stage.h"
#include "enrich/tag_lookup.h"
#include "model/entry.h"
#include "model/notification.h"
#include "route/routable.h"
#include "route/subscription.h"
#include "route/wait.h"
#include "route/when.h"

namespace statewire {

// Lets a map of texts be asked with a view.
struct ResourceHash : std::hash<std::string_view> {
  using is_transparent = void;
};

// The cause of `held` that a later entry of its resource tells, where its state is not the one that
// the resource has by then; unknown where it tells none.
Cause cause_given_to(const Entry& held, const Entry& late);
// What follows from who did it: whether the code did.
void take_verdict(const Record& from, Record& to);

// Not thread-safe. Borrows everything, also the deliveries that wait.
class HoldStage {
 public:
  // `tags` is null where nothing is looked up.
  HoldStage(const Subscription& subscription, std::span<const When> ignored, TagLookup* tags)
      : subscription_(subscription), ignored_(ignored), tags_(tags) {}

  // True where something waits or may. What waits by an earlier configuration keeps its place.
  bool is_asking() const { return subscription_.hold.is_any() || !ignored_.empty() || size_ > 0; }

  // Passes, or waits: then `row` becomes what add() takes. `routable` is the notification of
  // `entry`, which was committed at `committed`, by the clock of waits.
  Decision decide(const Entry& entry, const Routable& routable, Time committed, DeliveryRow& row);
  // REQUIRES: its number is higher than all others of its resource.
  void add(Booked& booked);
  // What is urgent was added: of its resource nothing waits any more. Those whose row is another
  // now.
  std::vector<Booked*> end_waits(std::string_view resource);
  // After a restart: does not wait for what the configuration does not ask for any more, and brings
  // back a time that a set clock has moved far away. An error where the entry is damaged.
  Result<void> restore(Booked& booked, const Teller& teller, Time now);

  struct Learned {
    bool is_absorbed = false;      // The entry amends one that waits.
    std::vector<Booked*> changed;  // Those that absorbed it, or whose row is another now.
    Booked* urgent = nullptr;      // The last that is urgent, and waits for nothing any more.
  };
  Learned learn(const Entry& entry);
  // Takes out the next one that waits no longer, in order per resource. A wait is over at `heard`,
  // the time up to which all was learned.
  Booked* claim_ready(Time heard, Time now);
  // Undoes the last claim, as the delivery could not be judged yet: it is the next one again.
  void put_back(Booked& booked);
  // When claim_ready() may have one, if nothing is learned before.
  std::optional<Time> next_due() const;

  size_t size() const { return size_; }
  size_t entry_bytes() const { return entry_bytes_; }

 private:
  using Waiting = std::deque<Booked*>;
  std::optional<Wait> wait_for(const Entry& entry, const Routable& routable);
  static bool is_ready(const Booked& booked, Time heard);
  static bool is_of(const NotificationId& told, const DeliveryRow& row);
  void look_at_lookups(Time now);
  static void end_waits_until(const Booked& last, const Waiting& waiting,
                              std::vector<Booked*>& changed);
  void learn_one(const Entry& entry, Booked& booked, Learned& learned);

  const Subscription& subscription_;
  const std::span<const When> ignored_;
  TagLookup* const tags_;

  boost::unordered_flat_map<std::string, Waiting, ResourceHash, std::equal_to<>>
      waiting_;                                 // By resource; never empty.
  std::set<std::pair<Time, std::string>> due_;  // First ones, by the end of their wait.
  std::deque<std::string> maybe_ready_;         // Resources to look at.
  uint64_t lookups_ended_ = 0;
  Time looked_;
  size_t size_ = 0;
  size_t entry_bytes_ = 0;
};

// Whether the tags of a record were told: one without any may have some that nobody has told.
inline bool knows_tags(const Record& record) {
  return !record.tags.empty() || record.has(kTagsWhole);
}

// An entry alone, as the row of what waits keeps it.
std::string pack_entry(const Entry& entry);
// Its texts are in `arena`. An error where the bytes are damaged.
Result<Entry> unpack_entry(std::string_view bytes, Arena& arena);

}  // namespace statewire
