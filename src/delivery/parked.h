// Parked deliveries, and what a person does with them: the same with a daemon and without. Whoever
// calls is the one writer of delivery state: the dispatcher's thread, or a command that holds the
// store.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace statewire {

// Which parked deliveries a person means.
struct ParkedFilter {
  std::string subscription;  // Empty: any.
  uint64_t sequence = 0;     // Of a member; 0: any.
  std::string resource;      // Empty: any; else its id, or the whole last part of it: "i-0a1b".
  bool skip_moot = false;    // Of redrive: leave out those whose resource was told of since.
  // Of redrive: only these subscriptions have somebody who sends; nothing: all may.
  std::optional<std::set<std::string, std::less<>>> sent_by = {};

  bool matches(const ParkedRow& parked) const;
};

// Those that match, in the order of their keys, without payloads: `limit` of them at most, among
// the next kParkedRowsAtATime. `next` is set where there may be more.
struct ParkedPage {
  std::vector<ParkedRow> rows;
  std::vector<uint64_t> payload_bytes;  // Of rows[i].
  std::optional<DeliveryKey> next;      // The page that follows begins here.
};
Result<ParkedPage> list_parked(const Store& store, const ParkedFilter& filter,
                               const DeliveryKey& from, size_t limit);

struct ParkedChange {
  uint64_t count = 0;           // How many were redriven or dropped, or would be.
  uint64_t moot_count = 0;      // Left where they are, as asked.
  std::vector<ParkedRow> rows;  // The first of them, without payloads.
  std::vector<ParkedRow> moot;
  std::map<std::string, SubscriptionState> states;  // As a redrive left them, by subscription.
};

// Changes are written in pieces of bounded size, and `may_go_on` is asked between them. Where it
// says no, the result is what was done until then. A delivery is at every moment in one place:
// parked, or waiting with a number of its own above all others of its subscription.
Result<ParkedChange> redrive_parked(
    Store& store, const ParkedFilter& filter, bool is_dry_run,
    const std::function<bool()>& may_go_on = [] { return true; });
Result<ParkedChange> drop_parked(
    Store& store, const ParkedFilter& filter, bool is_dry_run,
    const std::function<bool()>& may_go_on = [] { return true; });

// Drops those that were parked before `before`: looks at 1,000 of them from `place` on, and moves
// `place`, back to the first after the last. Returns how many it dropped.
Result<uint64_t> expire_parked(Store& store, Time before, DeliveryKey& place);

}  // namespace statewire
