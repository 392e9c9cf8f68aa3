// Entries for tests and benchmarks: random ones with every field in use, and typical ones.
#pragma once

#include <array>
#include <random>
#include <sstream>
#include <string>

#include "base/arena.h"
#include "base/ids.h"
#include "base/limits.h"
#include "model/entry.h"

namespace statewire {

// Every field takes every value now and then. The same seed gives the same entries.
class RandomEntries {
 public:
  RandomEntries(uint64_t seed, Arena& arena) : random_(seed), arena_(arena) {}

  Entry entry(uint64_t sequence, Time recorded) {
    Entry result;
    result.sequence = sequence;
    result.previous_sequence = chance() ? 0 : below(sequence);
    result.source = word();
    result.received = time(recorded);
    result.recorded = chance() ? recorded : time(recorded);
    result.observation = observation(recorded);
    result.told = told(recorded);
    result.after = record(result, recorded);
    return result;
  }

  // Often equal to what `base` says.
  Record record(const Entry& base, Time recorded) {
    const Observation& seen = base.observation;
    Record result;
    result.resource = chance() ? seen.resource : identity();
    result.phase = chance() ? seen.phase : static_cast<Phase>(below(kPhaseCount));
    result.value = chance() ? seen.value : word();
    result.since = chance() ? seen.time() : time(recorded);
    result.settles_at = chance() ? Time{} : time(recorded);
    result.phase_since = chance() ? result.since : time(recorded);
    result.turn_count = static_cast<uint8_t>(chance() ? 0 : below(kFlapTurns + 1));
    for (size_t i = 0; i < result.turn_count; ++i) result.turns[i] = time(recorded);
    result.is_stuck = chance();
    result.is_flapping = chance();
    result.previous = chance() ? base.told.previous : previous(recorded);
    result.cause = chance() ? seen.cause : cause(seen.origin.id);
    result.flags = chance() ? 0 : static_cast<uint8_t>(below(256));
    result.newest = chance() ? seen.key : sort_key(recorded);
    result.tags = chance() ? seen.tags : tags();
    result.hints = hints(result.cause, seen.origin.id, recorded);
    result.revision = number();
    result.last_sequence = chance() ? base.sequence : number();
    result.told = chance() ? base.told.id : NotificationId{bytes()};
    result.recorded = chance() ? base.recorded : time(recorded);
    if (chance()) return result;
    result.declared = word();
    result.drift = static_cast<Drift>(below(kDriftCount));
    if (result.drift == Drift::unknown || chance()) return result;
    result.drift_since = time(recorded);
    result.touch = word();
    return result;
  }

