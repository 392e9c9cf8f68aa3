#include "delivery/dispatcher.h"

namespace statewire {
namespace {

// Whether the resource has an entry that is newer than the parked one.
Result<bool> is_moot(const Store& store, const Parked& parked) {
  Arena arena;
  std::vector<std::optional<Record>> records;
  const std::string_view id = parked.delivery.resource;
  if (Result<void> read = store.records({&id, 1}, arena, records); !read) return read.error();
  return records[0] && records[0]->last_sequence > parked.delivery.sequence;
}

Result<std::vector<Parked>> matching(const Store& store, const ParkedFilter& filter) {
  std::vector<Parked> result;
  Result<void> read = store.each_parked(filter.subscription, [&](const Parked& parked) {
    if (filter.matches(parked)) result.push_back(parked);
    return true;
  });
  if (!read) return read.error();
  return result;
}

}  // namespace

bool ParkedFilter::matches(const Parked& parked) const {
  const Pending& delivery = parked.delivery;
  if (!subscription.empty() && subscription != delivery.subscription) return false;
  if (sequence != 0 && sequence != delivery.sequence) return false;
  return resource.empty() || delivery.resource.ends_with(resource);
}

Result<Redriven> redrive_parked(Store& store, const ParkedFilter& filter, bool is_dry_run,
                                Time now) {
  Result<std::vector<Parked>> found = matching(store, filter);
  if (!found) return found.error();
  Redriven result;
  Settlement settlement;
  for (Parked& parked : *found) {
    if (parked.range_last_sequence != 0) continue;  // A gap has nothing to send.
    if (filter.skip_moot) {
      const Result<bool> moot = is_moot(store, parked);
      if (!moot) return moot.error();
      if (*moot) {
        result.moot.push_back(std::move(parked));
        continue;
      }
    }
    Pending& delivery = parked.delivery;
    settlement.parked_removed.emplace_back(delivery.subscription, delivery.sequence);
    delivery.attempts = 0;
    delivery.first_attempt = now;
    delivery.due = now;
    delivery.is_redriven = true;
    settlement.pending_put.push_back(delivery);
    result.moved.push_back(std::move(parked));
  }
  if (is_dry_run || settlement.is_empty()) return result;
  if (Result<void> settled = store.settle(settlement); !settled) return settled.error();
  return result;
}

Result<std::vector<Parked>> drop_parked(Store& store, const ParkedFilter& filter, bool is_dry_run) {
  Result<std::vector<Parked>> found = matching(store, filter);
  if (!found || is_dry_run || found->empty()) return found;
  Settlement settlement;
  for (const Parked& parked : *found) {
    settlement.parked_removed.emplace_back(parked.delivery.subscription, parked.delivery.sequence);
  }
  if (Result<void> settled = store.settle(settlement); !settled) return settled.error();
  return found;
}

}  // namespace statewire
