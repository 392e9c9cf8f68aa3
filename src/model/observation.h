// What an event says about one resource.
//
// All texts of this folder's types are views: into the arena of the batch that an observation
// was made in, into a stored block, or into the catalog. Whoever keeps a value keeps its texts
// alive. All types are plain and trivially copyable.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"
#include "model/lifecycle.h"

namespace statewire {

struct Tag {
  std::string_view key;
  std::string_view value;
  bool operator==(const Tag&) const = default;
};

// A configured property that an event says was set.
struct Change {
  std::string_view path;
  std::string_view from;  // Empty where the event does not say.
  std::string_view to;
  bool operator==(const Change&) const = default;
};

// Where an event comes from, as the provider names it.
struct Origin {
  std::string_view system;  // "aws.cloudtrail", "aws.eventbridge", "custom"
  std::string_view source;  // "aws.ec2"
  std::string_view type;    // "EC2 Instance State-change Notification", "RunInstances"
  std::string_view id;      // The provider's id; may be empty.
};

// The identity of a resource and what never changes about it.
struct Identity {
  std::string_view id;    // Canonical: an ARN, a full id, or a URN.
  std::string_view type;  // "AWS::EC2::Instance"
  std::string_view provider;
  std::string_view account;
  std::string_view region;
  std::string_view zone;
  std::string_view service;
  std::string_view name;  // As the event gives it; a Name tag is looked at when rendering.
};

// Why, and who. As a hint in an observation it says what the event alone tells.
struct Cause {
  CauseKind kind = CauseKind::unknown;
  Confidence confidence = Confidence::guess;
  std::string_view actor;       // "alice"
  std::string_view actor_type;  // "IAMUser"
  std::string_view tool;        // "console", "terraform"
  std::string_view via;         // "cloudformation.amazonaws.com"
  std::string_view session;
  std::string_view call;      // The call that it was asked for by; empty where none was seen.
  std::string_view evidence;  // Origin id of the event that says so; empty only for unknown.
  std::string_view role;      // That the actor used: "Admin"; empty where it is the actor itself.
  std::string_view address;   // The call came from there: "203.0.113.17"
  std::string_view account;   // Of the actor, where it is another one than the resource's.
  std::string_view reason;    // In the provider's words: an alarm's, of a task that stopped.
};

// The order in which the observations of one resource are folded, whatever the order in which
// they arrive. It is stored when an event is recognised: later edits of the catalog never
// reorder history. Members are compared in this order.
//
// What has no usable time lies before all that has one, in the order of arrival: its times are
// those of arrival, moved to before 1970, where no usable time is. Good until 2116.
struct SortKey {
  static constexpr int64_t kUntimedShift = int64_t{1} << 62;

  int64_t time_ns = 0;
  uint64_t version = 0;  // The provider's own counter, where the entry names one.
  uint8_t stage = 0;     // 0: was asked for, 1: was reached, 2: time has passed.
  uint8_t phase_rank = 0;
  uint8_t value_rank = 0;
  EventId event_id;
  uint16_t index = 0;  // In the event.

  bool is_untimed() const { return time_ns < 0; }
  // Of arrival, where it is untimed.
  Time time() const { return from_ns(is_untimed() ? time_ns + kUntimedShift : time_ns); }
  void set_time(Time time) { time_ns = to_ns(time); }
  void set_arrival(Time received) { time_ns = to_ns(received) - kUntimedShift; }

  auto operator<=>(const SortKey&) const = default;
};

// What an observation does to the record.
enum class Effect : uint8_t {
  state = 0,      // Tells the phase and the native state.
  cause = 1,      // Tells only who and why.
  configure = 2,  // Sets properties; the phase stays.
  tag = 3,        // Sets or removes tags.
  fail = 4,       // A call that was refused; nothing changed.
  move = 5,     // Statewire's own: the resource is an alias. Its record ends, and what it was made
                // of goes to the resource that `aliases` names.
  declare = 6,  // Statewire's own: what an inventory says of the resource.
  overdue = 7,  // Statewire's own: the time is over within which it should have arrived.
  turning = 8,  // Statewire's own: it goes back and forth; `value` is one of the two words below.
};
constexpr Effect kLastEffect = Effect::turning;
// What looks at a record as it is now, and is never folded again.
constexpr bool is_of_now(Effect effect) {
  return effect == Effect::overdue || effect == Effect::turning;
}
std::string_view name_of(Effect effect);  // "state"

// What an inventory says, as the `value` of Effect::declare.
inline constexpr std::string_view kDeclaredWord = "declared";  // Its tool has run at this time.
inline constexpr std::string_view kReadWord = "read";          // It was declared before this time.
inline constexpr std::string_view kDroppedWord = "no longer declared";
inline constexpr std::string_view kUnmanagedWord = "unmanaged";  // No inventory declares it.
inline constexpr std::string_view kLostWord = "lost";  // It is gone, and declared all the same.

// What Effect::turning looks for.
inline constexpr std::string_view kFlapsWord = "flaps";
inline constexpr std::string_view kCalmWord = "calm";

// Stored as numbers: never renumber.
enum ObservationFlag : uint8_t {
  kFutureTime = 1,   // The event claimed a time in the future; the time of arrival stands.
  kReusableId = 2,   // The id may come back after `gone`.
  kTagsRemoved = 4,  // `tags` names the tags that were removed.
  kTagsWhole = 8,    // `tags` are all the tags there are.
  kNoTime = 16,      // The event named no time; the time of arrival stands.
  kMoved = 32,       // Told before, of the alias that `aliases` names: folded again under its id.
  kSettle = 64,      // Time has passed: it moves only what waits for this very time.
  kPut = 128,        // The call makes what is not there, and sets the properties of what is.
};

struct Observation {
  SortKey key;
  Origin origin;
  Identity resource;
  Effect effect = Effect::state;
  Phase phase = Phase::unknown;  // Of Effect::state; of fail: see reports_failure().
  std::string_view value;        // Native state, or the call that moved the phase.
  Duration settles_after{};      // The phase settles by itself, so long after it; 0: it does not.
  PhaseSet toward = kAllPhases;  // What this may be the cause of; 0 on a state: nobody asks for it.
  Cause cause;
  uint8_t flags = 0;
  uint8_t severity = 0;    // OpenTelemetry number; 0: by the rule of the notification.
  std::string_view error;  // Of Effect::fail: "AccessDenied", "AccessDenied: it says why".
  // What a rule of the catalog says that a configuring call did: "lets 0.0.0.0/0 in on 22/tcp".
  std::string_view headline;
  std::string_view entry;  // Name of the catalog entry: "instance state".
  std::string_view traceparent;
  std::string_view envelope_id;  // Of what carried the event, where that is not `origin.id`.
  std::span<const Tag> tags;
  std::span<const Change> changes;
  std::span<const std::string_view> aliases;  // Other names of the same resource.
  std::string_view declared;  // Of Effect::declare: one group, packed as model/owner.h says.
  std::string_view expected;  // Of what is_of_now(): packed as model/expectation.h says.

  const EventId& event_id() const { return key.event_id; }
  Time time() const { return key.time(); }
  bool has(ObservationFlag flag) const { return (flags & flag) != 0; }
};

}  // namespace statewire
