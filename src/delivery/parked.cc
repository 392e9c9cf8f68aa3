#include "delivery/parked.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/limits.h"
#include "base/log.h"
#include "delivery/walk_back.h"

namespace statewire {
namespace {

DeliveryKey key_of(const ParkedRow& row) {
  return {row.delivery.subscription, row.delivery.number};
}

DeliveryKey after(const DeliveryKey& key) { return {key.subscription, key.number + 1}; }

// Whether the resource was told of after the parked one.
Result<bool> is_moot(const Store& store, const ParkedRow& parked) {
  Arena arena;
  std::vector<std::optional<Record>> records;
  const std::string_view id = parked.delivery.resource;
  if (Result<void> read = store.records({&id, 1}, arena, records); !read) return read.error();
  bool is_told = false;
  const uint64_t newest = records[0] ? records[0]->last_sequence : 0;
  const Result<void> walked = walk_back(store, newest, arena, [&](const Entry& entry) {
    if (entry.sequence <= parked.delivery.last_sequence) return false;
    is_told = entry.told.kind != NotificationKind::none;
    return !is_told;
  });
  if (!walked) return walked.error();
  return is_told;
}

// What cannot be read is listed as what it is.
ParkedRow damaged_row(const DeliveryKey& key, const Error& error) {
  ParkedRow row{.reason = error.text, .is_gap = true};
  row.delivery.subscription = key.subscription;
  row.delivery.number = key.number;
  return row;
}

struct Piece {
  std::vector<ParkedRow> rows;  // With payloads.
  DeliveryKey next;
  bool is_last = false;
};

// The next ones that match: kParkedRowsAtATime, or kParkedBytesAtATime of payloads.
Result<Piece> next_piece(const Store& store, const ParkedFilter& filter, const DeliveryKey& from) {
  Piece piece{.rows = {}, .next = from, .is_last = true};
  size_t bytes = 0;
  const Result<void> read =
      store.each_parked(from, [&](const DeliveryKey& key, Result<ParkedRow> row) {
        const bool is_other =
            !filter.subscription.empty() && key.subscription != filter.subscription;
        if (is_other) return false;
        if (piece.rows.size() >= kParkedRowsAtATime || bytes >= kParkedBytesAtATime) {
          piece.is_last = false;
          return false;
        }
        piece.next = after(key);
        if (!row) row = damaged_row(key, row.error());
        if (!filter.matches(*row)) return true;
        bytes += row->delivery.payload.size();
        piece.rows.push_back(*std::move(row));
        return true;
      });
  if (!read) return read.error();
  return piece;
}

void list(std::vector<ParkedRow>& rows, const ParkedRow& row) {
  if (rows.size() >= kParkedListedMax) return;
  ParkedRow& listed = rows.emplace_back(row);
  listed.delivery.payload.clear();
}

// The states of subscriptions whose deliveries get numbers.
class Numbers {
 public:
  explicit Numbers(const Store& store) : store_(store) {}

  // Null where the subscription has no state: nobody would ever send it.
  Result<SubscriptionState*> state_of(const std::string& subscription) {
    const auto known = states_.find(subscription);
    if (known != states_.end()) return &known->second;
    const Result<std::optional<SubscriptionState>> stored = store_.subscription(subscription);
    if (!stored) return stored.error();
    if (!*stored) return static_cast<SubscriptionState*>(nullptr);
    return &states_.emplace(subscription, **stored).first->second;
  }
  void add_to(Settlement& settlement) const {
    for (const auto& [subscription, state] : states_) {
      settlement.states.emplace_back(subscription, state);
    }
  }

