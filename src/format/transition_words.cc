// The news of a transition, and of what completes or corrects the story of one.
#include "format/format.h"
#include "format/names.h"
#include "format/news.h"
#include "format/state_words.h"

namespace statewire {
namespace {

// How a transition is told.
struct Deed {
  std::string_view verb;
  // A state that only repeats what was done ("terminated by", or the call itself where a call
  // moved the phase) is not said twice.
  bool is_told_alone = false;
  bool goes_on = false;  // What was asked for is not done yet: "being deleted".
};

Deed deed_of(const Notification& notification) {
  const std::string_view value = notification.value;
  const std::string_view verb = verb_for(notification);
  if (value.empty()) return {.verb = verb};
  if (!is_call(notification, value)) {
    return {.verb = verb,
            .is_told_alone = is_cause_known(notification.cause) && is_state(value, verb)};
  }
  // What is only planned can be taken back: nothing goes on yet.
  const bool is_planned = verb.starts_with("scheduled ");
  return {.verb = verb,
          .is_told_alone = true,
          .goes_on = !is_planned && !is_settled(notification.phase)};
}

// Where no call was seen, it is in doubt that this is the cause. Where one was, it was made, and
// only the person behind it may be in doubt, which the words for who say.
void add_deed(const Notification& notification, const Deed& deed, Words& words) {
  const Cause& cause = notification.cause;
  const bool is_guess = cause.confidence == Confidence::guess && cause.call.empty();
  words.add(deed.goes_on ? "being " : "", is_guess ? "probably " : "", deed.verb);
  add_by_whom(notification, words);
}

// " (arrived 9 min late)"
void add_delay(const Notification& notification, Words& words) {
  using std::chrono::hours;
  using std::chrono::minutes;
  const bool is_short = notification.delay < hours(2);
  const int64_t number = notification.delay / (is_short ? Duration(minutes(1)) : hours(1));
  if (number <= 0) return words.add(" (arrived late)");
  words.add(" (arrived ");
  words.add_number(static_cast<uint64_t>(number));
  words.add(is_short ? " min late)" : " h late)");
}

constexpr std::string_view kNobody = "; by whom is not known";

// A state that somebody or something brings about; that it is there or runs needs no culprit.
bool asks_by_whom(Phase phase) {
  return phase == Phase::changing || phase == Phase::stopped || phase == Phase::deprovisioning ||
         phase == Phase::gone;
}

// That nobody is known is news only where a state asks for somebody, and no reason stands for them.
// What takes a message back says itself what was not known. Without a journal each event is told
// alone: one before may have said who.
void add_nobody(const Notification& notification, Words& words) {
  if (notification.sequence == 0) return;
  const bool is_asked = asks_by_whom(notification.phase) && notification.cause.reason.empty();
  if (is_asked && notification.kind != NotificationKind::retracted) words.add(kNobody);
}

// What came late, as if it were told alone.
Notification as_told_then(const Notification& notification) {
  Notification late = notification;
  late.cause = notification.late_cause;
  late.value = notification.late_value;
  late.phase = notification.late_phase;
  return late;
}

}  // namespace

std::string_view verb_before_transition(const Notification& notification) {
  const Deed deed = deed_of(notification);
  if (deed.is_told_alone) return deed.goes_on ? "is " : "was ";
  return verb_before_state(notification.value);
}

void add_transition(const Notification& notification, NewsBeside beside, Words& words) {
  const Deed deed = deed_of(notification);
  const bool is_known = is_cause_known(notification.cause);
  if (deed.is_told_alone) {
    add_deed(notification, deed, words);
  } else {
    const bool has_word = !notification.value.empty();
    const bool is_said_beside = !has_word && is_known && beside == NewsBeside::phase;
    if (!is_said_beside) {
      has_word ? add_state(notification.value, words) : words.add(name_of(notification.phase));
      words.add(is_known ? "; " : "");
    }
    is_known ? add_deed(notification, deed, words) : add_nobody(notification, words);
  }
  if (notification.is_assumed) words.add(" (assumed by now: no event tells it)");
  add_reason(notification.cause, words);
}

// A call that came late may be the one that explains the state.
bool tells_of_now(const Notification& notification) {
  if (!notification.has_late_observation) return true;
  return !notification.late_value.empty() && is_cause_known(notification.cause) &&
         !is_cause_known(notification.late_cause) &&
         notification.late_value == notification.cause.call;
}

const Cause& told_cause(const Notification& notification) {
  return tells_of_now(notification) ? notification.cause : notification.late_cause;
}

bool is_completion(const Notification& notification) {
  return notification.kind == NotificationKind::amended && tells_of_now(notification) &&
         is_cause_known(notification.cause);
}

void add_completion_sentence(const Notification& notification, Words& words) {
  const Deed deed = deed_of(notification);
  const bool has_since = notification.since != Time();
  if (has_since && !deed.is_told_alone) {
    words.add(", ");
    add_state(notification.value, words);
    words.add(" since ");
    words.add_clock(notification.since, notification.time);
    words.add(",");
  }
  words.add(deed.goes_on ? " is " : " was ");
  add_deed(notification, deed, words);
  if (has_since && deed.is_told_alone) {
    words.add(deed.goes_on ? " since " : " at ");
    words.add_clock(notification.since, notification.time);
  }
  add_reason(notification.cause, words);
}

void add_completion(const Notification& notification, Words& words) {
  const Deed deed = deed_of(notification);
  words.add("now known: ");
  add_deed(notification, deed, words);
  if (notification.since != Time()) {
    words.add(" (");
    if (!deed.is_told_alone) add_state(notification.value, words);
    words.add(!deed.is_told_alone ? " since " : deed.goes_on ? "since " : "at ");
    words.add_clock(notification.since, notification.time);
    words.add(")");
  }
  add_reason(notification.cause, words);
}

void add_late_fact(const Notification& notification, Words& words) {
  const Notification late = as_told_then(notification);
  const Deed deed = deed_of(late);
  const Deed now = deed_of(notification);
  const bool is_known = is_cause_known(late.cause);
  // It may be older than the state that it does not change, and nobody knows that it came late.
  if (notification.is_untimed) {
    const bool has_verb = deed.is_told_alone || late.value.empty();
    words.add("was said to be ");
    has_verb ? words.add(deed.verb) : add_state(late.value, words);
    return add_reason(late.cause, words);
  }
  if (deed.is_told_alone || late.value.empty()) {
    words.add("was ", deed.verb);
  } else {
    words.add(verb_before_state(late.value) == "has " ? "had " : "was ",
              asks_by_whom(late.phase) ? "already " : "");
    add_state(late.value, words);
    words.add(is_known ? ", " : "", is_known ? deed.verb : "");
  }
  if (is_known) add_by_whom(late, words);
  words.add(" at ");
  words.add_clock(late.late_time, late.recorded == Time() ? late.late_time : late.recorded);
  const bool is_before = late.late_time < notification.since;
  if (deed.is_told_alone && now.is_told_alone && is_before) {
    words.add(", before it was ", now.verb);
  } else if (!is_known && asks_by_whom(late.phase)) {
    words.add(kNobody);
  }
  if (is_before || notification.is_late) add_delay(notification, words);
  add_reason(late.cause, words);
}

void add_reason(const Cause& cause, Words& words) {
  if (!cause.reason.empty()) words.add(": ", cause.reason);
}

}  // namespace statewire