 private:
  uint64_t below(uint64_t bound) { return bound == 0 ? 0 : random_() % bound; }
  bool chance() { return random_() & 1; }
  uint64_t number() { return random_() >> below(64); }
  Time time(Time base) {
    switch (below(8)) {
      case 0:
        return from_ns(INT64_MIN);
      case 1:
        return from_ns(INT64_MAX);
      case 2:
        return Time{};
      default:
        return base + Duration(static_cast<int64_t>(random_() % 2'000'000'000'000)) -
               std::chrono::seconds(1000);
    }
  }
  std::array<uint8_t, 16> bytes() {
    std::array<uint8_t, 16> result{};
    if (below(4) == 0) return result;
    for (uint8_t& byte : result) byte = static_cast<uint8_t>(random_());
    return result;
  }
  // Repeats often; empty, long and unprintable ones occur.
  std::string_view word() {
    const uint64_t kind = below(8);
    if (kind == 0) return {};
    if (kind < 6) return arena_.copy("word-" + std::to_string(below(20)));
    std::string text(kind == 6 ? below(8) : below(400), '\0');
    for (char& c : text) c = static_cast<char>(random_());
    return arena_.copy(text);
  }
  Identity identity() { return {word(), word(), word(), word(), word(), word(), word(), word()}; }
  SortKey sort_key(Time recorded) {
    SortKey key;
    key.time_ns = to_ns(time(recorded));
    key.version = chance() ? 0 : number();
    key.stage = static_cast<uint8_t>(below(3));
    key.phase_rank = static_cast<uint8_t>(random_());
    key.value_rank = static_cast<uint8_t>(random_());
    key.event_id.bytes = bytes();
    key.index = chance() ? 0 : static_cast<uint16_t>(random_());
    return key;
  }
  Cause cause(std::string_view origin_id) {
    Cause result;
    result.kind = static_cast<CauseKind>(below(8));
    result.confidence = static_cast<Confidence>(below(3));
    if (below(3) == 0) return result;
    result.actor = word(), result.actor_type = word(), result.tool = word(), result.via = word();
    result.session = word(), result.call = word();
    result.role = word(), result.address = word();
    result.evidence = chance() ? origin_id : word();
    result.account = word(), result.reason = word();
    return result;
  }
  Previous previous(Time recorded) {
    if (below(4) == 0) return {};
    return {static_cast<Phase>(below(kPhaseCount)), word(), time(recorded)};
  }
  std::span<const Tag> tags() {
    std::vector<Tag> result(chance() ? 0 : below(kTagsMax + 1));
    for (Tag& tag : result) tag = {word(), word()};
    return arena_.copy_of(result);
  }
  std::span<const Hint> hints(const Cause& other, std::string_view origin_id, Time recorded) {
    std::vector<Hint> result(chance() ? 0 : below(12));
    for (Hint& hint : result) {
      hint = {chance() ? other : cause(origin_id), time(recorded),
              static_cast<PhaseSet>(random_())};
    }
    return arena_.copy_of(result);
  }
  Observation observation(Time recorded) {
    Observation result;
    result.key = sort_key(recorded);
    result.origin = {word(), word(), word(), word()};
    result.resource = identity();
    result.effect = static_cast<Effect>(below(static_cast<uint64_t>(kLastEffect) + 1));
    result.phase = static_cast<Phase>(below(kPhaseCount));
    result.value = word();
    result.settles_after = chance() ? Duration::zero() : Duration(number());
    result.toward = chance() ? kAllPhases : static_cast<PhaseSet>(random_());
    result.cause = cause(result.origin.id);
    result.flags = chance() ? 0 : static_cast<uint8_t>(random_());
    result.severity = chance() ? 0 : static_cast<uint8_t>(random_());
    result.error = word(), result.entry = word(), result.traceparent = word();
    result.headline = word();
    result.declared = word();
    result.expected = word();
    result.envelope_id = word();
    result.tags = tags();
    std::vector<Change> changes(chance() ? 0 : below(5));
    for (Change& change : changes) change = {word(), word(), word()};
    result.changes = arena_.copy_of(changes);
    std::vector<std::string_view> aliases(chance() ? 0 : below(4));
    for (std::string_view& alias : aliases) alias = word();
    result.aliases = arena_.copy_of(aliases);
    return result;
  }
  Told told(Time recorded) {
    Told result;
    result.kind = static_cast<NotificationKind>(below(static_cast<uint64_t>(kLastKind) + 1));
    result.id.bytes = bytes();
    result.amends.bytes = bytes();
    result.late = chance();
    result.too_late = chance();
    result.previous = previous(recorded);
    return result;
  }

  std::mt19937_64 random_;
  Arena& arena_;
};

// An instance among `resources` that changed its state, as EventBridge tells it.
inline Entry typical_entry(uint64_t sequence, uint64_t resource, Time recorded, Arena& arena) {
  char number[24];
  std::snprintf(number, sizeof number, "%012llx",
                static_cast<unsigned long long>(resource * 2654435761u + 1));
  char event[40];
  std::snprintf(event, sizeof event, "7bf73129-1428-4cd3-%04x-%012llx",
                static_cast<unsigned>(sequence % 65521), static_cast<unsigned long long>(sequence));
  const bool running = sequence % 3 != 0;
  Entry entry;
  entry.sequence = sequence;
  entry.previous_sequence = sequence > 100'000 ? sequence - 100'000 + resource % 777 : 0;
  entry.source = "http";
  entry.received = recorded - std::chrono::milliseconds(3);
  entry.recorded = recorded;
  Observation& seen = entry.observation;
  seen.key.time_ns = to_ns(recorded) - 2'000'000'000 - static_cast<int64_t>(sequence % 1000);
  seen.key.stage = 1;
  seen.key.phase_rank = 2;
  seen.key.event_id.bytes = hash128("event", {event});
  seen.origin = {"aws.eventbridge", "aws.ec2", "EC2 Instance State-change Notification",
                 arena.copy(event)};
  seen.resource.id = arena.join("arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2", number);
  seen.resource.type = "AWS::EC2::Instance";
  seen.resource.provider = "aws";
  seen.resource.account = arena.copy("123456789012");
  seen.resource.region = arena.copy("eu-west-1");
  seen.resource.service = "ec2";
  seen.resource.name = arena.join("i-0a1b2", number);
  seen.phase = running ? Phase::stable : Phase::stopped;
  seen.value = arena.copy(running ? "running" : "stopped");
  seen.entry = "instance state";
  Record& after = entry.after;
  after.resource = seen.resource;
  after.phase = seen.phase;
  after.value = seen.value;
  after.since = after.phase_since = seen.time();
  after.previous = {Phase::changing, "stopping", seen.time() - std::chrono::seconds(20)};
  after.cause = {.kind = CauseKind::human,
                 .confidence = Confidence::likely,
                 .actor = arena.join("user-", std::string_view(number, 3)),
                 .actor_type = "IAMUser",
                 .tool = "console",
                 .call = "StopInstances",
                 .evidence = arena.join("3f1f6a5e-0d3c-4a6e-9a2b-", number)};
  after.newest = seen.key;
  const Tag tags[] = {{"Name", arena.join("web-", number)}, {"team", "shop"}};
  after.tags = arena.copy_of(std::span<const Tag>(tags));
  after.revision = sequence / 1000 + 1;
  after.last_sequence = sequence;
  after.told.bytes = seen.key.event_id.bytes;
  after.recorded = recorded;
  entry.told = {.kind = NotificationKind::transition,
                .id = after.told,
                .amends = {},
                .late = false,
                .too_late = false,
                .previous = after.previous};
  return entry;
}

// All that an entry says, as text: two are equal where their texts are.
class EntryText {
 public:
  static std::string of(const Entry& entry) {
    EntryText text;
    text.put(entry.sequence, entry.previous_sequence, entry.source, entry.received, entry.recorded);
    text.observation(entry.observation);
    const Told& told = entry.told;
    text.put(static_cast<int>(told.kind), told.id.view(), told.amends.view(), told.late,
             told.too_late);
    text.previous(told.previous);
    text.record(entry.after);
    return text.out_.str();
  }
  static std::string of(const Record& record) {
    EntryText text;
    text.record(record);
    return text.out_.str();
  }

