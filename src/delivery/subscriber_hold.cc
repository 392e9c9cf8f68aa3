// What waits until it is known who, why and whose; what is ignored by its tags; what is taken back.
//
// A notification that is held stands in the store as a pending delivery without a payload, so that
// the cursor passes it. When it is let go its entry is read again, completed by the entries that
// told its cause and its tags since, and offered as if it came now.
#include "base/log.h"
#include "delivery/subscriber.h"
#include "route/wait.h"

namespace statewire {
namespace {

// How far back what was told before an amendment is looked for.
constexpr size_t kEntriesBackMax = 256;

void complete(Entry& entry, const Entry* cause, const Entry* tags) {
  if (cause != nullptr) entry.after.cause = cause->after.cause;
  if (tags != nullptr) entry.after.tags = tags->after.tags;
}

}  // namespace

bool Subscriber::is_ignored() const { return ignored_by(ignored_, routable_).has_value(); }

// What cannot match later either waits for nothing. Behind one that waits, all wait.
bool Subscriber::must_hold(const Entry& entry, const Notification& notification,
                           HeldNotification& held) {
  routable_.set(notification);
  const std::optional<Wait> wait =
      wait_of(subscription_, ignored_, routable_, notification.cause.kind != CauseKind::unknown,
              knows_tags(entry.after));
  if (!wait) return false;
  const Identity& resource = entry.observation.resource;
  held.waits_for_cause = wait->for_cause;
  held.waits_for_tags = wait->for_tags && !(tags_ != nullptr && tags_->is_over(resource.id));
  if (held.waits_for_tags && tags_ != nullptr) tags_->want(resource, entry.observation.time());
  if (!held.waits_for_cause && !held.waits_for_tags && !hold_.has(resource.id)) return false;
  held.sequence = entry.sequence;
  held.resource = resource.id;
  held.id = entry.told.id;
  held.until = entry.recorded + wait->at_most;
  return true;
}

void Subscriber::hold(HeldNotification held) {
  store_held(held);
  hold_.add(std::move(held));
}

void Subscriber::store_held(const HeldNotification& held) {
  forget_put(held.sequence);
  changes_.pending_put.push_back({.subscription = subscription_.name,
                                  .sequence = held.sequence,
                                  .id = to_hex(held.id),
                                  .resource = held.resource,
                                  .due = held.until,
                                  .is_held = true,
                                  .cause_sequence = held.cause_sequence,
                                  .tags_sequence = held.tags_sequence});
}

// After a restart: what it waits for is seen from its own entry, and from what it has learned.
void Subscriber::restore_held(const Pending& pending) {
  HeldNotification held{.sequence = pending.sequence,
                        .resource = pending.resource,
                        .until = pending.due,
                        .cause_sequence = pending.cause_sequence,
                        .tags_sequence = pending.tags_sequence};
  if (const auto id = parse_hex128(pending.id)) held.id.bytes = *id;
  Arena arena;
  if (const Result<Entry> entry = store_.entry(pending.sequence, arena)) {
    HeldNotification wanted;
    must_hold(*entry, notification_of(*entry, teller_), wanted);
    held.waits_for_cause = wanted.waits_for_cause && held.cause_sequence == 0;
    held.waits_for_tags = wanted.waits_for_tags && held.tags_sequence == 0;
  }
  hold_.add(std::move(held));
}

// True where one was let go.
bool Subscriber::release_due(Time now) {
  if (!has_outbox_room(now)) return false;
  if (!digest_.is_empty() && now >= digest_.ends()) {
    send_digest(now);
    return true;
  }
  if (hold_.size() == 0) return false;
  if (tags_ != nullptr && tags_->ended() != lookups_ended_) {
    lookups_ended_ = tags_->ended();
    std::vector<std::string> over;
    for (const auto& [sequence, held] : hold_.items()) {
      if (held.waits_for_tags && tags_->is_over(held.resource)) over.push_back(held.resource);
    }
    for (const std::string& resource : over) {
      hold_.give_up_tags(resource);
      release(resource, now);
    }
    if (!over.empty()) return true;
  }
  const std::optional<std::string> resource = hold_.due_resource(now);
  if (!resource) return false;
  release(*resource, now);
  return true;
}

void Subscriber::release(std::string_view resource, Time now) {
  const std::string id(resource);
  while (const std::optional<HeldNotification> held = hold_.take_ready(id, now)) {
    const Result<void> released = release_one(*held, now);
    if (released) continue;
    forget_stored(held->sequence);
    Pending delivery{.subscription = subscription_.name,
                     .sequence = held->sequence,
                     .id = to_hex(held->id),
                     .resource = held->resource,
                     .first_attempt = now};
    park_unrendered(std::move(delivery), released.error().text, now);
  }
}

Result<void> Subscriber::release_one(const HeldNotification& held, Time now) {
  Arena arena;
  Result<Entry> entry = store_.entry(held.sequence, arena);
  if (!entry) return entry.error();
  std::optional<Entry> cause;
  std::optional<Entry> tags;
  for (const auto& [sequence, later] :
       {std::pair(held.cause_sequence, &cause), std::pair(held.tags_sequence, &tags)}) {
    if (sequence == 0) continue;
    Result<Entry> found = store_.entry(sequence, arena);
    if (!found) return found.error();
    *later = *found;
  }
  complete(*entry, cause ? &*cause : nullptr, tags ? &*tags : nullptr);
  const Notification notification = notification_of(*entry, teller_);
  routable_.set(notification);
  if (is_ignored() || !routable_.meets(subscription_.when)) {
    ++counts_.not_matching;
    forget_stored(held.sequence);
    return {};
  }
  add_delivery(notification, true, now);
  return {};
}

// It waits in the store, so that the cursor passes it.
void Subscriber::put_in_digest(const Notification& notification) {
  digest_.add(notification);
  forget_put(notification.sequence);
  changes_.pending_put.push_back({.subscription = subscription_.name,
                                  .sequence = notification.sequence,
                                  .id = to_hex(notification.id),
                                  .resource = std::string(notification.resource.id),
                                  .due = digest_.ends(),
                                  .is_in_digest = true});
}

// One that retention has taken is not counted any more.
void Subscriber::restore_in_digest(const Pending& pending) {
  Arena arena;
  const Result<Entry> entry = store_.entry(pending.sequence, arena);
  if (!entry) return forget_stored(pending.sequence);
  digest_.restore(notification_of(*entry, teller_), pending.due);
}

// One message for all that the hour held back; it takes the place of the last of them.
void Subscriber::send_digest(Time now) {
  const std::vector<uint64_t>& members = digest_.sequences();
  const std::string summary = digest_.summary();
  const std::string key = "urn:statewire:subscription:" + subscription_.name;
  Notification receipt;
  receipt.id = receipt_id(subscription_.name, members.front());
  receipt.kind = NotificationKind::receipt;
  receipt.instance = teller_.instance;
  receipt.source = "subscriptions";
  receipt.time = digest_.first_time();
  receipt.recorded = now;
  receipt.sequence = members.back();
  receipt.severity = digest_.severity();
  receipt.resource.id = key;
  receipt.receipt = summary;
  receipt.receipt_count = members.size();
  for (const uint64_t sequence : members) forget_stored(sequence);
  add_delivery(receipt, true, now);
  digest_.clear();
}

// What was told last of the transition that `amendment` amends; nothing where it is not found.
Result<std::optional<Entry>> Subscriber::told_before(const Entry& amendment, Arena& arena) const {
  uint64_t sequence = amendment.previous_sequence;
  for (size_t back = 0; sequence != 0 && back < kEntriesBackMax; ++back) {
    Result<Entry> entry = store_.entry(sequence, arena);
    if (!entry && entry.error().kind == ErrorKind::not_found) break;
    if (!entry) return entry.error();
    sequence = entry->previous_sequence;
    if (entry->told.kind == NotificationKind::none) continue;
    if (entry->told.id == amendment.told.amends || entry->told.amends == amendment.told.amends) {
      return std::optional<Entry>(*entry);
    }
  }
  return std::optional<Entry>();
}

// The subscription was told of something that, as is known now, it did not want to hear.
void Subscriber::retract(const Entry& entry, Time now) {
  if (subscription_.when_json.empty()) return;
  Arena arena;
  const Result<std::optional<Entry>> before = told_before(entry, arena);
  if (!before || !*before) return;
  // Told as what it was, or completed while it was held.
  Notification told = notification_of(**before, teller_);
  routable_.set(told);
  bool was_met = !is_ignored() && routable_.meets(subscription_.when);
  if (!was_met && told.kind == NotificationKind::amended && subscription_.hold.is_any()) {
    told.kind = NotificationKind::transition;
    routable_.set(told);
    was_met = !is_ignored() && routable_.meets(subscription_.when);
  }
  if (!was_met) return;
  Notification retraction = notification_of(entry, teller_);
  retraction.kind = NotificationKind::retracted;
  retraction.id = retraction_id(retraction.amends, subscription_.name);
  --counts_.not_matching;
  add_delivery(retraction, false, now);
}

}  // namespace statewire
