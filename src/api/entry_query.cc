// What became of what the journal has: what was told of it, to whom, and why not to others. What
// did not match is explained by asking again, under the configuration that is in force.
#include "api/explain_rules.h"
#include "api/json_parts.h"
#include "api/queries.h"
#include "delivery/parked.h"

namespace statewire {
namespace {

bool holds(const DeliveryRow& row, uint64_t sequence) {
  return row.first_sequence <= sequence && sequence <= row.last_sequence;
}

// What became of one entry's delivery to one subscription.
class Outcome {
 public:
  Outcome(const Store& store, uint64_t sequence) : store_(store), sequence_(sequence) {}

  Result<void> write(const std::string& subscription, JsonWriter& json) const {
    const Result<std::optional<ParkedRow>> parked = parked_row(subscription);
    if (!parked) return parked.error();
    if (*parked) {
      json.text("outcome", "parked");
      json.line("detail", (*parked)->reason);
      return {};
    }
    const Result<std::optional<DeliveryRow>> waiting = waiting_row(subscription);
    if (!waiting) return waiting.error();
    if (*waiting) {
      json.text("outcome", "waits");
      json.known_line("detail", (*waiting)->last_detail);
      if ((*waiting)->due != Time()) json.time("until", (*waiting)->due);
      return {};
    }
    const auto state = store_.subscription(subscription);
    if (!state) return state.error();
    const bool is_settled = *state && (*state)->cursor >= sequence_;
    json.text("outcome", is_settled ? "settled" : "on its way");
    return {};
  }

 private:
  Result<std::optional<ParkedRow>> parked_row(const std::string& subscription) const {
    const ParkedFilter filter{.subscription = subscription, .sequence = sequence_};
    std::optional<DeliveryKey> from = DeliveryKey{subscription, 0};
    while (from) {
      Result<ParkedPage> page = list_parked(store_, filter, *from, 1);
      if (!page) return page.error();
      if (!page->rows.empty()) return std::optional(std::move(page->rows.front()));
      from = page->next;
    }
    return std::optional<ParkedRow>();
  }

  Result<std::optional<DeliveryRow>> waiting_row(const std::string& subscription) const {
    std::optional<DeliveryRow> found;
    const auto visit = [&](uint64_t, Result<DeliveryRow> row) {
      if (row && holds(*row, sequence_)) found = *std::move(row);
      return !found;
    };
    const Result<void> read = store_.each_delivery(subscription, 0, visit);
    if (!read) return read.error();
    return found;
  }

  const Store& store_;
  const uint64_t sequence_;
};

void write_members(const Entry& entry, const Notification& notification, JsonWriter& json) {
  json.key("entry");
  write_history_entry(entry, notification, json);
  if (entry.told.previous.since != Time()) {
    json.key("before");
    write_state(entry.told.previous.phase, entry.told.previous.value, json);
  }
  json.number("revision", entry.after.revision);
  json.time("received", entry.received);
  json.known_line("catalog_entry", entry.observation.entry);
  if (entry.told.too_late) json.text("why_not_told", "it came too late to be folded");
  if (!entry.told.too_late && entry.told.kind == NotificationKind::none) {
    json.text("why_not_told", "it changed nothing that is told");
  }
}

}  // namespace

Result<std::string> Queries::entry(uint64_t sequence) const {
  Arena arena;
  const Result<Entry> entry = parts_.store.entry(sequence, arena);
  if (!entry && entry.error().kind == ErrorKind::not_found) {
    return not_found("the journal has no sequence " + std::to_string(sequence) + ": it has " +
                     std::to_string(parts_.store.first_sequence()) + " to " +
                     std::to_string(parts_.store.last_sequence()));
  }
  if (!entry) return entry.error();
  const Outcome outcome(parts_.store, sequence);
  Result<void> written;
  ExplainRules rules(parts_);
  std::string answer = json_of([&](JsonWriter& json) {
    json.begin_object();
    write_members(*entry, notification_of(*entry, parts_.teller), json);
    const auto write_outcome = [&](const Subscription& subscription, JsonWriter& verdict) {
      if (written) written = outcome.write(subscription.name, verdict);
    };
    if (entry->told.kind != NotificationKind::none) {
      rules.write_subscriptions(*entry, json, write_outcome);
    }
    json.end_object();
  });
  if (!written) return written.error();
  return answer;
}

}  // namespace statewire
