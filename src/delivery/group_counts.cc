#include "delivery/group_counts.h"

#include <algorithm>

#include "base/ids.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/format.h"
#include "format/message.h"
#include "format/message_parts.h"
#include "format/names.h"

namespace statewire {
namespace {

constexpr std::string_view kOtherKind = "other";

std::string name_text(std::string_view text) {
  return std::string(cut_utf8(text, kGroupNameBytesMax));
}

// What a deployment has brought it to: its phase, unless that leaves open whether it was made.
std::string_view state_word(const Notification& notification) {
  const bool is_running = notification.value == "running" || notification.value == "RUNNING";
  if (notification.phase != Phase::stable || is_running) return name_of(notification.phase);
  if (notification.previous.phase == Phase::provisioning) {
    const std::string_view verb = verb_for(notification);
    return verb == "started" ? verb : "created";
  }
  return notification.previous.phase == Phase::changing ? "updated" : name_of(Phase::stable);
}

// "EC2 instance stable". An amendment says what is so by now.
DigestKind kind_of(const Notification& notification) {
  Words words;
  add_type_name(notification.resource.type, words);
  words.add(" ",
            tells_state(notification.kind) ? state_word(notification) : name_of(notification.kind));
  words.limit(kSubjectCharactersMax);
  DigestKind kind;
  words.append_to(kind.name);
  // Of what failed; other severities are the message's alone.
  if (is_deployment_failure(notification)) kind.severity = std::max(kWarn, notification.severity);
  return kind;
}

// Its place; where there is no room for another, that of the others.
uint32_t place_of(DigestCounts& digest, DigestKind kind) {
  const auto find = [&] {
    return std::ranges::find_if(digest.kinds, [&](const DigestKind& each) {
      return each.name == kind.name && each.severity == kind.severity;
    });
  };
  auto place = find();
  if (place == digest.kinds.end() && digest.kinds.size() + 1 >= kGroupKindsMax) {
    kind.name = kOtherKind;
    place = find();
  }
  if (place == digest.kinds.end()) place = digest.kinds.insert(place, std::move(kind));
  return static_cast<uint32_t>(place - digest.kinds.begin());
}

void add_failure(std::string text, GroupCounts& group) {
  if (group.failures.size() - group.failures_told >= kGroupFailuresMax) return;
  if (std::ranges::find(group.failures, text) != group.failures.end()) return;
  group.failures.push_back(std::move(text));
}

std::string failure_text(const Notification& notification) {
  std::string text;
  append_message(notification, text);
  return shortened(text, kGroupFailureCharactersMax);
}

// Where it stands, or would.
std::vector<GroupResource>::iterator place_of_resource(uint64_t hash, GroupCounts& group) {
  return std::ranges::lower_bound(group.resources, hash, {}, &GroupResource::hash);
}

// A resource is counted once, as what was said of it last; but what failed has failed. `is_last`:
// no member says something later of it. Whether it is news.
bool count_resource(uint64_t hash, uint32_t kind, bool is_last, DeliveryRow& row) {
  GroupCounts& group = row.group;
  auto& kinds = row.digest.kinds;
  const auto place = place_of_resource(hash, group);
  if (place == group.resources.end() || place->hash != hash) {
    ++kinds[kind].count;
    group.has_news = true;
    if (group.resources.size() < kGroupResourcesMax) {
      group.resources.insert(place, {.hash = hash, .kind = kind});
    }
    return true;
  }
  const bool fails = kinds[kind].severity != 0;
  const bool has_failed = !place->is_told && kinds[place->kind].severity != 0;
  if (place->kind == kind || (has_failed && !fails) || (!is_last && !fails)) return false;
  if (!place->is_told) --kinds[place->kind].count;
  ++kinds[kind].count;
  *place = {.hash = hash, .kind = kind};
  group.has_news = true;
  return true;
}

// Whether the message that comes next counts it.
bool is_news(uint64_t hash, GroupCounts& group) {
  const auto place = place_of_resource(hash, group);
  const bool is_there = place != group.resources.end() && place->hash == hash;
  return !is_there || !place->is_told;
}

void join_kinds(const DeliveryRow& other, DeliveryRow& row) {
  const bool is_last = other.group.times.last >= row.group.times.last;
  std::vector<DigestKind> rest = other.digest.kinds;  // Of what is not told apart.
  for (const GroupResource& resource : other.group.resources) {
    DigestKind kind = rest[resource.kind];
    if (rest[resource.kind].count > 0) --rest[resource.kind].count;
    kind.count = 0;
    count_resource(resource.hash, place_of(row.digest, std::move(kind)), is_last, row);
  }
  for (DigestKind& kind : rest) {
    const uint64_t count = std::exchange(kind.count, 0);
    if (count == 0) continue;
    row.digest.kinds[place_of(row.digest, std::move(kind))].count += count;
    row.group.has_news = true;
  }
}

// As many as a fact of a message has items.
void add_name(GroupName name, bool is_first, std::vector<GroupName>& names) {
  std::erase_if(names, [&](const GroupName& each) { return each.hash == name.hash; });
  names.insert(is_first ? names.begin() : names.end(), std::move(name));
  if (names.size() > kFactItemsMax) names.pop_back();
}

GroupName name_of(const Notification& notification, uint64_t hash) {
  const Identity& resource = notification.resource;
  GroupName name{.hash = hash,
                 .type = name_text(resource.type),
                 .name = name_text(short_name(notification.name, resource.id))};
  if (notification.phase != Phase::gone && resource.id.size() <= kLinkedIdBytesMax) {
    name.id = resource.id;
  }
  return name;
}

// One that is named stays where it is, and is not linked to where it is gone.
void name_member(const Notification& notification, uint64_t hash, bool is_failure,
                 GroupCounts& group) {
  GroupName name = name_of(notification, hash);
  const auto same = std::ranges::find(group.names, hash, &GroupName::hash);
  if (same != group.names.end() && !is_failure) {
    same->id = std::move(name.id);
    return;
  }
  add_name(std::move(name), is_failure, group.names);
}

}  // namespace

DeliveryRow new_group(const DeploymentName& name, const Notification& first) {
  DeliveryRow row;
  row.stage = Stage::group;
  row.first_sequence = row.last_sequence = first.sequence;
  row.members = 0;
  row.recorded = first.recorded;
  row.group = {.key = name.key(),
               .tool = name_text(name.tool),
               .actor = name_text(name.actor),
               .account = name_text(name.account),
               .region = name_text(name.region),
               .times = {.began = first.time, .last = first.time}};
  return row;
}

void count_member(const DeploymentName& name, const Notification& notification, DeliveryRow& row) {
  GroupCounts& group = row.group;
  ++row.members;
  row.last_sequence = std::max(row.last_sequence, notification.sequence);
  row.digest.severity = std::max(row.digest.severity, notification.severity);
  if (group.actor.empty()) group.actor = name_text(name.actor);
  add_stack(name.stack, group.stack);
  const bool is_failure = is_deployment_failure(notification);
  const RunTimes member = times_of(name, notification);
  RunTimes& times = group.times;
  group.has_news |= !is_told(row);
  if (!name.is_of_stack) {
    const uint32_t kind = place_of(row.digest, kind_of(notification));
    // Of a state what it is by now is told, however late that comes; of a call what it was.
    const bool is_last = !notification.is_late || tells_state(notification.kind);
    const uint64_t hash = hash64(notification.resource.id);
    if (count_resource(hash, kind, is_last, row)) {
      name_member(notification, hash, is_failure, group);
    }
  } else {
    const bool is_linked =
        notification.phase != Phase::gone && notification.resource.id.size() <= kLinkedIdBytesMax;
    group.stack_id = is_linked ? notification.resource.id : std::string_view();
    const bool is_end = member.ended != Time() && times.ended == Time();
    group.has_news |= is_end || is_failure;
  }
  if (is_failure && group.has_news) add_failure(failure_text(notification), group);
  times.join(member);
}

void join_group(const DeliveryRow& other, DeliveryRow& row) {
  GroupCounts& group = row.group;
  row.first_sequence = std::min(row.first_sequence, other.first_sequence);
  row.last_sequence = std::max(row.last_sequence, other.last_sequence);
  row.members += other.members;
  row.recorded = std::min(row.recorded, other.recorded);
  row.digest.severity = std::max(row.digest.severity, other.digest.severity);
  if (group.actor.empty()) group.actor = other.group.actor;
  if (group.stack_id.empty()) group.stack_id = other.group.stack_id;
  add_stacks(other.group.stack, group.stack);
  join_kinds(other, row);
  group.has_news |= group.times.ended == Time() && other.group.times.ended != Time();
  const size_t failures = group.failures.size();
  for (const std::string& failure : other.group.failures) add_failure(failure, group);
  group.has_news |= group.failures.size() > failures;
  for (const GroupName& each : other.group.names) {
    if (is_news(each.hash, group)) add_name(each, false, group.names);
  }
  group.times.join(other.group.times);
}

void set_told(DeliveryRow& row) {
  GroupCounts& group = row.group;
  group.told = row.id;
  group.told_members = row.members;
  group.has_news = false;
  group.failures_told = group.failures.size();
  for (GroupResource& resource : group.resources) resource.is_told = true;
  group.names.clear();
  for (DigestKind& kind : row.digest.kinds) kind.count = 0;
  row.digest.severity = 0;
}

}  // namespace statewire