 private:
  void one(std::string_view text) { out_ << text.size() << ':' << text << ','; }
  void one(Time time) { out_ << to_ns(time) << ','; }
  void one(uint64_t number) { out_ << number << ','; }
  void one(int number) { out_ << number << ','; }
  template <typename... Parts>
  void put(const Parts&... parts) {
    (one(parts), ...);
    out_ << '\n';
  }
  void identity(const Identity& i) {
    put(i.id, i.type, i.provider, i.account, i.region, i.zone, i.service, i.name);
  }
  void key(const SortKey& k) {
    put(from_ns(k.time_ns), k.version, int{k.stage}, int{k.phase_rank}, int{k.value_rank},
        k.event_id.view(), int{k.index});
  }
  void cause(const Cause& c) {
    put(static_cast<int>(c.kind), static_cast<int>(c.confidence), c.actor, c.actor_type, c.tool,
        c.via, c.session, c.call, c.evidence, c.role, c.address, c.account, c.reason);
  }
  void previous(const Previous& p) { put(static_cast<int>(p.phase), p.value, p.since); }
  void tags(std::span<const Tag> tags) {
    put(uint64_t{tags.size()});
    for (const Tag& tag : tags) put(tag.key, tag.value);
  }
  void observation(const Observation& o) {
    key(o.key);
    put(o.origin.system, o.origin.source, o.origin.type, o.origin.id);
    identity(o.resource);
    put(static_cast<int>(o.effect), static_cast<int>(o.phase), o.value, int{o.toward},
        from_ns(o.settles_after.count()));
    cause(o.cause);
    put(int{o.flags}, int{o.severity}, o.error, o.entry, o.traceparent, o.headline, o.declared,
        o.expected, o.envelope_id);
    tags(o.tags);
    put(uint64_t{o.changes.size()}, uint64_t{o.aliases.size()});
    for (const Change& change : o.changes) put(change.path, change.from, change.to);
    for (const std::string_view alias : o.aliases) put(alias);
  }
  void record(const Record& r) {
    identity(r.resource);
    put(static_cast<int>(r.phase), r.value, r.since, r.settles_at);
    previous(r.previous);
    cause(r.cause);
    put(int{r.flags});
    key(r.newest);
    tags(r.tags);
    put(uint64_t{r.hints.size()});
    for (const Hint& hint : r.hints) {
      cause(hint.cause);
      put(hint.time, int{hint.toward});
    }
    put(r.phase_since, r.is_stuck, r.is_flapping);
    for (size_t i = 0; i < r.turn_count; ++i) put(r.turns[i]);
    put(r.declared, static_cast<int>(r.drift), r.drift_since, r.touch);
    put(r.revision, r.last_sequence, r.told.view(), r.recorded);
  }

  std::ostringstream out_;
};

}  // namespace statewire
