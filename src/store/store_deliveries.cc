#include "store/delivery_codec.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {
namespace {

// Every value under `prefix`, decoded.
template <typename T>
Result<void> each_of(const Engine& engine, Family family, const std::string& prefix,
                     Result<T> (*decode)(std::string_view),
                     const std::function<bool(const T&)>& visit) {
  Result<void> outcome;
  const auto read = engine.each(family, prefix, Direction::forward,
                                [&](std::string_view key, std::string_view value) {
                                  if (!key.starts_with(prefix)) return false;
                                  const auto delivery = decode(value);
                                  if (!delivery) return outcome = delivery.error(), false;
                                  return visit(*delivery);
                                });
  return read ? outcome : read;
}

}  // namespace

Result<void> Store::settle(const Settlement& settlement) {
  CHECK(!options_.read_only);
  if (settlement.is_empty()) return {};
  EngineBatch& batch = state_->settle_batch;
  ByteWriter& value = state_->settle_value;
  batch.clear();
  const auto put = [&](Family family, const std::string& key) {
    batch.put(family, key, value.view());
    value.clear();
  };
  value.clear();
  for (const Settlement::Cursor& cursor : settlement.cursors) {
    encode_state(cursor.state, value);
    put(Family::cursors, keys::subscription_cursor(cursor.subscription));
  }
  for (const auto& [subscription, sequence] : settlement.pending_removed) {
    batch.remove(Family::pending, keys::delivery(subscription, sequence));
  }
  for (const auto& [subscription, sequence] : settlement.parked_removed) {
    batch.remove(Family::parked, keys::delivery(subscription, sequence));
  }
  for (const auto& [subscription, first] : settlement.groups_removed) {
    batch.remove(Family::groups, keys::delivery(subscription, first));
  }
  for (const Pending& pending : settlement.pending_put) {
    encode_pending(pending, value);
    put(Family::pending, keys::delivery(pending.subscription, pending.sequence));
  }
  for (const Parked& parked : settlement.parked_put) {
    encode_parked(parked, value);
    put(Family::parked, keys::delivery(parked.delivery.subscription, parked.delivery.sequence));
  }
  for (const Group& group : settlement.groups_put) {
    CHECK(!group.members.empty());
    encode_group(group, value);
    put(Family::groups, keys::delivery(group.subscription, group.members.front()));
  }
  return engine_->write(batch, settlement.groups_put.empty() ? Sync::no : Sync::yes);
}

Result<std::optional<SubscriptionState>> Store::subscription(std::string_view name) const {
  const auto value = engine_->get(Family::cursors, keys::subscription_cursor(name));
  if (!value) return value.error();
  if (!value.value()) return std::optional<SubscriptionState>();
  const auto state = decode_state(*value.value());
  if (!state) return state.error();
  return std::optional<SubscriptionState>(*state);
}

Result<void> Store::each_pending(std::string_view subscription,
                                 const std::function<bool(const Pending&)>& visit) const {
  return each_of<Pending>(*engine_, Family::pending, keys::delivery_prefix(subscription),
                          decode_pending, visit);
}

Result<void> Store::each_parked(std::string_view subscription,
                                const std::function<bool(const Parked&)>& visit) const {
  const std::string prefix = subscription.empty() ? "" : keys::delivery_prefix(subscription);
  return each_of<Parked>(*engine_, Family::parked, prefix, decode_parked, visit);
}

Result<void> Store::each_group(std::string_view subscription,
                               const std::function<bool(const Group&)>& visit) const {
  return each_of<Group>(*engine_, Family::groups, keys::delivery_prefix(subscription), decode_group,
                        visit);
}

}  // namespace statewire
