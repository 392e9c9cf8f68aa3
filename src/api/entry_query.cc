// What became of what the journal has: what was told of it, to whom, and why not to others. What
// did not match is explained by asking again, under the configuration that is in force.
#include <algorithm>
#include <functional>
#include <set>

#include "api/explain_rules.h"
#include "api/held_then.h"
#include "api/json_parts.h"
#include "api/queries.h"
#include "api/waits.h"
#include "base/comma_list.h"
#include "base/ids.h"
#include "base/limits.h"
#include "route/deployment.h"

namespace statewire {
namespace {

// An entry, its resource, and the key of the deployment that it belongs to; empty: to none that the
// journal knows of.
struct Sought {
  uint64_t sequence = 0;
  uint64_t resource_hash = 0;
  std::string deployment;
};

// A group goes by what was learned of a cause while it was held, and so by its resources first. One
// that was told waits only for what comes late.
bool holds(const DeliveryRow& row, const Sought& sought) {
  if (row.first_sequence > sought.sequence || sought.sequence > row.last_sequence) return false;
  if (row.group.key.empty()) return true;
  const auto& resources = row.group.resources;
  const auto counted =
      std::ranges::lower_bound(resources, sought.resource_hash, {}, &GroupResource::hash);
  if (counted != resources.end() && counted->hash == sought.resource_hash) {
    return !counted->is_told;
  }
  const bool is_told = row.stage == Stage::group && !row.group.told.empty() && !row.group.has_news;
  return row.group.key == sought.deployment && !is_told;
}

// What became of an entry's delivery, or of its part for some of the recipients.
struct Outcome {
  std::string text = {};  // Empty: it is not known yet.
  std::string detail = {};
  std::optional<Time> until = {};
  std::optional<Time> parked_at = {};  // If it goes on to fail.
  std::string recipients = {};         // Empty: all.
  std::string others = {};             // To whom it was sent with it.
};

// Adds to `names` what is between the commas of `list`.
void add_names(std::string_view list, std::set<std::string, std::less<>>& names) {
  while (!list.empty()) {
    if (const std::string_view item = take_item(list); !item.empty()) names.emplace(item);
  }
}

// What became of one entry's delivery to one subscription: some rows at a time, as there may be a
// million of each. A mail has a row for each recipient who refused it, and one for those who are
// tried again.
class OutcomeSearch {
 public:
  OutcomeSearch(const Queries::Parts& parts, std::string_view subscription, Sought sought, Time now)
      : parts_(parts),
        store_(parts.store),
        pipeline_(pipeline_of(parts, subscription)),
        is_removed_(is_removed(parts, subscription)),
        subscription_(subscription),
        sought_(std::move(sought)),
        now_(now) {}

  // True where it is known.
  Result<bool> step() {
    Result<void> read;
    if (!has_read_parked_) {
      read = read_parked();
    } else if (!has_read_waiting_) {
      read = read_waiting();
    } else {
      read = judge();
      if (read) return true;
    }
    if (!read) return read.error();
    return false;
  }
  const std::vector<Outcome>& outcomes() const { return outcomes_; }

 private:
  void add(std::string text, std::string detail, const DeliveryRow& row,
           std::optional<Time> until = {}, std::optional<Time> parked_at = {}) {
    if (outcomes_.size() >= kParkedListedMax) return;
    outcomes_.push_back({.text = std::move(text),
                         .detail = std::move(detail),
                         .until = until,
                         .parked_at = parked_at,
                         .recipients = row.recipients,
                         .others = row.settled_recipients});
  }

  Result<void> read_parked() {
    size_t count = 0;
    has_read_parked_ = true;
    const auto visit = [&](const DeliveryKey& key, Result<ParkedRow> row) {
      if (key.subscription != subscription_) return false;
      if (row && holds(row->delivery, sought_)) {
        add("parked", std::move(row->reason), row->delivery);
      }
      next_ = key.number + 1;
      has_read_parked_ = ++count < kParkedRowsAtATime;
      return has_read_parked_;
    };
    const Result<void> read = store_.each_parked({subscription_, next_}, visit);
    if (has_read_parked_) next_ = 0;
    return read;
  }

