// What waits: for what is not known yet, for the end of an hour, or for its sink.
#include "api/json_parts.h"
#include "api/place.h"
#include "api/queries.h"
#include "base/limits.h"
#include "delivery/group.h"
#include "delivery/hold.h"
#include "delivery/rate.h"
#include "format/format.h"

namespace statewire {
namespace {

void write_wait_of(const DeliveryRow& row, JsonWriter& json) {
  json.begin_array("for");
  if (row.stage == Stage::hold) {
    if (row.waits_for_cause) json.text("cause");
    if (row.waits_for_tags) json.text("tags");
    if (!row.waits_for_cause && !row.waits_for_tags) json.text("one before it");
  } else if (row.stage == Stage::group) {
    json.text(row.group.told.empty() ? "the end of its deployment" : "what comes late");
  } else if (row.stage == Stage::rate) {
    json.text("the end of the hour");
  } else {
    json.text(row.attempts > 0 ? "the next attempt" : "its turn");
  }
  json.end_array();
  if (row.due != Time()) json.time("until", row.due);
}

// What it tells, where its row says.
void write_what(const DeliveryRow& row, const Teller& teller, JsonWriter& json) {
  std::string what;
  if (row.stage == Stage::rate) what = summary_of(row.digest);
  if (row.stage == Stage::group) what = held_group_text(row);
  if (!row.entry.empty()) {
    Arena arena;
    const Result<Entry> entry = unpack_entry(row.entry, arena);
    if (!entry) return json.line("what", entry.error().text);
    append_message(notification_of(*entry, teller), what);
    json.time("since", entry->recorded);
  }
  json.known_line("what", what);
}

void write_held(const DeliveryRow& row, const Queries::Parts& parts, JsonWriter& json) {
  json.begin_object();
  json.line("subscription", row.subscription);
  json.number("number", row.number);
  json.number("sequence", row.last_sequence);
  json.number("members", row.members);
  json.known_line("resource", row.resource);
  json.known_line("type", row.type);
  write_wait_of(row, json);
  if (row.attempts > 0) json.number("attempts", row.attempts);
  const bool waits_for_tags = row.stage == Stage::hold && row.waits_for_tags;
  json.known_line("reason", waits_for_tags ? parts.tag_problem : row.last_detail);
  write_what(row, parts.teller, json);
  json.end_object();
}

// The rows of all subscriptions from a place on.
class HeldList {
 public:
  HeldList(const Queries::Parts& parts, JsonWriter& json) : parts_(parts), json_(json) {}

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
      write_held(*row, parts_, json_);
      return true;
    });
  }

  const Queries::Parts& parts_;
  JsonWriter& json_;
  size_t count_ = 0;
  std::optional<DeliveryKey> next_;
};

}  // namespace

Result<std::string> Queries::held(std::string_view subscription, std::string_view after) const {
  const Result<DeliveryKey> from = read_place(after);
  if (!from) return from.error();
  Result<void> outcome;
  std::string answer = json_of([&](JsonWriter& json) {
    json.begin_object();
    json.begin_array("held");
    const Result<std::optional<DeliveryKey>> next =
        HeldList(parts_, json).write(subscription, *from);
    json.end_array();
    if (!next) outcome = next.error();
    if (next && *next) json.line("next", place_text(**next));
    json.end_object();
  });
  if (!outcome) return outcome.error();
  return answer;
}

}  // namespace statewire
