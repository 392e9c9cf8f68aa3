#include "catalog/observe.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "catalog/call_verb.h"
#include "catalog/clean.h"
#include "catalog/declared.h"
#include "catalog/lower_row.h"
#include "catalog/tags.h"
#include "catalog/word.h"
#include "model/notification.h"

namespace statewire {
namespace {

using simdjson::dom::element;

// By when a way that an answer tells of has ended, where nothing else says so.
constexpr Duration kAnsweredWay = std::chrono::minutes(10);

Phase on_the_way_to(Phase settled) {
  return settled == Phase::stopped ? Phase::changing : Phase::provisioning;
}

uint64_t version_of(const std::optional<EventPath>& path, const RenderContext& context) {
  if (!path) return 0;
  const std::optional<element> value = find(*path, context);
  uint64_t number = 0;
  std::string_view text;
  if (!value || !value->get_uint64().get(number)) return number;
  if (!value->get_string().get(text)) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? number : 0;
  }
  return 0;
}

// The row as the state is written, else the first that differs in case alone or so: one service of
// AWS says CREATING, another Creating, and its guide may have either. The end where there is none.
std::vector<PhaseRow>::const_iterator row_of(const std::vector<PhaseRow>& rows,
                                             std::string_view state) {
  const auto row = std::ranges::find(rows, state, &PhaseRow::word);
  if (row != rows.end()) return row;
  return std::ranges::find_if(
      rows, [state](const PhaseRow& each) { return is_same_state(each.word, state); });
}

// Of events of the same time: many of the provider's times are seconds, in which a change begins
// and is over. That one is over and another begins is rarer.
uint8_t rank_at_one_time(Phase phase) {
  const Phase place = phase == Phase::changing ? Phase::stable
                      : phase == Phase::stable ? Phase::changing
                                               : phase;
  return static_cast<uint8_t>(place);
}

// What a deployment that reports such a phase may have led to.
PhaseSet led_to(Phase phase) {
  switch (phase) {
    case Phase::provisioning:
    case Phase::stable:
      return phase_bit(Phase::provisioning) | phase_bit(Phase::stable) | phase_bit(Phase::changing);
    case Phase::changing:
      return phase_bit(Phase::changing) | phase_bit(Phase::stable) | phase_bit(Phase::stopped) |
             phase_bit(Phase::degraded);
    case Phase::deprovisioning:
    case Phase::gone:
      return phase_bit(Phase::deprovisioning) | phase_bit(Phase::gone);
    default:
      return kAllPhases;
  }
}

}  // namespace

Observer::Observer(const CompiledCatalog& catalog, const CompiledEntry& entry,
                   const EventView& view, const EventDescription& event, Time received,
                   Arena& arena, ObserverScratch& scratch)
    : catalog_(catalog),
      entry_(entry),
      view_(view),
      event_(event),
      received_(received),
      arena_(arena),
      scratch_(scratch) {
  context_.event = &view;
}

bool Observer::observe(std::vector<Observation>& out) {
  const EntryEffect effect = entry_.spec->effect;
  const bool is_call = view_.shape == EventShape::cloudtrail;
  if (is_call) {
    error_ = error_text(view_.call, arena_);
    call_ = who_called(view_, event_.evidence, arena_);
  }
  const bool sets = effect == EntryEffect::configure || effect == EntryEffect::put;
  if (sets && error_.empty()) read_event_changes();
  if (is_call && error_.empty()) verdict_ = catalog_.rules.judge(view_, arena_);
  const size_t before = out.size();
  const bool is_within_limits =
      entry_.each ? observe_each(out) : observe_one(0, out) != Verdict::over_limit;
  if (!is_within_limits) out.resize(before);
  if (is_within_limits && out.size() == before && !error_.empty()) {
    reason_ = "refused call names no resource";
  }
  return is_within_limits;
}

void Observer::read_event_changes() {
  if (entry_.changes) {
    const std::optional<element> map = find(*entry_.changes, context_);
    if (map) changes_ = read_changed(*map, entry_.spec->changes, arena_, scratch_.changes);
  } else if (view_.request) {
    changes_ = read_changes(*view_.request, arena_, scratch_.changes);
  }
}

