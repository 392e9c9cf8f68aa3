#include "base/log.h"
#include "store/delivery_codec.h"
#include "store/keys.h"
#include "store/rows.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {
namespace {

// No delivery has a number as high.
constexpr uint64_t kNumberOfTheEnd = UINT64_MAX - 1;

// Every value from `key` on that is under `prefix`, decoded or with what is wrong with it. A
// stretch that cannot be read is one value, with the number of its last.
template <typename Row>
Result<void> each_of(
    const Engine& engine, Family family, const std::string& prefix, const std::string& key,
    Result<Row> (*decode)(std::string_view),
    const std::function<bool(std::string_view subscription, uint64_t number, Result<Row>)>& visit) {
  const auto visit_row = [&](std::string_view at, std::string_view value) {
    if (!at.starts_with(prefix)) return false;
    const auto parts = keys::parse_delivery(at);
    if (!parts) return true;  // Not a key that a store of ours has.
    Result<Row> row = decode(value);
    if (!row && row.error().kind == ErrorKind::damaged) {
      row = damaged(name_of_row(family, at) + row.error().text);
    }
    return visit(parts->subscription, parts->number, std::move(row));
  };
  const auto visit_fault = [&](std::string_view last, std::string_view next, const Error& error) {
    const auto before = keys::parse_delivery(last);
    const auto behind = keys::parse_delivery(next);
    const bool is_between = behind && (!before || before->subscription == behind->subscription);
    const auto& known = before ? before : behind;
    const uint64_t end = is_between ? behind->number - 1 : kNumberOfTheEnd;
    const std::string which = "after " + name_of_row(family, last) +
                              (is_between ? "rows up to number " + std::to_string(end) : "rows");
    return visit(known ? known->subscription : "", end,
                 damaged(which + " cannot be read: " + error.text));
  };
  return each_readable_row(engine, family, key, visit_row, visit_fault);
}

}  // namespace

Result<void> Store::settle(const Settlement& settlement) {
  CHECK(!options_.read_only);
  if (settlement.is_empty()) return {};
  if (settlement.is_synced) {
    if (auto room = ask_for_room(); !room) return room;
  }
  EngineBatch& batch = state_->settle_batch;
  ByteWriter& value = state_->settle_value;
  batch.clear();
  const auto put = [&](Family family, const std::string& key) {
    batch.put(family, key, value.view());
    value.clear();
  };
  value.clear();
  for (const auto& [subscription, state] : settlement.states) {
    encode_state(state, value);
    put(Family::cursors, keys::subscription_cursor(subscription));
  }
  for (const DeliveryKey& key : settlement.removed) {
    batch.remove(Family::deliveries, keys::delivery(key.subscription, key.number));
  }
  for (const DeliveryKey& key : settlement.parked_removed) {
    batch.remove(Family::parked, keys::delivery(key.subscription, key.number));
  }
  for (const std::string& subscription : settlement.batches_removed) {
    batch.remove(Family::batches, keys::delivery_prefix(subscription));
  }
  for (const DeliveryRow& row : settlement.put) {
    encode_delivery(row, value);
    put(Family::deliveries, keys::delivery(row.subscription, row.number));
  }
  for (const ParkedRow& row : settlement.parked_put) {
    encode_parked(row, value);
    put(Family::parked, keys::delivery(row.delivery.subscription, row.delivery.number));
  }
  for (const BatchRow& row : settlement.batches_put) {
    encode_batch(row, value);
    put(Family::batches, keys::delivery_prefix(row.subscription));
  }
  auto written = engine_->write(batch, settlement.is_synced ? Sync::yes : Sync::no);
  if (written) state_->parked.change(settlement);
  return written;
}

Result<std::optional<SubscriptionState>> Store::subscription(std::string_view name) const {
  const auto value = engine_->get(Family::cursors, keys::subscription_cursor(name));
  if (!value) return value.error();
  if (!value.value()) return std::optional<SubscriptionState>();
  const auto state = decode_state(*value.value());
  if (!state) return state.error();
  return std::optional<SubscriptionState>(*state);
}

Result<void> Store::each_subscription(
    const std::function<bool(std::string_view, Result<SubscriptionState>)>& visit) const {
  const std::string prefix = keys::subscription_prefix();
  return engine_->each(Family::cursors, prefix, Direction::forward,
                       [&](std::string_view key, std::string_view value) {
                         if (!key.starts_with(prefix)) return false;
                         return visit(keys::subscription_of(key), decode_state(value));
                       });
}

Result<void> Store::each_delivery(std::string_view subscription, uint64_t from,
                                  const VisitDelivery& visit) const {
  return each_of<DeliveryRow>(*engine_, Family::deliveries, keys::delivery_prefix(subscription),
                              keys::delivery(subscription, from), decode_delivery,
                              [&](std::string_view name, uint64_t number, Result<DeliveryRow> row) {
                                if (row) row->subscription = name, row->number = number;
                                return visit(number, std::move(row));
                              });
}

Result<void> Store::each_parked(const DeliveryKey& from, const VisitParked& visit) const {
  const bool is_any = from.subscription.empty();
  const std::string key = is_any ? "" : keys::delivery(from.subscription, from.number);
  return each_of<ParkedRow>(*engine_, Family::parked, "", key, decode_parked,
                            [&](std::string_view name, uint64_t number, Result<ParkedRow> row) {
                              if (row)
                                row->delivery.subscription = name, row->delivery.number = number;
                              return visit({std::string(name), number}, std::move(row));
                            });
}

Result<std::optional<BatchRow>> Store::frozen_batch(std::string_view subscription) const {
  const auto value = engine_->get(Family::batches, keys::delivery_prefix(subscription));
  if (!value) return value.error();
  if (!value.value()) return std::optional<BatchRow>();
  Result<BatchRow> row = decode_batch(*value.value());
  if (!row) return row.error();
  row->subscription = subscription;
  return std::optional<BatchRow>(*std::move(row));
}

}  // namespace statewire