 private:
  const Store& store_;
  std::map<std::string, SubscriptionState> states_;
};

// Moves one piece, in the order in which it was told. What is moot, or has nothing to send, or
// nobody to send it, stays.
Result<void> redrive_piece(Store& store, const ParkedFilter& filter, bool is_dry_run,
                           std::vector<ParkedRow> rows, ParkedChange& change) {
  Settlement settlement;
  Numbers numbers(store);
  ParkedChange piece;
  std::ranges::sort(rows, {}, [](const ParkedRow& row) {
    const DeliveryRow& delivery = row.delivery;
    return std::tie(delivery.subscription, delivery.last_sequence, delivery.number);
  });
  for (ParkedRow& row : rows) {
    if (row.is_gap) continue;
    if (filter.sent_by && !filter.sent_by->contains(row.delivery.subscription)) continue;
    if (filter.skip_moot) {
      const Result<bool> moot = is_moot(store, row);
      if (!moot) return moot.error();
      if (*moot) {
        ++piece.moot_count;
        piece.moot.push_back(std::move(row));
        continue;
      }
    }
    const Result<SubscriptionState*> state = numbers.state_of(row.delivery.subscription);
    if (!state) return state.error();
    if (*state == nullptr) continue;
    ++piece.count;
    list(piece.rows, row);
    settlement.parked_removed.push_back(key_of(row));
    DeliveryRow& delivery = row.delivery;
    delivery.number = (*state)->next_number++;
    ++(*state)->rows;
    delivery.stage = Stage::send;
    delivery.attempts = 0;
    delivery.tried_for.reset();
    delivery.due = Time{};
    delivery.is_redriven = true;
    settlement.put.push_back(std::move(delivery));
  }
  numbers.add_to(settlement);
  if (!is_dry_run && piece.count > 0) {
    if (Result<void> settled = store.settle(settlement); !settled) return settled;
    for (const auto& [subscription, state] : settlement.states) change.states[subscription] = state;
  }
  change.count += piece.count;
  change.moot_count += piece.moot_count;
  for (const ParkedRow& row : piece.rows) list(change.rows, row);
  for (const ParkedRow& row : piece.moot) list(change.moot, row);
  return {};
}

Result<void> drop_piece(Store& store, bool is_dry_run, const std::vector<ParkedRow>& rows,
                        ParkedChange& change) {
  Settlement settlement;
  for (const ParkedRow& row : rows) settlement.parked_removed.push_back(key_of(row));
  if (!is_dry_run) {
    if (Result<void> settled = store.settle(settlement); !settled) return settled;
  }
  change.count += rows.size();
  for (const ParkedRow& row : rows) list(change.rows, row);
  return {};
}

template <typename DoPiece>
Result<ParkedChange> in_pieces(const Store& store, const ParkedFilter& filter,
                               const std::function<bool()>& may_go_on, DoPiece do_piece) {
  if (!may_go_on()) return unavailable("stopping");
  ParkedChange change;
  DeliveryKey from{filter.subscription, 0};
  while (may_go_on()) {
    Result<Piece> piece = next_piece(store, filter, from);
    Result<void> done;
    if (piece) {
      from = piece->next;
      done = do_piece(std::move(piece->rows), change);
    } else {
      done = piece.error();
    }
    // What was done before is told: the books have to take over the numbers that were given.
    if (!done && change.count > 0) {
      log_error("not all parked deliveries were changed", {{"error", done.error().text}});
      break;
    }
    if (!done) return done.error();
    if (piece->is_last) break;
  }
  return change;
}

}  // namespace

// "1" is not the last part of "i-1": parts end at a slash or a colon.
bool ParkedFilter::matches(const ParkedRow& parked) const {
  const DeliveryRow& delivery = parked.delivery;
  if (!subscription.empty() && subscription != delivery.subscription) return false;
  const bool is_member = delivery.first_sequence <= sequence && sequence <= delivery.last_sequence;
  if (sequence != 0 && !is_member) return false;
  if (resource.empty() || delivery.resource == resource) return true;
  if (!delivery.resource.ends_with(resource)) return false;
  const char before = delivery.resource[delivery.resource.size() - resource.size() - 1];
  return before == '/' || before == ':';
}

Result<ParkedPage> list_parked(const Store& store, const ParkedFilter& filter,
                               const DeliveryKey& from, size_t limit) {
  ParkedPage page;
  const bool is_from_given = from.number != 0 || !from.subscription.empty();
  const DeliveryKey begin = is_from_given ? from : DeliveryKey{filter.subscription, 0};
  size_t looked_at = 0;
  const Result<void> read =
      store.each_parked(begin, [&](const DeliveryKey& key, Result<ParkedRow> row) {
        if (!filter.subscription.empty() && key.subscription != filter.subscription) return false;
        if (page.rows.size() >= limit || looked_at++ >= kParkedRowsAtATime) {
          page.next = key;
          return false;
        }
        if (!row) row = damaged_row(key, row.error());
        if (!filter.matches(*row)) return true;
        page.payload_bytes.push_back(row->delivery.payload.size());
        list(page.rows, *row);
        return true;
      });
  if (!read) return read.error();
  return page;
}

Result<ParkedChange> redrive_parked(Store& store, const ParkedFilter& filter, bool is_dry_run,
                                    const std::function<bool()>& may_go_on) {
  return in_pieces(store, filter, may_go_on, [&](std::vector<ParkedRow> rows, ParkedChange& all) {
    return redrive_piece(store, filter, is_dry_run, std::move(rows), all);
  });
}

Result<ParkedChange> drop_parked(Store& store, const ParkedFilter& filter, bool is_dry_run,
                                 const std::function<bool()>& may_go_on) {
  return in_pieces(store, filter, may_go_on, [&](std::vector<ParkedRow> rows, ParkedChange& all) {
    return drop_piece(store, is_dry_run, rows, all);
  });
}

Result<uint64_t> expire_parked(Store& store, Time before, DeliveryKey& place) {
  Settlement settlement;
  size_t seen = 0;
  bool is_more = false;
  const Result<void> read =
      store.each_parked(place, [&](const DeliveryKey& key, Result<ParkedRow> row) {
        if (seen++ >= kParkedRowsAtATime) {
          is_more = true;
          place = key;
          return false;
        }
        if (row && row->parked < before) settlement.parked_removed.push_back(key);
        return true;
      });
  if (!read) return read.error();
  if (!is_more) place = {};
  if (Result<void> settled = store.settle(settlement); !settled) return settled.error();
  return settlement.parked_removed.size();
}

}  // namespace statewire