bool Observer::observe_each(std::vector<Observation>& out) {
  const std::optional<element> list = find(*entry_.each, context_);
  size_t index = 0;
  bool is_within_limits = true;
  const auto visit = [&](element item) {
    if (index >= kObservationsMax) {
      reason_ = "more than 1000 resources";
      return is_within_limits = false;
    }
    context_.element = item;
    return is_within_limits = observe_one(index++, out) != Verdict::over_limit;
  };
  if (list) visit_list(*list, visit);
  if (index != 0) return is_within_limits;
  // Of a list that was not written, something else may say what would be in it.
  context_.element.reset();
  const Verdict verdict = list ? Verdict::nothing : observe_one(0, out);
  if (verdict == Verdict::nothing) reason_ = arena_.join("nothing in ", entry_.each->text);
  return verdict != Verdict::over_limit;
}

Observer::Verdict Observer::observe_one(size_t index, std::vector<Observation>& out) {
  context_.account = event_.account;
  context_.region = event_.region;
  // In place, and taken back where it comes to nothing: an observation is large to copy.
  Observation& observation = out.emplace_back();
  start(observation, index);
  const Verdict verdict = fill(observation);
  if (verdict != Verdict::observed) out.pop_back();
  return verdict;
}

Observer::Verdict Observer::fill(Observation& observation) {
  for (const auto step : {&Observer::read_resource, &Observer::read_effect, &Observer::read_cause,
                          &Observer::read_aliases}) {
    const Verdict verdict = (this->*step)(observation);
    if (verdict != Verdict::observed) return verdict;
  }
  if (observation.effect == Effect::configure || observation.has(kPut)) {
    read_changes_of(observation);
  }
  read_reason(observation);
  read_time(observation);
  read_tags_of(observation);
  const bool is_of_event =
      !entry_.type.is_constant() && entry_.spec->resource.type_form != TypeForm::own_arn;
  if (is_of_event && !observation.has(kSettle)) yield_to_native_events(observation);
  add_reason_to_error(observation);
  return Verdict::observed;
}

void Observer::start(Observation& observation, size_t index) const {
  observation.origin = event_.recognition.origin;
  observation.cause = call_.cause;
  observation.error = error_;
  observation.traceparent = event_.traceparent;
  observation.envelope_id = event_.envelope_id;
  observation.entry = entry_.spec->name;
  observation.severity = verdict_ ? verdict_->severity : entry_.spec->severity;
  observation.toward = entry_.spec->toward;
  // A call asks for something; an event of the provider's tells what was reached.
  observation.key.stage = view_.shape == EventShape::cloudtrail ? 0 : 1;
  observation.key.event_id = event_.recognition.event_id;
  observation.key.index = static_cast<uint16_t>(index);
  observation.key.version = version_of(entry_.version, context_);
}

Observer::Verdict Observer::refuse(const Rendered& rendered) {
  const bool is_over_limit = rendered.outcome == RenderOutcome::too_long;
  if (reason_.empty() || is_over_limit) reason_ = reason_of(rendered, arena_);
  return is_over_limit ? Verdict::over_limit : Verdict::nothing;
}

Observer::Verdict Observer::require(const Template& text, std::string_view& out) {
  const Rendered rendered = render(text, context_, arena_);
  if (rendered.outcome != RenderOutcome::done) return refuse(rendered);
  out = rendered.text;
  return Verdict::observed;
}

Observer::Verdict Observer::take(const Template& text, std::string_view& out) {
  if (text.is_empty()) return Verdict::observed;
  const Rendered rendered = render(text, context_, arena_);
  if (rendered.outcome == RenderOutcome::done) out = rendered.text;
  return rendered.outcome == RenderOutcome::too_long ? refuse(rendered) : Verdict::observed;
}

// The first that resolves.
Observer::Verdict Observer::read_native_state(std::span<const Template> states,
                                              Observation& observation) {
  const std::string_view reason = reason_;
  Verdict verdict = Verdict::nothing;
  for (const Template& text : states) {
    verdict = require(text, observation.value);
    if (verdict != Verdict::nothing) break;
  }
  if (verdict == Verdict::observed) reason_ = reason;
  return verdict;
}

