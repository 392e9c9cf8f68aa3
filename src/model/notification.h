// The standard message as a value, before any format renders it.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "model/entry.h"
#include "model/expectation.h"

namespace statewire {

// What an organisation calls an account, and who answers for it.
struct Account {
  std::string name;
  std::string owner;
};
using Accounts = std::map<std::string, Account, std::less<>>;

class Links;  // format/links.h

// OpenTelemetry's numbers of severities.
inline constexpr uint8_t kInfo = 9;
inline constexpr uint8_t kWarn = 13;
inline constexpr uint8_t kError = 17;

// What a receipt counts as one: "EC2 instance gone", 30.
struct ReceiptKind {
  std::string_view name;
  uint64_t count = 0;
  uint8_t severity = 0;  // 0: no more than news.
};

// A resource that a group names.
struct ToldResource {
  std::string_view type;
  std::string_view name;
  std::string_view id;  // Empty where it is no more.
};

// What a group tells of a deployment, beside what it counts.
struct DeploymentTold {
  std::string_view tool;
  std::string_view stack;                    // In words; empty where only the actor is known.
  std::span<const std::string_view> stacks;  // One by one.
  std::string_view stack_id;                 // Of CloudFormation, where its own events told it.
  std::string_view actor;
  std::string_view account;
  std::string_view region;
  Time began;
  Time ended;            // Of what it told last.
  uint64_t changed = 0;  // Resources; what failed is not among them.
  uint64_t failed = 0;
  std::span<const std::string> failures;    // In words, the first ones; of what is told now.
  std::span<const ToldResource> resources;  // The first ones, of what is told now.
  bool is_amendment = false;                // It tells only what came after the group was told.
  bool has_failed = false;                  // Something of it did, told now or before.
  bool is_under_way = false;                // Its stack has not said that it is over.
};

// A flat view of what one notification says. NOTIFICATION version 1 is its JSON form;
// every other format is a projection of it. Texts live as long as the entry that it was made of.
struct Notification {
  NotificationId id;
  NotificationKind kind = NotificationKind::none;
  std::string_view instance;  // "prod"
  std::string_view source;    // Name of the source: "bus".
  Time time;
  Time recorded;          // The epoch where nothing is recorded.
  uint64_t sequence = 0;  // 0 where there is no journal.
  uint8_t severity = kInfo;
  NotificationId amends;  // causationid; zero where it amends nothing.
  std::string_view traceparent;

  Origin origin;
  Identity resource;
  std::string_view name;  // The resource's Name tag, else its own name; may be empty.
  std::span<const Tag> tags;
  std::string_view account_name;
  std::string_view account_owner;

  Phase phase = Phase::unknown;
  std::string_view value;  // Empty where there is no record and none was told.
  Time since;              // Of the state; the epoch where there is no record.
  Previous previous;       // since is the epoch where there was none.
  uint64_t revision = 0;

  bool has_late_observation = false;
  std::string_view late_value;
  Phase late_phase = Phase::unknown;
  Time late_time;
  Cause late_cause;  // Of the late fact, where that is not what the state came from.

  Cause cause;
  Owner owner;
  Drift drift = Drift::unknown;
  Time drift_since;  // The epoch where nothing alarms.
  Touch touch;       // What made the resource differ from its code; empty where nothing did.
  bool is_of_inventory = false;  // Told because an inventory said so, not because of an event.
  bool is_late = false;          // flags: late
  bool is_future = false;        // flags: future
  bool is_untimed = false;       // flags: untimed
  bool is_assumed = false;       // No event told the state: enough time has passed.
  bool is_of_many = false;       // The resource's account is one of several that are watched.
  std::span<const Change> changes;
  std::span<const Tag> tags_set;  // Of `changed`, where the event set tags, or removed them.
  bool are_tags_removed = false;
  std::string_view error;  // Of `failed`.
  // Of `changed`, where a rule of the catalog says what was done; of `stuck` and `flapping`, what
  // is told.
  std::string_view headline;
  Expectation expectation;   // Of `stuck`.
  bool is_flapping = false;  // Of `flapping`: false where it is calm again.
  // Of `receipt`: what was held back, in words; of `group`: what it has. Else empty.
  std::string_view receipt;
  uint64_t receipt_count = 0;  // How many; 0: it says that a limit is reached.
  // What they are, as `receipt` says it: the most severe first, then the most frequent.
  std::span<const ReceiptKind> receipt_kinds;
  const DeploymentTold* deployment = nullptr;  // Of `group`; else null.
  Duration delay{};                            // Between happening and arrival.

  // What messages to people say besides.
  std::string_view subscription;  // That it is sent to; empty where there is none.
  std::string_view why;           // What that asks for, in words; empty: everything.
  const Links* links = nullptr;   // Of the organisation's own; null: none.
};

// What tells entries: what it names outlives every notification.
struct Teller {
  std::string_view instance;
  const Accounts* accounts = nullptr;  // Null: none is known by name.
  const Links* links = nullptr;        // Null: none.
};
Notification notification_of(const Entry& entry, const Teller& teller);
// What the teller knows of its account, and the rest of what does not come from the journal.
void set_teller(const Teller& teller, Notification& notification);
// Whether what it tells is about the resource's state, whose cause it tells then: not about a call
// alone.
bool is_about_state(const Entry& entry);
// Whether what comes later may say who did it: it tells a state of which nobody is known, and that
// comes about when somebody asks for it.
bool may_learn_cause(const Entry& entry);

// Of the notification that takes `amended` back from `subscription`.
NotificationId retraction_id(const NotificationId& amended, std::string_view subscription);
// Of the receipt for what `subscription` was not sent, of which `first` is the first; of the
// receipt that says at once that there will be that one; of the group that `first` begins, and of
// what amends it. By id and sequence of the first: a store that was restored gives sequences again,
// and what is taken back twice has one id.
NotificationId receipt_id(std::string_view subscription, const Notification& first);
NotificationId limit_id(std::string_view subscription, const Notification& first);
NotificationId group_id(std::string_view subscription, const Notification& first);
NotificationId group_amendment_id(const NotificationId& group);

}  // namespace statewire
