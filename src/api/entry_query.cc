// What became of what the journal has: what was told of it, to whom, and why not to others. What
// did not match is explained by asking again, under the configuration that is in force.
#include "api/explain_rules.h"
#include "api/json_parts.h"
#include "api/queries.h"
#include "base/limits.h"
#include "route/deployment.h"

namespace statewire {
namespace {

// An entry, and the key of the deployment that it belongs to; empty: to none.
struct Sought {
  uint64_t sequence = 0;
  std::string deployment;
};

// A group that was told waits only for what comes late.
bool holds(const DeliveryRow& row, const Sought& sought) {
  if (row.first_sequence > sought.sequence || sought.sequence > row.last_sequence) return false;
  if (row.group.key.empty()) return true;
  const bool is_told = row.stage == Stage::group && !row.group.told.empty() && !row.group.has_news;
  return row.group.key == sought.deployment && !is_told;
}

struct Outcome {
  std::string text = {};  // Empty: it is not known yet.
  std::string detail = {};
  Time until = {};
};

// What became of one entry's delivery to one subscription: some rows at a time, as there may be a
// million of each.
class OutcomeSearch {
 public:
  OutcomeSearch(const Store& store, std::string_view subscription, Sought sought)
      : store_(store), subscription_(subscription), sought_(std::move(sought)) {}

  // True where it is known.
  Result<bool> step() {
    Result<void> read;
    if (!has_read_parked_) {
      read = read_parked();
    } else if (!has_read_waiting_) {
      read = read_waiting();
    } else {
      read = judge();
    }
    if (!read) return read.error();
    return !outcome_.text.empty();
  }
  const Outcome& outcome() const { return outcome_; }

 private:
  Result<void> read_parked() {
    size_t count = 0;
    has_read_parked_ = true;
    const auto visit = [&](const DeliveryKey& key, Result<ParkedRow> row) {
      if (key.subscription != subscription_) return false;
      if (row && holds(row->delivery, sought_)) {
        outcome_ = {.text = "parked", .detail = std::move(row->reason)};
        return false;
      }
      next_ = key.number + 1;
      has_read_parked_ = ++count < kParkedRowsAtATime;
      return has_read_parked_;
    };
    const Result<void> read = store_.each_parked({subscription_, next_}, visit);
    if (has_read_parked_) next_ = 0;
    return read;
  }

  Result<void> read_waiting() {
    size_t count = 0;
    has_read_waiting_ = true;
    const auto visit = [&](uint64_t number, Result<DeliveryRow> row) {
      if (row && holds(*row, sought_)) {
        outcome_ = {.text = "waits", .detail = std::move(row->last_detail), .until = row->due};
        if (row->stage == Stage::group) outcome_.detail = "in the group of its deployment";
        return false;
      }
      next_ = number + 1;
      has_read_waiting_ = ++count < kParkedRowsAtATime;
      return has_read_waiting_;
    };
    return store_.each_delivery(subscription_, next_, visit);
  }

  Result<void> judge() {
    const auto state = store_.subscription(subscription_);
    if (!state) return state.error();
    if (*state && sought_.sequence <= (*state)->begins_after) {
      outcome_ = {.text = "not for it",
                  .detail = "it began after sequence " + std::to_string((*state)->begins_after)};
      return {};
    }
    const bool is_settled = *state && (*state)->cursor >= sought_.sequence;
    outcome_ = {.text = is_settled ? "settled" : "on its way"};
    return {};
  }

  const Store& store_;
  const std::string subscription_;
  const Sought sought_;
  bool has_read_parked_ = false;
  bool has_read_waiting_ = false;
  uint64_t next_ = 0;  // The number of the row that is read next.
  Outcome outcome_;
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

class EntryQuestion final : public Question {
 public:
  EntryQuestion(Queries::Parts parts, uint64_t sequence)
      : parts_(std::move(parts)), sequence_(sequence) {}

  std::optional<Result<std::string>> step() override {
    Arena arena;
    const Result<Entry> entry = parts_.store.entry(sequence_, arena);
    if (!entry && entry.error().kind == ErrorKind::not_found) {
      return not_found("the journal has no sequence " + std::to_string(sequence_) + ": it has " +
                       std::to_string(parts_.store.first_sequence()) + " to " +
                       std::to_string(parts_.store.last_sequence()));
    }
    if (!entry) return entry.error();
    const bool is_told = entry->told.kind != NotificationKind::none;
    if (is_told && outcomes_.size() < parts_.subscriptions.size()) return look_further(*entry);
    return answer(*entry);
  }

 private:
  std::optional<Result<std::string>> look_further(const Entry& entry) {
    if (!search_) {
      const auto deployment = deployment_of(notification_of(entry, parts_.teller));
      search_.emplace(parts_.store, parts_.subscriptions[outcomes_.size()].name,
                      Sought{sequence_, deployment ? deployment->key() : std::string()});
    }
    const Result<bool> is_over = search_->step();
    if (!is_over) return is_over.error();
    if (*is_over) {
      outcomes_.push_back(search_->outcome());
      search_.reset();
    }
    return std::nullopt;
  }

  std::string answer(const Entry& entry) const {
    ExplainRules rules(parts_);
    return json_of([&](JsonWriter& json) {
      json.begin_object();
      write_members(entry, notification_of(entry, parts_.teller), json);
      size_t place = 0;  // Subscriptions come in their order.
      const auto write_outcome = [&](const Subscription&, JsonWriter& verdict) {
        const Outcome& outcome = outcomes_[place++];
        verdict.line("outcome", outcome.text);
        verdict.known_line("detail", outcome.detail);
        if (outcome.until != Time()) verdict.time("until", outcome.until);
      };
      if (entry.told.kind != NotificationKind::none) {
        rules.write_subscriptions(entry, json, write_outcome);
      }
      json.end_object();
    });
  }

  const Queries::Parts parts_;
  const uint64_t sequence_;
  std::optional<OutcomeSearch> search_;  // Of the subscription after those of `outcomes_`.
  std::vector<Outcome> outcomes_;
};

}  // namespace

std::unique_ptr<Question> Queries::begin_entry(uint64_t sequence) const {
  return std::make_unique<EntryQuestion>(parts_, sequence);
}

Result<std::string> Queries::entry(uint64_t sequence) const {
  return answer_of(begin_entry(sequence));
}

}  // namespace statewire