Observer::Verdict Observer::read_state(Observation& observation) {
  const Verdict verdict = read_native_state(entry_.states, observation);
  if (verdict != Verdict::observed) return verdict;
  observation.effect = Effect::state;
  observation.phase = entry_.spec->otherwise;
  const std::vector<PhaseRow>& rows = entry_.spec->phases;
  const auto row = row_of(rows, observation.value);
  if (row != rows.end()) {
    observation.phase = row->phase;
    if (!row->value.empty()) observation.value = row->value;
    if (row->severity != 0) observation.severity = row->severity;
    if (row->is_by_itself) observation.toward = 0;
    observation.key.value_rank = static_cast<uint8_t>(row - rows.begin());
  } else if (entry_.spec->is_by_words) {
    const std::optional<Phase> phase = catalog_.phase_of_word(observation.value);
    if (!phase) {
      if (reason_.empty()) reason_ = arena_.join("no phase is known of state ", observation.value);
      return Verdict::nothing;
    }
    observation.phase = *phase;
  }
  observation.key.phase_rank = rank_at_one_time(observation.phase);
  return Verdict::observed;
}

// What else is said of the same time comes before it.
Observer::Verdict Observer::read_settle(Observation& observation) {
  const Verdict verdict = read_state(observation);
  observation.flags |= kSettle;
  observation.key.stage = 2;
  observation.key.phase_rank = 0;
  observation.key.value_rank = 0;
  return verdict;
}

Observer::Verdict Observer::read_effect(Observation& observation) {
  if (!error_.empty()) {
    observation.effect = Effect::fail;
    return Verdict::observed;
  }
  const bool later = entry_.spec->settles_natively || entry_.spec->settles_after > Duration::zero();
  switch (entry_.spec->effect) {
    case EntryEffect::state:
      if (!is_switch(*entry_.spec)) return read_state(observation);
      observation.phase = entry_.spec->otherwise;
      if (later) observation.phase = on_the_way_to(observation.phase);
      break;
    case EntryEffect::settle:
      return read_settle(observation);
    case EntryEffect::put:
      observation.flags |= kPut;
      if (!entry_.spec->phases.empty()) return read_state(observation);
      observation.phase = Phase::stable;
      break;
    case EntryEffect::create:
      observation.phase = later ? Phase::provisioning : Phase::stable;
      break;
    case EntryEffect::remove:
      observation.phase = later ? Phase::deprovisioning : Phase::gone;
      break;
    case EntryEffect::configure:
      observation.effect = Effect::configure;
      return Verdict::observed;
    case EntryEffect::tag:
      observation.effect = Effect::tag;
      return Verdict::observed;
    case EntryEffect::fail:
      observation.effect = Effect::fail;
      return require(entry_.error, observation.error);
    case EntryEffect::declare:
      observation.effect = Effect::declare;
      reason_ = read_declared(view_, arena_, observation);
      return reason_.empty() ? Verdict::observed : Verdict::nothing;
    case EntryEffect::cause:
    case EntryEffect::ignore:
      observation.effect = Effect::cause;
      return Verdict::observed;
  }
  observation.effect = Effect::state;
  observation.value = observation.origin.type;
  observation.settles_after = entry_.spec->settles_after;
  read_answered_state(observation);
  observation.key.phase_rank = rank_at_one_time(observation.phase);
  return Verdict::observed;
}

// The state that the answer tells beats what the call's name says, where its word is known and is
// one on the way that the call began: an answer may also show what it is about as it was before.
void Observer::read_answered_state(Observation& observation) {
  const EntrySpec& spec = *entry_.spec;
  const std::span<const Template> states = entry_.states;
  const bool switches = is_switch(spec);
  Observation answered;
  if (states.size() < (switches ? 2 : 1)) return;
  if (read_native_state(states.subspan(switches ? 1 : 0), answered) != Verdict::observed) return;
  std::optional<Phase> phase = catalog_.phase_of_word(answered.value);
  if (!phase) return;
  // What is only being made is not there yet, whatever is being done to it.
  if (spec.effect == EntryEffect::create && *phase == Phase::changing) phase = Phase::provisioning;
  const bool is_on_the_way = *phase == Phase::deprovisioning || *phase == Phase::provisioning ||
                             (switches && *phase == Phase::changing);
  const bool settles = spec.settles_natively || spec.settles_after > Duration::zero();
  if (switches) {
    if (*phase != spec.otherwise && *phase != on_the_way_to(spec.otherwise)) return;
  } else {
    const bool ends = *phase == Phase::deprovisioning || *phase == Phase::gone;
    if (ends != (spec.effect == EntryEffect::remove)) return;
  }
  observation.value = answered.value;
  observation.phase = *phase;
  if (!is_on_the_way) observation.settles_after = {};
  if (is_on_the_way && !settles) observation.settles_after = kAnsweredWay;
}

