// The usual observation is newer than everything known of its resource: it costs one fold step.
// Only one at or below the record's newest key can be a repeat or late. Then the resource's
// journal entries are walked back, newest first: each entry keeps the record as it was after it,
// and with it the newest key until then. The walk ends at an entry before which everything lies
// below the observation and below all that was walked past (an earlier late one may lie deeper
// than this one). A repeat is found on the way. A late one is folded in its place: from the
// record at that entry, over all that was walked past and itself, in key order.
//
// A timer that comes too late for this, and that the record still waits for, settles the phase as
// it is now: nothing would do so later.
#include "track/tracker.h"

#include <algorithm>

#include "track/fold.h"

namespace statewire {
namespace {

// An event without a usable time is keyed by its arrival, so that its repeat has another key.
// Such repeats are looked for by event id, this far back.
constexpr size_t kUntimedEntriesBackMax = 32;

bool is_same_event(const Observation& a, const Observation& b) {
  return a.key.event_id == b.key.event_id && a.key.index == b.key.index;
}

bool is_untimed(const Observation& observation) {
  return observation.has(kFutureTime) || observation.has(kNoTime);
}

void keep_arrival(Record& record, const Record* before) {
  if (before == nullptr) {
    record.revision = 0;
    record.told = {};
    return;
  }
  record.revision = before->revision;
  record.told = before->told;
  record.last_sequence = before->last_sequence;
  record.recorded = before->recorded;
}

NotificationKind kind_of(const Observation& observation, const FoldStep& step,
                         const Record& record) {
  if (step.state) return NotificationKind::transition;
  if (observation.effect == Effect::fail) return NotificationKind::failed;
  if (step.configured || (step.tags && observation.effect == Effect::tag)) {
    return NotificationKind::changed;
  }
  if (step.cause && !record.told.is_zero()) return NotificationKind::amended;
  return NotificationKind::none;
}

// What was told under another name is not told twice, but for what it says of the state now.
bool is_told_already(const Observation& observation, NotificationKind kind) {
  return observation.has(kMoved) &&
         (kind == NotificationKind::changed || kind == NotificationKind::failed);
}

void tell(Tracked& tracked, NotificationKind kind, const Observation& observation) {
  Told& told = tracked.told;
  if (is_told_already(observation, kind)) kind = NotificationKind::none;
  told.kind = kind;
  if (kind == NotificationKind::none) return;
  if (kind == NotificationKind::amended) {
    told.amends = tracked.after.told;
    told.id = amendment_id(told.amends, observation.event_id());
    return;
  }
  told.id = transition_id(observation, kind);
  if (kind == NotificationKind::transition) {
    told.previous = tracked.after.previous;
    tracked.after.told = told.id;
  }
}

// The provider told the same change under two ids.
bool is_retold(const Entry& entry, const Observation& observation) {
  const Observation& other = entry.observation;
  return other.effect == Effect::state && observation.effect == Effect::state &&
         other.key.time_ns == observation.key.time_ns && other.phase == observation.phase &&
         other.value == observation.value;
}

bool is_same_state(const Record& a, const Record& b) {
  return a.phase == b.phase && a.value == b.value;
}

bool is_same_story(const Record& a, const Record& b) {
  return a.since == b.since && a.previous.phase == b.previous.phase &&
         a.previous.value == b.previous.value && a.previous.since == b.previous.since &&
         a.cause.kind == b.cause.kind && a.cause.actor == b.cause.actor &&
         a.cause.evidence == b.cause.evidence;
}

Tracked track_in_order(const Record* before, const Observation& observation, Arena& arena) {
  Tracked tracked;
  if (before != nullptr) tracked.after = *before;
  const FoldStep step = fold(tracked.after, observation, arena);
  if (step.any()) ++tracked.after.revision;
  tell(tracked, kind_of(observation, step, tracked.after), observation);
  return tracked;
}

Tracked settle_now(const Record& before, const Observation& timer, Arena& arena) {
  Tracked tracked = track_in_order(&before, timer, arena);
  tracked.after.newest = std::max(before.newest, timer.key);
  tracked.told.late = true;
  return tracked;
}

Tracked left_alone(Fate fate, const Record& before) {
  Tracked tracked;
  tracked.fate = fate;
  tracked.after = before;
  tracked.told.too_late = fate == Fate::too_late;
  tracked.told.late = fate == Fate::too_late;
  return tracked;
}

}  // namespace

Result<Tracker::Walk> Tracker::walk_back(const Record& before, const Observation& observation,
                                         Chain& chain) {
  const bool in_order = observation.key > before.newest;
  const size_t entries_max = in_order ? kUntimedEntriesBackMax : limits_.entries_back_max;
  walked_.clear();
  SortKey lowest = observation.key;
  for (uint64_t sequence = before.last_sequence; sequence != 0;) {
    if (walked_.size() == entries_max) return in_order ? Walk::in_order : Walk::too_far;
    Result<Entry> entry = chain.entry(sequence);
    if (!entry) {
      if (entry.error().kind != ErrorKind::not_found) return entry.error();
      return in_order ? Walk::in_order : Walk::too_far;
    }
    if (is_same_event(entry->observation, observation)) return Walk::repeat;
    if (!in_order && entry->after.newest < lowest) {
      base_ = entry->after;
      return Walk::late;
    }
    sequence = entry->previous_sequence;
    if (!entry->told.too_late) lowest = std::min(lowest, entry->observation.key);
    walked_.push_back(std::move(*entry));
  }
  base_ = Record{};
  return in_order ? Walk::in_order : Walk::late;
}

Tracked Tracker::fold_again(const Record& before, const Observation& observation, Arena& arena) {
  late_.clear();
  late_.push_back(observation);
  for (const Entry& entry : walked_) {
    if (!entry.told.too_late) late_.push_back(entry.observation);
  }
  std::sort(late_.begin(), late_.end(),
            [](const Observation& a, const Observation& b) { return a.key < b.key; });

  Tracked tracked;
  tracked.after = base_;
  FoldStep own;
  for (const Observation& each : late_) {
    const FoldStep step = fold(tracked.after, each, arena);
    if (is_same_event(each, observation)) own = step;
  }
  keep_arrival(tracked.after, &before);

  NotificationKind kind = kind_of(observation, {.configured = own.configured}, tracked.after);
  const bool tags_changed = !std::ranges::equal(tracked.after.tags, before.tags);
  const bool is_known = std::ranges::any_of(
      walked_, [&](const Entry& entry) { return is_retold(entry, observation); });
  const bool is_timer = observation.has(kTimer);
  const bool is_news = own.state && !is_known && !observation.has(kMoved) && !is_timer;
  const bool story_changed = is_news || !is_same_story(tracked.after, before);
  if (!is_same_state(tracked.after, before)) {
    kind = NotificationKind::transition;
  } else if (kind == NotificationKind::none && story_changed) {
    // That something had settled before it moved on is no news.
    if (!before.told.is_zero() && !is_timer) kind = NotificationKind::amended;
  } else if (kind == NotificationKind::none && tags_changed) {
    if (observation.effect == Effect::tag) kind = NotificationKind::changed;
  }
  if (kind == NotificationKind::transition || story_changed || tags_changed || own.configured) {
    ++tracked.after.revision;
  }
  tell(tracked, kind, observation);
  tracked.told.late = true;
  return tracked;
}

Result<Tracked> Tracker::track(const Record* before, const Observation& observation, Chain& chain,
                               Arena& arena) {
  if (before == nullptr) return track_in_order(nullptr, observation, arena);
  if (observation.key > before->newest && !is_untimed(observation)) {
    return track_in_order(before, observation, arena);
  }
  const Result<Walk> walk = walk_back(*before, observation, chain);
  if (!walk) return walk.error();
  switch (*walk) {
    case Walk::repeat:
      return left_alone(Fate::duplicate, *before);
    case Walk::too_far:
      if (is_waited_for(*before, observation)) return settle_now(*before, observation, arena);
      return left_alone(Fate::too_late, *before);
    case Walk::in_order:
      return track_in_order(before, observation, arena);
    case Walk::late:
      break;
  }
  const Duration age = from_ns(before->newest.time_ns) - observation.time();
  if (age > limits_.horizon && !observation.has(kTimer)) return left_alone(Fate::too_late, *before);
  return fold_again(*before, observation, arena);
}

}  // namespace statewire
