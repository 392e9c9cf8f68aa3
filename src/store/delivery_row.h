// Delivery state as it is stored: what waits, what is parked, and where each subscription is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/run_times.h"

namespace statewire {

// The stages of a delivery, in the order in which it passes them. Stored as numbers: never
// renumber.
enum class Stage : uint8_t {
  match = 0,
  hold = 1,
  silence = 2,
  inhibit = 3,
  group = 4,
  rate = 5,
  send = 6,
};

// What a digest counts as one: "EC2 instance gone", 30.
struct DigestKind {
  std::string name;
  uint64_t count = 0;
  // Of what is more than news, which is called by its own name; 0 for the rest, and in rows of
  // earlier versions.
  uint8_t severity = 0;
  bool operator==(const DigestKind&) const = default;
};

// What a digest counts. It is one row, however much it counts.
struct DigestCounts {
  std::vector<DigestKind> kinds;
  Time first_time;       // When the first of them happened; a group has `times`.
  uint8_t severity = 0;  // The highest.
  bool operator==(const DigestCounts&) const = default;
};

// A resource that a group counts, once.
struct GroupResource {
  uint64_t hash = 0;     // Of its id.
  uint32_t kind = 0;     // What it is counted as: the place in the kinds of the digest.
  bool is_told = false;  // By the group's message.
  bool operator==(const GroupResource&) const = default;
};

// A resource that a group names.
struct GroupName {
  uint64_t hash = 0;  // Of its id.
  std::string type;   // "AWS::Lambda::Function"
  std::string name;   // "shop-api"
  std::string id;     // Empty where it is no more, or too long for a link.
  bool operator==(const GroupName&) const = default;
};

// What a group knows of its deployment. What it counts is in `digest`.
struct GroupCounts {
  std::string key;  // Empty: it is no group.
  std::string tool;
  std::string stack;
  std::string stack_id;  // Of CloudFormation, where its own events told it.
  std::string actor;
  std::string account;
  std::string region;
  RunTimes times;
  Time latest;       // When it is told at the latest; once told, when it is forgotten.
  std::string told;  // The id of its message, hex; empty: none yet.
  uint64_t told_members = 0;
  bool has_news = false;                 // It would say something that was not told.
  std::vector<GroupResource> resources;  // By hash.
  std::vector<std::string> failures;     // In words, the first ones.
  uint64_t failures_told = 0;            // So many of them, the first ones.
  std::vector<GroupName> names;          // Some of what it is to tell: what failed first.
  bool operator==(const GroupCounts&) const = default;
};

// A delivery that outlives the cursor of its subscription: it waits in `stage`.
struct DeliveryRow {
  std::string subscription;
  uint64_t number = 0;  // Grows from delivery to delivery of one subscription.
  Stage stage = Stage::send;
  // Its members: how many entries of the journal, and the first and the last of them.
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;
  uint64_t members = 1;
  Time recorded;         // When the first of them was committed; unset in rows of earlier versions.
  std::string id;        // Of the notification, 32 hex digits: the same over every retry.
  std::string resource;  // Its lane.
  std::string type;      // "statewire.resource.transition.v1"
  // What rendered it, as the subscription names it; empty in rows of earlier versions.
  std::string form;
  std::string content_type;
  std::string header;   // The line that a file of its form begins with; empty: none.
  std::string payload;  // Empty until it is rendered.
  uint32_t attempts = 0;
  // How long ago the first attempt was when the row was written. It is a length, so that a clock
  // that is set does not make a delivery older.
  std::optional<Duration> tried_for;
  Time due;         // In hold, group and rate: the end of the wait. In send: the next attempt.
  Duration wait{};  // From when the row was written to `due`: no clock makes it longer.
  // The sink that it was tried at, by its keys; 0: at none, or in rows of earlier versions. What
  // one sink asked for, or failed to do, says nothing of another.
  uint64_t tried_at = 0;
  std::string last_detail;
  bool is_redriven = false;  // A person sent it again after it was parked.
  // The recipients that it is for, where others have it or a parked delivery of their own.
  // Separated by commas; empty: all.
  std::string recipients;
  // The others, to whom it was sent with it. In rows of earlier versions `recipients` is empty
  // then, and it is for all but these.
  std::string settled_recipients;
  // In hold, and behind it: the entry that it tells, as a block of one, completed by what was
  // learned since. So the delivery does not need the journal any more, also to be rendered again.
  std::string entry;
  bool waits_for_cause = false;
  bool waits_for_tags = false;
  // In rate, and in the receipt that tells it. That which says that there is one counts nothing.
  DigestCounts digest;
  GroupCounts group;  // In group, and in the message that tells it.
};

// A delivery that cannot succeed without a person, or one that has nothing to send: a gap
// (sequences that retention took before the subscription had read them), or a row that is damaged.
struct ParkedRow {
  DeliveryRow delivery;
  Time parked;
  int last_status = 0;
  std::string reason;  // "rejected: http 422", "retried for 24h: http 500"
  bool is_gap = false;
};

// The members of a batch that is sent again as it was, under one name, until it is settled.
struct BatchRow {
  std::string subscription;
  std::string id;  // Of its first delivery, hex.
  Time frozen;
  uint64_t first_sequence = 0;  // Of its first and last delivery; part of its name.
  uint64_t last_sequence = 0;
  std::vector<uint64_t> numbers;  // Of its deliveries, in order; not empty.
};

struct SubscriptionState {
  // Everything at or before it is settled or has a row.
  uint64_t cursor = 0;
  uint64_t begins_after = 0;  // What the journal had before was never for it; 0: all may have been.
  uint64_t next_number = 1;   // Of the next delivery; higher than that of any row.
  uint64_t rows = 0;          // How many deliveries have a row.
  bool is_gone = false;       // 410: stopped until the next start or reload, which tries once more.
  // For the stage `rate`: how many were sent in the hour that ends at `rate_ends`.
  uint64_t rate_sent = 0;
  Time rate_ends;

  bool operator==(const SubscriptionState&) const = default;
};

struct DeliveryKey {
  std::string subscription;
  uint64_t number = 0;
};

// Changes of delivery state that belong together: one atomic write. What is removed is removed
// before anything is put.
struct Settlement {
  std::vector<std::pair<std::string, SubscriptionState>> states;  // By subscription.
  std::vector<DeliveryKey> removed;
  std::vector<DeliveryRow> put;
  std::vector<DeliveryKey> parked_removed;
  std::vector<ParkedRow> parked_put;
  std::vector<std::string> batches_removed;  // Subscriptions.
  std::vector<BatchRow> batches_put;
  bool is_synced = false;  // Whether it must outlive a loss of power.

  bool is_empty() const {
    return states.empty() && removed.empty() && put.empty() && parked_removed.empty() &&
           parked_put.empty() && batches_removed.empty() && batches_put.empty();
  }
};

}  // namespace statewire