Observer::Verdict Observer::read_cause(Observation& observation) {
  const Identity& resource = observation.resource;
  const bool is_own = resource.account.empty() || observation.cause.account == resource.account;
  if (is_own) observation.cause.account = {};
  const CauseSpec& spec = entry_.spec->cause;
  if (spec.kind == CauseKind::unknown) return Verdict::observed;
  Cause& cause = observation.cause;
  cause.kind = spec.kind;
  cause.confidence = Confidence::certain;
  cause.evidence = event_.evidence;
  for (const auto& [text, place] :
       {std::pair(&entry_.actor, &cause.actor), std::pair(&entry_.actor_type, &cause.actor_type),
        std::pair(&entry_.tool, &cause.tool)}) {
    if (take(*text, *place) == Verdict::over_limit) return Verdict::over_limit;
  }
  return Verdict::observed;
}

Observer::Verdict Observer::read_aliases(Observation& observation) {
  if (entry_.aliases.empty()) return Verdict::observed;
  scratch_.aliases.clear();
  for (const Template& text : entry_.aliases) {
    std::string_view alias;
    if (take(text, alias) == Verdict::over_limit) return Verdict::over_limit;
    const bool is_new = !alias.empty() && alias != observation.resource.id &&
                        std::ranges::find(scratch_.aliases, alias) == scratch_.aliases.end();
    if (is_new && scratch_.aliases.size() < kAliasesMax) scratch_.aliases.push_back(alias);
  }
  observation.aliases = arena_.copy_of(scratch_.aliases);
  return Verdict::observed;
}

void Observer::read_reason(Observation& observation) {
  for (const Template& text : entry_.reasons) {
    const Rendered rendered = render(text, context_, arena_);
    if (rendered.outcome != RenderOutcome::done) continue;
    observation.cause.reason = copy_shortened(arena_, rendered.text, kReasonBytesMax);
    return;
  }
}

void Observer::read_changes_of(Observation& observation) {
  observation.changes = without_names_of(observation.resource, changes_, arena_, scratch_.changes);
  if (takes_away(observation.origin.type)) {
    observation.changes = as_removed(observation.changes, arena_, scratch_.changes);
  }
  if (verdict_) observation.headline = verdict_->headline;
}

void Observer::read_time(Observation& observation) {
  TakenTime taken = event_.time;
  if (entry_.time) {
    const std::optional<element> value = find(*entry_.time, context_);
    std::string_view text;
    if (value && !value->get_string().get(text)) {
      const TakenTime own = take_time(text, received_);
      if ((own.flags & kNoTime) == 0) taken = own;
    }
  }
  if ((taken.flags & kNoTime) != 0) {
    observation.key.set_arrival(taken.time);
  } else {
    observation.key.set_time(taken.time);
  }
  observation.flags |= taken.flags;
}

void Observer::read_tags_of(Observation& observation) {
  // A call that was refused set none.
  if (!error_.empty()) return;
  observation.tags = read_tags(entry_.tags, context_, arena_, scratch_.tags);
  if (entry_.spec->resource.tags.is_whole) observation.flags |= kTagsWhole;
  if (entry_.tags.form == TagsSpec::Form::removed) observation.flags |= kTagsRemoved;
}

// A refused call says in its error why; of other failures the reason says it.
void Observer::add_reason_to_error(Observation& observation) {
  const std::string_view reason = observation.cause.reason;
  if (observation.effect != Effect::fail || reason.empty() || !error_.empty()) return;
  observation.error = arena_.join(observation.error, ": ", reason);
}

// What a deployment reports of a resource that has events of its own is the cause of these, but
// for what it could not do: that may never become a state, and is told as a failure.
void Observer::yield_to_native_events(Observation& observation) {
  if (observation.effect != Effect::state) return;
  if (!catalog_.native_types.contains(observation.resource.type)) return;
  const bool has_failed =
      observation.phase == Phase::degraded && entry_.spec->cause.kind == CauseKind::deployment;
  if (has_failed) {
    observation.effect = Effect::fail;
    observation.toward =
        phase_bit(Phase::degraded) | phase_bit(Phase::deprovisioning) | phase_bit(Phase::gone);
    observation.error = observation.value;
    observation.value = {};
    if (observation.severity == 0) observation.severity = kError;
    return;
  }
  observation.effect = Effect::cause;
  observation.toward = led_to(observation.phase);
  observation.phase = Phase::unknown;
  observation.value = {};
  observation.settles_after = {};
  observation.key.stage = 0;
  observation.key.phase_rank = 0;
  observation.key.value_rank = 0;
}

}  // namespace statewire
