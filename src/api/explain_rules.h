// What the configuration's rules would do to one event and what follows from it, and which of them
// does it. Reads only; not thread-safe; borrows everything.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "api/held_then.h"
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
  // what it learned, as `held` says, one for each; "cause_known" says when it learned the cause.
  // `write_more` adds members to each verdict.
  using WriteMore = std::function<void(const Subscription&, JsonWriter&)>;
  void write_subscriptions(const Entry& entry, JsonWriter& json, const WriteMore& write_more = {},
                           std::span<const HeldThen> held = {});

 private:
  // The rule that keeps a notification from everybody, or may once the tags are known.
  struct Ignored {
    std::string_view rule;  // Empty: none does.
    bool is_certain = false;
  };

  // The rules that ask for tags.
  std::span<const When> after() const;
  Ignored ignored_after(bool knows_tags) const;
  void write_verdict(const Subscription& subscription, const Entry& entry, JsonWriter& json,
                     const std::function<void()>& write_more);

  const Queries::Parts& parts_;
  std::optional<RuleBook> book_;
  Routable routable_;
};

}  // namespace statewire
