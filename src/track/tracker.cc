// The usual observation is newer than everything known of its resource: it costs one fold step, and
// where it sets something, a look at the last entries for what that was before. Only one at or
// below the record's newest key can be a repeat or late, or one without a time. Then the resource's
// journal entries are walked back, newest first: each entry keeps the record as it was after it,
// and with it the newest key until then. The walk ends at an entry before which everything lies
// below the observation and below all that was walked past (an earlier late one may lie deeper
// than this one). A repeat is found on the way. A late one is folded in its place: from the
// record at that entry, over all that was walked past and itself, in key order.
//
// A reminder that comes too late for this, and that the record still waits for, settles the phase
// as it is now: nothing would do so later.
#include "track/tracker.h"

#include <algorithm>

#include "base/limits.h"
#include "base/own_sources.h"
#include "model/withheld.h"
#include "track/drift.h"
#include "track/set_before.h"
#include "track/step.h"

namespace statewire {
namespace {

constexpr Duration kClocksDiffer = std::chrono::minutes(1);

bool is_same_event(const Observation& a, const Observation& b) {
  return a.key.event_id == b.key.event_id && a.key.index == b.key.index;
}

bool is_untimed(const Observation& observation) {
  return observation.has(kFutureTime) || observation.has(kNoTime);
}

void keep_arrival(Record& record, const Record& before) {
  record.revision = before.revision;
  record.told = before.told;
  record.last_sequence = before.last_sequence;
  record.recorded = before.recorded;
  record.is_stuck = before.is_stuck;
  record.is_flapping = before.is_flapping;
}

// `before`: how the record differed from its code until now, withheld or not.
NotificationKind kind_of(const Observation& observation, const FoldStep& step, const Record& record,
                         Drift before) {
  if (step.state) return NotificationKind::transition;
  if (step.failed) return NotificationKind::failed;
  if (step.configured || (step.tags && observation.effect == Effect::tag)) {
    return NotificationKind::changed;
  }
  const bool is_drift_told = is_drift_news(before, standing_drift(record));
  if (observation.effect == Effect::declare) {
    return is_drift_told ? NotificationKind::changed : NotificationKind::none;
  }
  const bool is_amended = (step.cause || is_drift_told) && !record.told.is_zero();
  return is_amended ? NotificationKind::amended : NotificationKind::none;
}

// What was told under another name is not told twice, but for what it says of the state now.
bool is_told_already(const Observation& observation, NotificationKind kind) {
  return observation.has(kMoved) &&
         (kind == NotificationKind::changed || kind == NotificationKind::failed);
}

void tell(Entry& entry, NotificationKind kind) {
  const Observation& observation = entry.observation;
  Told& told = entry.told;
  if (is_told_already(observation, kind)) kind = NotificationKind::none;
  told.kind = kind;
  if (kind == NotificationKind::none) return;
  if (kind == NotificationKind::amended) {
    told.amends = entry.after.told;
    told.id = amendment_id(told.amends, observation.event_id());
    return;
  }
  told.id = transition_id(observation, kind);
  if (kind == NotificationKind::transition) {
    told.previous = entry.after.previous;
    entry.after.told = told.id;
  }
}

// The provider told the same change under two ids.
bool is_retold(const Observation& other, const Observation& observation) {
  return other.effect == Effect::state && observation.effect == Effect::state &&
         other.key.time() == observation.key.time() && other.phase == observation.phase &&
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

bool is_same_owner(const Record& a, const Record& b) {
  return a.declared == b.declared && a.drift == b.drift && a.drift_since == b.drift_since &&
         a.touch == b.touch;
}

bool is_own(const Entry& entry) {
  return entry.observation.effect == Effect::declare ||
         std::ranges::find(kOwnSources, entry.source) != kOwnSources.end();
}

Tracked left_out(const Record& before, uint64_t last_folded, Entry& entry) {
  entry.after = before;
  entry.after.last_sequence = last_folded;
  entry.told.too_late = true;
  entry.told.late = true;
  return {.fate = Fate::too_late};
}

}  // namespace

void Tracker::fold_in_order(const Record* before, Entry& entry, Arena& arena) {
  entry.after = before == nullptr ? Record{} : *before;
  const Drift drift = standing_drift(entry.after);
  const FoldStep step = fold_step(entry.after, entry.observation, arena);
  if (step.any()) ++entry.after.revision;
  add_passage(step, {entry.observation, entry.received}, 1);
  tell(entry, kind_of(entry.observation, step, entry.after, drift));
}

Tracked Tracker::settle_now(const Record& before, Entry& entry, Arena& arena) {
  fold_in_order(&before, entry, arena);
  entry.after.newest = std::max(before.newest, entry.observation.key);
  entry.told.late = true;
  return {};
}

Result<Tracker::Verdict> Tracker::walk_back(const Record& before, const Observation& observation) {
  const bool in_order = observation.key > before.newest;
  Walk& walk = walks_.of(before.resource.id, before.last_sequence);
  passed_.clear();
  last_folded_ = before.last_sequence;
  size_t bytes = 0;
  SortKey lowest = observation.key;
  bool has_place = in_order;
  const Verdict placed = in_order ? Verdict::in_order : Verdict::late;
  size_t of_now = 0;  // Of those that were seen; each stands behind one that was folded.
  for (size_t back = 0;; ++back) {
    const bool seeks_repeat = is_untimed(observation) && back < kUntimedEntriesBackMax;
    if (has_place && !seeks_repeat) return placed;
    if (!has_place &&
        (back - of_now >= limits_.entries_back_max || bytes > limits_.bytes_back_max)) {
      return Verdict::too_far;
    }
    const Result<const Entry*> entry = walks_.at(walk, back);
    if (!entry) return entry.error();
    if (*entry == nullptr) {
      if (has_place) return placed;
      is_cut_ = walk.is_cut();
      if (is_cut_) return Verdict::too_far;
      base_ = Record{};
      return Verdict::late;
    }
    const Entry& seen = **entry;
    if (back == 0) last_folded_ = seen.sequence;
    if (is_same_event(seen.observation, observation)) return Verdict::repeat;
    of_now += is_of_now(seen.observation.effect);
    if (has_place || is_of_now(seen.observation.effect)) continue;
    if (seen.after.newest < lowest) {
      base_ = seen.after;
      has_place = true;
      continue;
    }
    lowest = std::min(lowest, seen.observation.key);
    passed_.push_back({seen.observation, seen.received, is_own(seen)});
    bytes += text_bytes_of(seen);
  }
}

// What is dated ahead of when it came did not arrive then: a clock was wrong.
void Tracker::add_passage(const FoldStep& step, const Seen& seen, int64_t count) {
  if (!step.passage || seen.observation.time() > seen.received + kClocksDiffer) return;
  passages_.push_back(*step.passage);
  passages_.back().count = count;
}

// As it was told until now: what is folded again replaces it.
void Tracker::take_passages_back() {
  Record record = base_;
  for (const Seen& each : late_) {
    add_passage(fold_step(record, each.observation, scratch_), each, -1);
  }
}

Tracked Tracker::fold_again(const Record& before, Entry& entry, Arena& arena) {
  const Observation& observation = entry.observation;
  const Seen now{observation, entry.received};
  const auto is_before = [](const Seen& a, const Seen& b) {
    return a.observation.key < b.observation.key;
  };
  late_ = passed_;
  std::sort(late_.begin(), late_.end(), is_before);
  scratch_.clear();
  take_passages_back();
  late_.insert(std::ranges::upper_bound(late_, now, is_before), now);

  Record& after = entry.after = base_;
  FoldStep own;
  for (const Seen& each : late_) {
    const FoldStep step = fold_step(after, each.observation, scratch_);
    add_passage(step, each, 1);
    if (is_same_event(each.observation, observation)) own = step;
  }
  own_texts(after, arena);  // Walks may end before the record does.
  keep_arrival(after, before);

  NotificationKind kind = kind_of(observation, {.configured = own.configured, .failed = own.failed},
                                  after, standing_drift(before));
  const bool tags_changed = !std::ranges::equal(after.tags, before.tags);
  const bool is_known = std::ranges::any_of(
      passed_, [&](const Seen& other) { return is_retold(other.observation, observation); });
  const bool is_settle = observation.has(kSettle);
  const bool is_news = own.state && !is_known && !observation.has(kMoved) && !is_settle;
  const bool is_drift_told = is_drift_news(standing_drift(before), standing_drift(after));
  const bool story_changed = is_news || is_drift_told || !is_same_story(after, before);
  if (!is_same_state(after, before)) {
    kind = NotificationKind::transition;
  } else if (kind == NotificationKind::none && story_changed) {
    // That something had settled before it moved on is no news, but what that says of who moved it.
    const bool is_silent = is_settle && !is_drift_told;
    if (!before.told.is_zero() && !is_silent) kind = NotificationKind::amended;
  } else if (kind == NotificationKind::none && tags_changed) {
    if (observation.effect == Effect::tag) kind = NotificationKind::changed;
  }
  if (kind == NotificationKind::transition || story_changed || tags_changed || own.configured ||
      !is_same_owner(after, before)) {
    ++after.revision;
  }
  tell(entry, kind);
  // What was read of a resource before its first event came does not make that event a late one.
  entry.told.late = std::ranges::any_of(passed_, [&](const Seen& other) {
    return !other.is_own && other.observation.key > observation.key;
  });
  return {};
}

// What a call sets had another value before, as far as the resource's last entries tell.
Result<void> Tracker::tell_from(const Record& before, Entry& entry, Arena& arena) {
  if (!walks_.may_look_back()) return {};
  SetBefore set(entry.observation, arena);
  Walk& walk = walks_.of(before.resource.id, before.last_sequence);
  for (size_t back = 0; back < kSettingEntriesBackMax; ++back) {
    if (set.is_complete() || !walks_.may_look_back()) break;
    walks_.note_look_back();
    const Result<const Entry*> seen = walks_.at(walk, back);
    if (!seen) return seen.error();
    if (*seen == nullptr) break;
    set.look_at((*seen)->observation, (*seen)->told.late);
  }
  entry.observation.changes = set.told();
  return {};
}

Result<Tracked> Tracker::track(const Record* before, Entry& entry, Arena& arena) {
  const Observation& observation = entry.observation;
  entry.told = Told{};
  passages_.clear();
  const bool is_newest = before == nullptr || observation.key > before->newest;
  if (before == nullptr || (is_newest && !is_untimed(observation))) {
    fold_in_order(before, entry, arena);
    if (before != nullptr && sets_something(observation)) {
      if (Result<void> told = tell_from(*before, entry, arena); !told) return told.error();
    }
    return Tracked{};
  }
  is_cut_ = false;
  const Result<Verdict> verdict = walk_back(*before, observation);
  if (!verdict) return verdict.error();
  Tracked tracked;
  const Duration age = before->newest.time() - observation.time();
  const bool is_beyond = age > limits_.horizon && !observation.has(kSettle);
  if (*verdict == Verdict::repeat) {
    tracked.fate = Fate::duplicate;
  } else if (*verdict == Verdict::in_order) {
    fold_in_order(before, entry, arena);
  } else if (*verdict == Verdict::too_far && is_waited_for(*before, observation)) {
    tracked = settle_now(*before, entry, arena);
  } else if (*verdict == Verdict::too_far || is_beyond) {
    tracked = left_out(*before, last_folded_, entry);
  } else {
    tracked = fold_again(*before, entry, arena);
  }
  tracked.is_cut = is_cut_;
  return tracked;
}

}  // namespace statewire
