// An event and the entry that knows it, to observations.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "catalog/changes.h"
#include "catalog/compiled.h"
#include "catalog/describe.h"
#include "catalog/render.h"
#include "catalog/whereabouts.h"
#include "catalog/who.h"
#include "model/observation.h"

namespace statewire {

// Memory that is kept from event to event.
struct ObserverScratch {
  std::vector<Tag> tags;
  ChangesScratch changes;
  std::vector<std::string_view> aliases;
};

// Good for one event. Borrows all that it is given.
class Observer {
 public:
  Observer(const CompiledCatalog& catalog, const CompiledEntry& entry, const EventView& view,
           const EventDescription& event, Time received, Arena& arena, ObserverScratch& scratch);

  // Appends what the event says. False: it breaks a limit; then nothing is appended.
  bool observe(std::vector<Observation>& out);

  // Why it broke a limit, or why the first element that gave nothing did; may be empty.
  std::string_view reason() const { return reason_; }
  // Who made the call; may be empty.
  std::string_view principal() const { return call_.principal; }

 private:
  enum class Verdict { observed, nothing, over_limit };

  void read_event_changes();
  bool observe_each(std::vector<Observation>& out);
  Verdict observe_one(size_t index, std::vector<Observation>& out);
  Verdict fill(Observation& observation);
  void start(Observation& observation, size_t index) const;

  // Each fills a part of `observation`.
  Verdict read_resource(Observation& observation);
  Verdict read_type(Observation& observation);
  Verdict read_type_of_arn(Observation& observation);
  Verdict tell_apart(const TypeRule& rule, Identity& resource);
  Verdict read_id(Observation& observation, const TypeRule* rule);
  Verdict read_said_id(Observation& observation, const TypeRule* rule);
  Verdict take_id(Observation& observation, const TypeRule* rule, std::string_view id);
  std::optional<std::string_view> arn_elsewhere(std::string_view type, const TypeRule* rule) const;
  void take_whereabouts(const Whereabouts& found);
  void take_whereabouts(const Template& text);
  Verdict read_optional(Identity& resource);
  Verdict read_rules_name(Observation& observation, const TypeRule* rule);
  Verdict name_physical(Observation& observation, const TypeRule* rule);
  void take_from_arn(Identity& resource) const;
  Verdict read_native_state(std::span<const Template> states, Observation& observation);
  Verdict read_state(Observation& observation);
  Verdict read_settle(Observation& observation);
  Verdict read_effect(Observation& observation);
  void read_answered_state(Observation& observation);
  Verdict read_cause(Observation& observation);
  Verdict read_aliases(Observation& observation);
  void read_reason(Observation& observation);
  void read_changes_of(Observation& observation);
  void read_time(Observation& observation);
  void read_tags_of(Observation& observation);
  void yield_to_native_events(Observation& observation);
  void add_reason_to_error(Observation& observation);

  // A text that must be there.
  Verdict require(const Template& text, std::string_view& out);
  // One that may be; `out` stays as it is where it is not.
  Verdict take(const Template& text, std::string_view& out);
  Verdict refuse(const Rendered& rendered);

  const CompiledCatalog& catalog_;
  const CompiledEntry& entry_;
  const EventView& view_;
  const EventDescription& event_;
  const Time received_;
  Arena& arena_;
  ObserverScratch& scratch_;
  // Of a call that was refused; else empty.
  std::string_view error_;
  // The same in all observations of the event.
  CallCause call_;
  std::span<const Change> changes_;
  std::optional<RuleVerdict> verdict_;  // Of the rules, where the call succeeded.
  RenderContext context_;               // Of the element at hand.
  Whereabouts said_;                    // By the entry, of the element at hand.
  std::string_view reason_;
};

}  // namespace statewire
