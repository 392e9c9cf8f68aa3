#include "model/notification.h"

#include "model/told_time.h"

namespace statewire {
namespace {

std::string_view name_in(const Record& record, const Observation& observation) {
  const std::string_view tagged = tag_of(record, "Name");
  if (!tagged.empty()) return tagged;
  return record.resource.name.empty() ? observation.resource.name : record.resource.name;
}

uint8_t severity_of(const Notification& notification, uint8_t asked) {
  if (asked != 0) return asked;
  if (notification.kind == NotificationKind::stuck) return kError;
  if (notification.kind == NotificationKind::flapping)
    return notification.is_flapping ? kWarn : kInfo;
  if (notification.kind == NotificationKind::failed) return kWarn;
  if (notification.phase == Phase::degraded || notification.drift == Drift::lost) return kError;
  if (notification.drift == Drift::out_of_band) return kWarn;
  if (notification.phase == Phase::gone && notification.cause.kind == CauseKind::human)
    return kWarn;
  return kInfo;
}

}  // namespace

bool is_about_state(const Entry& entry) {
  return tells_state(entry.told.kind) || is_of_now(entry.observation.effect);
}

namespace {

const Cause& cause_told(const Entry& entry) {
  const bool is_found = entry.observation.effect == Effect::declare;
  // What an inventory finds to be lost was ended by somebody, and what nobody declares was made so.
  const bool is_of_state =
      is_about_state(entry) ||
      (is_found && (entry.after.drift == Drift::lost || entry.after.drift == Drift::unmanaged));
  return is_of_state ? entry.after.cause : entry.observation.cause;
}

}  // namespace

bool may_learn_cause(const Entry& entry) {
  const Observation& observation = entry.observation;
  const bool is_by_itself = observation.effect == Effect::state && observation.toward == 0;
  return tells_state(entry.told.kind) && !is_by_itself &&
         entry.after.cause.kind == CauseKind::unknown;
}

void set_teller(const Teller& teller, Notification& notification) {
  notification.instance = teller.instance;
  notification.links = teller.links;
  if (teller.accounts == nullptr) return;
  notification.is_of_many = teller.accounts->size() > 1;
  const auto account = teller.accounts->find(notification.resource.account);
  if (account == teller.accounts->end()) return;
  notification.account_name = account->second.name;
  notification.account_owner = account->second.owner;
}

Notification notification_of(const Entry& entry, const Teller& teller) {
  const Observation& observation = entry.observation;
  const Record& record = entry.after;
  Notification result;
  result.id = entry.told.id;
  result.kind = entry.told.kind;
  result.source = entry.source;
  result.time = told_time(observation.effect, observation.key, entry.received);
  result.recorded = entry.recorded;
  result.sequence = entry.sequence;
  result.amends = entry.told.amends;
  result.traceparent = observation.traceparent;
  result.origin = observation.origin;
  result.resource = record.resource;
  set_teller(teller, result);
  result.name = name_in(record, observation);
  result.tags = record.tags;
  result.phase = record.phase;
  result.value = record.value;
  result.since = record.since;
  result.previous = entry.told.previous;
  result.revision = record.revision;
  // A call that made the resource set all there is of it.
  const bool made_it = observation.has(kPut) && result.kind != NotificationKind::changed;
  if (!made_it) result.changes = observation.changes;
  if (result.kind == NotificationKind::changed && observation.effect == Effect::tag) {
    result.tags_set = observation.tags;
    result.are_tags_removed = observation.has(kTagsRemoved);
  }
  result.error = observation.error;
  result.headline = observation.headline;
  result.is_late =
      entry.told.late && !observation.has(kNoTime) && observation.effect != Effect::declare;
  result.is_future = observation.has(kFutureTime);
  result.is_untimed = observation.has(kNoTime);
  result.is_assumed = observation.has(kSettle);
  if (entry.received > result.time) result.delay = entry.received - result.time;
  result.cause = cause_told(entry);
  result.owner = owner_of(record);
  result.drift = record.drift;
  if (is_alarming(record.drift)) {
    result.drift_since = record.drift_since;
    result.touch = touch_of(record.touch);
  }
  if (result.kind == NotificationKind::stuck) {
    result.expectation = unpack_expectation(observation.expected).value_or(Expectation{});
  }
  result.is_flapping = result.kind == NotificationKind::flapping && record.is_flapping;
  result.is_of_inventory = observation.effect == Effect::declare;
  if (result.kind == NotificationKind::amended && observation.effect == Effect::state) {
    result.has_late_observation = true;
    result.late_value = observation.value;
    result.late_phase = observation.phase;
    result.late_time = observation.time();
    const bool is_cause = observation.cause.evidence == record.cause.evidence;
    if (!is_cause) result.late_cause = observation.cause;
  }
  result.severity = severity_of(result, observation.severity);
  return result;
}

NotificationId retraction_id(const NotificationId& amended, std::string_view subscription) {
  return {hash128("retracted", {amended.view(), subscription})};
}

namespace {

NotificationId id_of_many(std::string_view what, std::string_view subscription,
                          const Notification& first) {
  return {hash128(what, {subscription, first.id.view(), std::to_string(first.sequence)})};
}

}  // namespace

NotificationId receipt_id(std::string_view subscription, const Notification& first) {
  return id_of_many("receipt", subscription, first);
}

NotificationId limit_id(std::string_view subscription, const Notification& first) {
  return id_of_many("limit", subscription, first);
}

NotificationId group_id(std::string_view subscription, const Notification& first) {
  return id_of_many("group", subscription, first);
}

NotificationId group_amendment_id(const NotificationId& group) {
  return {hash128("group amended", {group.view()})};
}

}  // namespace statewire
