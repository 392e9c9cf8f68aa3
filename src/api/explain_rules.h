// What the configuration's rules would do to one event and what follows from it, and which of them
// does it. Reads only; not thread-safe; borrows everything.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "api/queries.h"
#include "base/arena.h"
#include "base/json_writer.h"
#include "ingest/rules.h"
#include "model/entry.h"
#include "route/wait.h"

namespace statewire {

class ExplainRules {
 public:
  explicit ExplainRules(const Queries::Parts& parts);

  // Says in `observations` who did it, as ingest does.
  void name_actor(std::string_view principal, std::span<Observation> observations, Arena& arena);
  // ,"actor":{"principal","rule","cause","name"}: the last three where a rule names it. Nothing
  // where there is no rule at all, or the event names nobody.
  void write_actor(std::string_view principal, JsonWriter& json) const;

  // The name of the rule that drops it before the fold; empty where none does.
  std::string_view ignored_before(const Observation& observation);

  // ,"ignored_by":{"rule","stage"} where one applies, and ,"notifications":{…}: what each
  // subscription would make of the notification that `entry` tells. One that held it is asked by
  // what `amendment` tells of its cause, where that came in time; then "cause_known" says when.
  // `write_more` adds members to each verdict.
  using WriteMore = std::function<void(const Subscription&, JsonWriter&)>;
  void write_subscriptions(const Entry& entry, JsonWriter& json, const WriteMore& write_more = {},
                           const std::optional<Entry>& amendment = {});

  // Whether it still waited for the cause of `entry` then, as far as its configuration says.
  static bool is_held_until(const Subscription& subscription, const Entry& entry, Time time);
  // `entry` with what `amendment` tells of its cause. Texts are those of both.
  static Entry with_cause(const Entry& entry, const Entry& amendment);

 private:
  // The rule that keeps a notification from everybody, or may once the tags are known.
  struct Ignored {
    std::string_view rule;  // Empty: none does.
    bool is_certain = false;
  };

  // The rules that ask for tags.
  std::span<const When> after() const;
  Ignored ignored_after(bool knows_tags) const;
  // `ignored` is of its resource, whatever is known of the cause.
  void write_verdict(const Subscription& subscription, const Entry& entry, const Ignored& ignored,
                     JsonWriter& json, const std::function<void()>& write_more);

  const Queries::Parts& parts_;
  std::optional<RuleBook> book_;
  Routable routable_;
};

}  // namespace statewire
