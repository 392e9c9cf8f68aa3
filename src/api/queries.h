// What people and programs ask: answers as JSON, over a store, with a daemon or without one.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/history.h"
#include "api/inventory_state.h"
#include "api/trial.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "delivery/dispatcher.h"
#include "ingest/rules.h"
#include "route/ignore.h"
#include "route/subscription.h"
#include "store/store.h"
#include "track/fold.h"

namespace statewire {

struct ResourceFilter {
  std::string type;  // Of it, or whole parts of it: see is_of_type().
  std::string account, region, phase, cause, actor;
  std::string tag_key, tag_value;  // Empty key: any. The value must be equal.
  std::string query;               // Part of the id or of the name.
  std::string drift;
  std::string owner;          // The inventory, the stack, or an address or a part of one.
  std::optional<Time> since;  // In its present phase since then, or later.
  size_t limit = 100;
  std::string after;  // The `next` of the page before.
  // Those whose phase is the newest, first: one page, and `total` says how many match where all had
  // to be looked at. Else in the order of their keys, page by page.
  bool is_newest_first = false;
  bool is_count = false;  // Only `total`.

  bool matches(const Record& record) const;
};

// Empty texts mean any.
struct DeploymentFilter {
  std::optional<Time> since;  // It changed something then or later.
  std::string actor, tool, account;
  std::string stack;
  size_t limit = 100;
};

// An answer that may take long, made a few milliseconds at a time. Not thread-safe.
class Question {
 public:
  virtual ~Question() = default;
  // Absent: there is more to do.
  virtual std::optional<Result<std::string>> step() = 0;
};

// Any thread; borrows everything. Reads the store, and may take long where it is large.
class Queries {
 public:
  struct Parts {
    Store& store;
    std::shared_ptr<const Catalog> catalog;
    std::span<const Subscription> subscriptions;
    Teller teller;
    TrackLimits track = {};
    const IngestRules* rules = nullptr;   // Null: none.
    const IgnoreRules* ignore = nullptr;  // Null: none.
    std::string tag_problem = {};         // Why tags cannot be looked up now; empty: they can.
    // What delivers now; nothing where no daemon runs.
    std::optional<std::vector<PipelineCounts>> pipelines = {};
  };
  explicit Queries(Parts parts) : parts_(std::move(parts)) {}

  Result<std::string> resources(const ResourceFilter& filter) const;
  std::unique_ptr<Question> begin_resources(ResourceFilter filter) const;
  // `resource` is an id, the end of one after `/` or `:`, or a name. not_found where there is
  // none; bad_input where there are several: the text is then the JSON that lists the candidates.
  Result<std::string> timeline(std::string_view resource, size_t limit) const;
  std::unique_ptr<Question> begin_timeline(std::string resource, size_t limit) const;
  // What happened, the newest first; fates that are not in the journal by the samples that the
  // ledger keeps.
  Result<std::string> history(const HistoryFilter& filter) const;
  std::unique_ptr<Question> begin_history(HistoryFilter filter) const;
  // What was deployed since then, the newest first; as far back as kHistoryEntriesMax reach.
  Result<std::string> deployments(const DeploymentFilter& filter) const;
  std::unique_ptr<Question> begin_deployments(DeploymentFilter filter) const;
  // What inventories declare; `states` tell how they were read, where somebody reads them.
  Result<std::string> inventory() const;
  std::unique_ptr<Question> begin_inventory(std::vector<InventoryState> states, Time now) const;
  // Within which time resources of each type are expected to arrive, and why.
  std::string expectations() const;
  Result<std::string> ledger() const;
  Result<std::string> unrecognised() const;
  Result<std::string> refusals() const;
  // skip_moot is not looked at. `after` is the `next` of the page before; bad_input where it is not
  // one.
  Result<std::string> parked(const ParkedFilter& filter, std::string_view after,
                             size_t limit) const;
  // All that is parked at `sequence`: the first with its payload, and `others` without.
  Result<std::string> parked_one(std::string_view subscription, uint64_t sequence) const;
  // What would become of the event; `is_as_new`: if it happened now, for the first time. Changes
  // nothing. bad_input where it is not one event.
  Result<std::string> explain(std::string_view event_json, Time now, bool is_as_new = false) const;
  // What became of what the journal has at `sequence`, whom it was told, and why not.
  Result<std::string> entry(uint64_t sequence, Time now) const;
  std::unique_ptr<Question> begin_entry(uint64_t sequence, Time now) const;
  // What waits, for what and until when: a page of it. An empty subscription means all.
  Result<std::string> held(std::string_view subscription, std::string_view after, Time now) const;
  // What a subscription would have sent.
  Result<std::string> trial(const TrialWish& wish) const;
  std::unique_ptr<Question> begin_trial(TrialWish wish) const;
  std::string catalog() const;

 private:
  static Result<std::string> answer_of(const std::unique_ptr<Question>& question);

  const Parts parts_;
};

// {"dropped_count","dry_run"}: of what waited for a subscription that is not configured any more.
std::string dropped_waiting_json(uint64_t count, bool is_dry_run);
std::string redriven_json(const ParkedChange& change, bool is_dry_run);
std::string dropped_json(const ParkedChange& change, bool is_dry_run);

}  // namespace statewire