  std::string why_it_waits(const DeliveryRow& row) const {
    if (row.stage == Stage::group) return "in the group of its deployment";
    if (!is_stopped(row, pipeline_)) return row.last_detail;
    const std::string why = "its sink is gone, and nothing is tried until a reload or a restart";
    return row.last_detail.empty() ? why : why + ": " + row.last_detail;
  }

  Result<void> read_waiting() {
    size_t count = 0;
    has_read_waiting_ = true;
    const auto visit = [&](uint64_t number, Result<DeliveryRow> row) {
      if (row && holds(*row, sought_)) {
        add("waits", why_it_waits(*row), *row,
            is_removed_ ? std::nullopt : waits_until(*row, pipeline_, now_),
            parked_at(*row, parts_, subscription_));
      }
      next_ = number + 1;
      has_read_waiting_ = ++count < kParkedRowsAtATime;
      return has_read_waiting_;
    };
    return store_.each_delivery(subscription_, next_, visit);
  }

  Result<void> judge() {
    if (!outcomes_.empty()) {
      add_settled();
      return {};
    }
    const auto state = store_.subscription(subscription_);
    if (!state) return state.error();
    if (*state && sought_.sequence <= (*state)->begins_after) {
      outcomes_.push_back(
          {.text = "not for it",
           .detail = "it began after sequence " + std::to_string((*state)->begins_after)});
      return {};
    }
    const bool is_settled = *state && (*state)->cursor >= sought_.sequence;
    outcomes_.push_back({.text = is_settled ? "settled" : "on its way"});
    return {};
  }

  // To whom it was sent, but for those whose part is parked or waits.
  void add_settled() {
    std::set<std::string, std::less<>> settled;
    std::set<std::string, std::less<>> open;
    for (const Outcome& outcome : outcomes_) {
      add_names(outcome.others, settled);
      add_names(outcome.recipients, open);
    }
    std::string recipients;
    for (const std::string& name : settled) {
      if (!open.contains(name)) recipients.append(recipients.empty() ? "" : ",").append(name);
    }
    if (!recipients.empty()) outcomes_.push_back({.text = "settled", .recipients = recipients});
  }

  const Queries::Parts& parts_;
  const Store& store_;
  const PipelineCounts* const pipeline_;
  const bool is_removed_;
  const std::string subscription_;
  const Sought sought_;
  const Time now_;
  bool has_read_parked_ = false;
  bool has_read_waiting_ = false;
  uint64_t next_ = 0;  // The number of the row that is read next.
  std::vector<Outcome> outcomes_;
};

void write_outcome(const Outcome& outcome, JsonWriter& json) {
  json.line("outcome", outcome.text);
  json.known_line("detail", outcome.detail);
  if (outcome.until) json.time("until", *outcome.until);
  if (outcome.parked_at) json.time("parked_at", *outcome.parked_at);
}

// Members of the object that is open: the first outcome, and each where some have another.
void write_outcomes(std::span<const Outcome> outcomes, JsonWriter& json) {
  write_outcome(outcomes.front(), json);
  const auto is_for_some = [](const Outcome& outcome) {
    return !outcome.recipients.empty() || !outcome.others.empty();
  };
  if (std::ranges::none_of(outcomes, is_for_some)) return;
  json.begin_array("parts");
  for (const Outcome& outcome : outcomes) {
    json.begin_object();
    json.known_line("recipients", outcome.recipients);
    write_outcome(outcome, json);
    json.end_object();
  }
  json.end_array();
}

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
    json.text("why_not_told", notification.is_late
                                  ? "it came late, and changed nothing that is told"
                                  : "it changed nothing that is told");
  }
}

class EntryQuestion final : public Question {
 public:
  EntryQuestion(Queries::Parts parts, uint64_t sequence, Time now)
      : parts_(std::move(parts)), sequence_(sequence), now_(now) {}

