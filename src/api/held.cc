// What waits: for what is not known yet, for the end of an hour, or for its sink.
#include "api/json_parts.h"
#include "api/place.h"
#include "api/queries.h"
#include "api/waits.h"
#include "base/limits.h"
#include "delivery/group_words.h"
#include "delivery/hold.h"
#include "delivery/rate.h"
#include "format/format.h"
#include "format/json.h"

namespace statewire {
namespace {

void write_wait_of(const DeliveryRow& row, const Queries::Parts& parts, std::optional<Time> until,
                   JsonWriter& json) {
  json.begin_array("for");
  if (is_removed(parts, row.subscription)) {
    json.text("its subscription");
    until.reset();
  } else if (row.stage == Stage::hold) {
    if (row.waits_for_cause) json.text("cause");
    if (row.waits_for_tags) json.text("tags");
    if (!row.waits_for_cause && !row.waits_for_tags) json.text("one before it");
  } else if (row.stage == Stage::group) {
    json.text(row.group.told.empty() ? "the end of its deployment" : "what comes late");
  } else if (row.stage == Stage::rate) {
    json.text("the end of the hour");
  } else if (is_stopped(row, pipeline_of(parts, row.subscription))) {
    json.text("a reload or a restart: its sink is gone");
  } else {
    json.text(row.attempts > 0 ? "the next attempt" : "its turn");
  }
  json.end_array();
  if (until) json.time("until", *until);
  if (const auto parked = parked_at(row, parts, row.subscription)) json.time("parked_at", *parked);
}

// What it tells: as its row has it, else as the journal does.
void write_what(const DeliveryRow& row, const Queries::Parts& parts, JsonWriter& json) {
  const bool is_group = row.stage == Stage::group;
  std::string what = is_group ? held_group_text(row) : summary_of(row.digest);
  Time since = row.recorded;
  const bool is_receipt = row.type == type_of(NotificationKind::receipt);
  if (what.empty() && is_receipt) what = "that more is counted until the hour ends";
  if (what.empty() && row.members == 1) {
    Arena arena;
    const Result<Entry> entry = row.entry.empty() ? parts.store.entry(row.last_sequence, arena)
                                                  : unpack_entry(row.entry, arena);
    const bool is_told = entry && entry->after.resource.id == row.resource;
    if (is_told) {
      Notification notification = notification_of(*entry, parts.teller);
      if (row.type == type_of(NotificationKind::retracted)) {
        notification.kind = NotificationKind::retracted;
      }
      append_message(notification, what);
      since = entry->recorded;
    } else if (!entry && !row.entry.empty()) {
      what = entry.error().text;
    }
  }
  if (since != Time()) json.time("since", since);
  json.known_line("what", what);
}

// Why it still waits: the tags that cannot be looked up, or what its sink answered last.
std::string_view reason_of(const DeliveryRow& row, const Queries::Parts& parts,
                           const PipelineCounts* pipeline) {
  if (is_removed(parts, row.subscription)) return "it is not configured any more";
  if (row.stage == Stage::hold && row.waits_for_tags) return parts.tag_problem;
  const bool is_sent = row.stage == Stage::send && pipeline != nullptr;
  if (row.last_detail.empty() && is_sent && pipeline->trouble) return pipeline->trouble->reason;
  return row.last_detail;
}

void write_held(const DeliveryRow& row, const Queries::Parts& parts, Time now, JsonWriter& json) {
  const PipelineCounts* const pipeline = pipeline_of(parts, row.subscription);
  json.begin_object();
  json.line("subscription", row.subscription);
  json.number("number", row.number);
  json.number("sequence", row.last_sequence);
  json.number("members", row.members);
  json.known_line("resource", row.resource);
  json.known_line("type", row.type);
  write_wait_of(row, parts, waits_until(row, pipeline, now), json);
  if (row.attempts > 0) json.number("attempts", row.attempts);
  json.known_line("reason", reason_of(row, parts, pipeline));
  write_what(row, parts, json);
  json.end_object();
}

// The rows of all subscriptions from a place on.
class HeldList {
 public:
  HeldList(const Queries::Parts& parts, Time now, JsonWriter& json)
      : parts_(parts), now_(now), json_(json) {}

  // Where the next page begins, if there is one.
  Result<std::optional<DeliveryKey>> write(std::string_view subscription, const DeliveryKey& from) {
    Result<void> outcome;
    const auto visit = [&](std::string_view name, const Result<SubscriptionState>&) {
      if (name < from.subscription || (!subscription.empty() && name != subscription)) return true;
      outcome = add(std::string(name), name == from.subscription ? from.number : 0);
      return outcome.ok() && !next_;
    };
    const Result<void> read = parts_.store.each_subscription(visit);
    if (!read) return read.error();
    if (!outcome) return outcome.error();
    return next_;
  }

 private:
  Result<void> add(const std::string& name, uint64_t from) {
    return parts_.store.each_delivery(name, from, [&](uint64_t number, Result<DeliveryRow> row) {
      if (count_ == kHeldListedMax) {
        next_ = DeliveryKey{name, number};
        return false;
      }
      if (!row) return true;  // `store check` says what is damaged.
      ++count_;
      row->subscription = name;
      row->number = number;
      write_held(*row, parts_, now_, json_);
      return true;
    });
  }

  const Queries::Parts& parts_;
  const Time now_;
  JsonWriter& json_;
  size_t count_ = 0;
  std::optional<DeliveryKey> next_;
};

}  // namespace

std::string dropped_waiting_json(uint64_t count, bool is_dry_run) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.number("dropped_count", count);
    json.boolean("dry_run", is_dry_run);
    json.end_object();
  });
}

Result<std::string> Queries::held(std::string_view subscription, std::string_view after,
                                  Time now) const {
  const Result<DeliveryKey> from = read_place(after);
  if (!from) return from.error();
  Result<void> outcome;
  std::string answer = json_of([&](JsonWriter& json) {
    json.begin_object();
    json.begin_array("held");
    const Result<std::optional<DeliveryKey>> next =
        HeldList(parts_, now, json).write(subscription, *from);
    json.end_array();
    if (!next) outcome = next.error();
    if (next && *next) json.line("next", place_text(**next));
    json.end_object();
  });
  if (!outcome) return outcome.error();
  return answer;
}

}  // namespace statewire
