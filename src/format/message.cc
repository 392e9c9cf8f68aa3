#include "format/message.h"

#include "base/limits.h"
#include "format/format.h"
#include "format/names.h"

namespace statewire {
namespace {

// The call that the notification is about; empty where it is about a native event.
std::string_view call_in(const Notification& notification) {
  return notification.origin.system == "aws.cloudtrail" ? notification.origin.type
                                                        : notification.cause.call;
}

bool is_call(const Notification& notification, std::string_view value) {
  return value == notification.cause.call || value == call_in(notification);
}

// How a transition is told.
struct Deed {
  std::string_view verb;
  // A state that only repeats what was done ("terminated by", or the call itself where a call
  // moved the phase) is not said twice. What still goes on is not said to be done.
  bool is_told_alone = false;
};

Deed deed_of(const Notification& notification) {
  const std::string_view value = notification.value;
  const std::string_view verb = verb_for(notification);
  if (value.empty()) return {verb, false};
  // What is only planned can be taken back: nothing goes on yet.
  const bool is_planned = verb.starts_with("scheduled ");
  if (is_call(notification, value)) return {verb, is_planned || is_settled(notification.phase)};
  return {verb, is_cause_known(notification.cause) && value == verb};
}

void add_transition(const Notification& notification, const Deed& deed, NewsBeside beside,
                    Words& words) {
  if (deed.is_told_alone) {
    words.add(deed.verb);
    add_by_whom(notification, words);
    return;
  }
  const bool is_known = is_cause_known(notification.cause);
  const bool has_word = !notification.value.empty() && !is_call(notification, notification.value);
  const bool is_said_beside = !has_word && is_known && beside == NewsBeside::phase;
  if (!is_said_beside) words.add(has_word ? notification.value : name_of(notification.phase));
  if (!is_known) return;
  const bool is_guess = notification.cause.confidence == Confidence::guess;
  words.add(is_said_beside ? "" : "; ", is_guess ? "probably " : "", deed.verb);
  add_by_whom(notification, words);
}

// "backupRetentionPeriod 7 → 0, securityGroups sg-1, sg-2"
void add_changes(std::span<const Change> changes, Words& words) {
  std::string_view path;
  size_t named = 0;
  for (const Change& change : changes) {
    const bool is_short = change.from.size() + change.to.size() <= kMessageChangeBytesMax;
    const bool has_value = is_short && !change.to.empty();
    const bool is_path_said = change.path == path;
    if (is_path_said && !has_value) continue;
    words.add(named == 0 ? " (" : ", ");
    if (named++ == kMessageChangesMax) {
      words.add("…");
      break;
    }
    if (!is_path_said) words.add(change.path);
    if (has_value) {
      words.add(is_path_said ? "" : " ", change.from, change.from.empty() ? "" : " → ", change.to);
    }
    path = change.path;
  }
  words.add(named == 0 ? "" : ")");
}

// The provider announces something, and nothing is configured yet.
bool is_report(const Notification& notification) {
  return notification.kind == NotificationKind::changed &&
         notification.cause.kind == CauseKind::provider && call_in(notification).empty();
}

// "INSTANCE_RETIREMENT_SCHEDULED" for AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED, a code of AWS Health.
std::string_view without_service(std::string_view code) {
  constexpr std::string_view kPrefix = "AWS_";
  if (!code.starts_with(kPrefix)) return code;
  const size_t end = code.find('_', kPrefix.size());
  return end == code.npos ? code : code.substr(end + 1);
}

void add_change(const Notification& notification, Words& words) {
  if (!notification.headline.empty()) {
    words.add(notification.headline);
    return add_who_in_brackets(notification, words);
  }
  if (is_report(notification)) {
    const std::string_view provider = provider_name(notification.resource.provider);
    const std::string_view report = report_name(notification.origin.type);
    const std::string_view what = report.empty() ? notification.cause.actor : report;
    words.add(provider.empty() ? "the provider" : provider, " reports ");
    if (what.empty()) return words.add(notification.origin.type);
    return words.add_spelled(without_service(what));
  }
  words.add("configured");
  add_by_whom(notification, words);
  const std::string_view call = call_in(notification);
  words.add(call.empty() ? "" : ": ", call_name(call));
  add_changes(notification.changes, words);
}

void add_failure(const Notification& notification, Words& words) {
  const std::string_view call = call_in(notification);
  words.add(call.empty() ? notification.origin.type : call_name(call));
  add_by_whom(notification, words);
  words.add(" was refused", notification.error.empty() ? "" : ": ", notification.error);
}

// The call that came late is the one that explains the state.
bool is_late_cause(const Notification& notification) {
  return !notification.late_value.empty() && is_cause_known(notification.cause) &&
         notification.late_value == notification.cause.call;
}

// Not of what was before it.
bool tells_of_now(const Notification& notification) {
  return !notification.has_late_observation || is_late_cause(notification);
}

void add_amendment(const Notification& notification, Words& words) {
  if (notification.kind == NotificationKind::retracted) words.add("taken back; ");
  if (tells_of_now(notification)) {
    return add_transition(notification, deed_of(notification), NewsBeside::kind, words);
  }
  const bool has_word = !notification.late_value.empty();
  words.add("was ",
            has_word ? call_name(notification.late_value) : name_of(notification.late_phase),
            " before");
}

// The news of all kinds but a transition.
void add_other_news(const Notification& notification, Words& words) {
  switch (notification.kind) {
    case NotificationKind::changed:
      return add_change(notification, words);
    case NotificationKind::amended:
    case NotificationKind::retracted:
      return add_amendment(notification, words);
    case NotificationKind::failed:
      return add_failure(notification, words);
    case NotificationKind::receipt:
      return words.add(notification.receipt);
    case NotificationKind::transition:
    case NotificationKind::none:
      return;
  }
}

// It is no user of IAM, though it is filed under them.
bool is_root_user(const Identity& resource) {
  return resource.type == "AWS::IAM::User" && resource.id.ends_with(":root");
}

// Nobody should take the time of arrival for the time when it happened.
void add_doubt_of_time(const Notification& notification, Words& words) {
  if (notification.is_untimed) words.add(" (when is not known)");
}

}  // namespace

bool is_told_as_transition(const Notification& notification) {
  return notification.kind == NotificationKind::transition ||
         (notification.kind == NotificationKind::amended && tells_of_now(notification));
}

void add_subject(const Notification& notification, Words& words) {
  if (notification.kind == NotificationKind::receipt) {
    if (notification.receipt_count == 0) return words.add("notifications are held back");
    words.add_number(notification.receipt_count);
    return words.add(notification.receipt_count == 1 ? " more notification"
                                                     : " more notifications");
  }
  if (is_root_user(notification.resource)) return words.add("root user");
  const std::string_view bare = bare_id(notification.resource.id);
  add_type_name(notification.resource.type, words);
  words.add(" ", notification.name.empty() ? bare : notification.name);
  if (!notification.name.empty() && notification.name != bare) words.add(" (", bare, ")");
}

void add_news(const Notification& notification, NewsBeside beside, Words& words) {
  if (is_told_as_transition(notification)) {
    add_transition(notification, deed_of(notification), beside, words);
  } else {
    add_other_news(notification, words);
  }
  add_doubt_of_time(notification, words);
}

void add_message(const Notification& notification, Words& words) {
  add_subject(notification, words);
  const std::string_view region = notification.resource.region;
  words.add(region.empty() ? "" : " in ", region);
  if (is_told_as_transition(notification)) {
    const Deed deed = deed_of(notification);
    words.add(deed.is_told_alone ? " was " : " is ");
    add_transition(notification, deed, NewsBeside::kind, words);
  } else {
    const bool is_changed = notification.kind == NotificationKind::changed;
    const bool is_whole = !notification.headline.empty();
    words.add(!is_changed ? ": " : is_whole ? " " : is_report(notification) ? ": " : " was ");
    add_other_news(notification, words);
  }
  add_doubt_of_time(notification, words);
  words.limit(kMessageCharactersMax);
}

void append_message(const Notification& notification, std::string& out) {
  Words words;
  add_message(notification, words);
  words.append_to(out);
}

}  // namespace statewire