  std::optional<Result<std::string>> step() override {
    Arena arena;
    const Result<Entry> entry = parts_.store.entry(sequence_, arena);
    if (!entry && entry.error().kind == ErrorKind::not_found) {
      return not_found("the journal has no sequence " + std::to_string(sequence_) + ": it has " +
                       std::to_string(parts_.store.first_sequence()) + " to " +
                       std::to_string(parts_.store.last_sequence()));
    }
    if (!entry) return entry.error();
    if (entry->told.kind == NotificationKind::none) return answer(*entry);
    if (names_.empty()) {
      Result<std::vector<HeldThen>> held = held_then(parts_, *entry);
      if (!held) return held.error();
      held_ = *std::move(held);
      if (const Result<void> read = read_names(); !read) return read.error();
    }
    if (outcomes_.size() < names_.size()) return look_further(*entry);
    return answer(*entry);
  }

 private:
  // Those that are configured, in their order, then those that were.
  Result<void> read_names() {
    std::set<std::string, std::less<>> configured;
    for (const Subscription& subscription : parts_.subscriptions) {
      names_.push_back(subscription.name);
      configured.insert(subscription.name);
    }
    return parts_.store.each_subscription(
        [&](std::string_view name, const Result<SubscriptionState>&) {
          if (!configured.contains(name)) names_.emplace_back(name);
          return true;
        });
  }

  std::optional<Result<std::string>> look_further(const Entry& entry) {
    if (!search_) {
      // Of one that was removed nobody knows what it held.
      const size_t place = outcomes_.size();
      const HeldThen then = place < held_.size() ? held_[place] : HeldThen();
      search_.emplace(parts_, names_[place],
                      Sought{.sequence = then.told_with > 0 ? then.told_with : sequence_,
                             .resource_hash = hash64(entry.after.resource.id),
                             .deployment = deployment_for(then, entry)},
                      now_);
    }
    const Result<bool> is_over = search_->step();
    if (!is_over) return is_over.error();
    if (*is_over) {
      outcomes_.push_back(search_->outcomes());
      search_.reset();
    }
    return std::nullopt;
  }

  // The key of its deployment, as far as the subscription knew the cause when it told it; empty: it
  // is of none.
  std::string deployment_for(const HeldThen& then, const Entry& entry) const {
    Arena arena;
    const Entry told = completed_by(then, entry, arena);
    const auto deployment = deployment_of(notification_of(told, parts_.teller));
    return deployment ? deployment->key() : std::string();
  }

  std::string answer(const Entry& entry) const {
    ExplainRules rules(parts_);
    return json_of([&](JsonWriter& json) {
      json.begin_object();
      write_members(entry, notification_of(entry, parts_.teller), json);
      size_t place = 0;  // Subscriptions come in their order.
      const auto write_more = [&](const Subscription&, JsonWriter& verdict) {
        if (held_[place].told_with > 0) verdict.number("told_with", held_[place].told_with);
        write_outcomes(outcomes_[place++], verdict);
      };
      if (entry.told.kind != NotificationKind::none) {
        rules.write_subscriptions(entry, json, write_more, held_);
        write_removed(json);
      }
      json.end_object();
    });
  }

  // What was settled for a subscription that is gone nobody knows: its condition is gone, too.
  void write_removed(JsonWriter& json) const {
    json.begin_object("removed_subscriptions");
    for (size_t i = parts_.subscriptions.size(); i < names_.size(); ++i) {
      const std::string& text = outcomes_[i].front().text;
      if (text != "parked" && text != "waits") continue;
      json.key_line(names_[i]);
      json.begin_object();
      write_outcomes(outcomes_[i], json);
      json.end_object();
    }
    json.end_object();
  }

  const Queries::Parts parts_;
  const uint64_t sequence_;
  const Time now_;
  std::vector<HeldThen> held_;  // For each subscription that is configured.
  std::vector<std::string> names_;
  std::optional<OutcomeSearch> search_;  // Of the subscription after those of `outcomes_`.
  std::vector<std::vector<Outcome>> outcomes_;
};

}  // namespace

std::unique_ptr<Question> Queries::begin_entry(uint64_t sequence, Time now) const {
  return std::make_unique<EntryQuestion>(parts_, sequence, now);
}

Result<std::string> Queries::entry(uint64_t sequence, Time now) const {
  return answer_of(begin_entry(sequence, now));
}

}  // namespace statewire
