#include "delivery/group.h"

#include <algorithm>

#include "base/ids.h"
#include "base/limits.h"
#include "base/text.h"
#include "delivery/rate.h"
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

// "EC2 instance stable". An amendment says what is so by now.
DigestKind kind_of(const Notification& notification) {
  const bool is_of_state = notification.kind == NotificationKind::transition ||
                           notification.kind == NotificationKind::amended;
  Words words;
  add_type_name(notification.resource.type, words);
  words.add(" ", is_of_state ? name_of(notification.phase) : name_of(notification.kind));
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

void add_failure(const Notification& notification, GroupCounts& group) {
  if (group.failures.size() - group.failures_told >= kGroupFailuresMax) return;
  std::string text;
  append_message(notification, text);
  text = shortened(text, kGroupFailureCharactersMax);
  if (std::ranges::find(group.failures, text) != group.failures.end()) return;
  group.failures.push_back(std::move(text));
}

// Its stack said that it began, and not yet that it is over.
bool is_under_way(const GroupCounts& group) { return group.tells_end && group.end_time == Time(); }

}  // namespace

std::optional<DeploymentName> GroupStage::name_of(const Notification& notification) const {
  return is_asking() ? deployment_of(notification) : std::nullopt;
}

Booked* GroupStage::find(const DeploymentName& name) const {
  const auto place = groups_.find(name.key());
  return place == groups_.end() ? nullptr : place->second;
}

bool GroupStage::is_of_next(const Booked& booked, const DeploymentName& name,
                            const Notification& notification) const {
  const GroupCounts& group = booked.row.group;
  const Time time = notification.time;
  if (group.end_time != Time() && name.is_of_stack && !is_settled(notification.phase)) {
    return time > group.end_time;
  }
  // What is under way is not over because it is quiet.
  if (is_under_way(group)) {
    return time > group.last_time + std::max(grouping_.at_most, grouping_.quiet);
  }
  return time > std::max(group.last_time, group.end_time) + grouping_.quiet;
}

DeliveryRow GroupStage::new_group(const DeploymentName& name, const Notification& first,
                                  Time now) const {
  DeliveryRow row;
  row.stage = Stage::group;
  row.first_sequence = row.last_sequence = first.sequence;
  row.members = 0;
  row.recorded = first.recorded;
  row.digest.first_time = first.time;
  row.group = {.key = name.key(),
               .tool = name_text(name.tool),
               .stack = name_text(name.stack),
               .actor = name_text(name.actor),
               .account = name_text(name.account),
               .region = name_text(name.region),
               .last_time = first.time,
               .latest = now + grouping_.at_most};
  row.due = row.group.latest;
  return row;
}

void GroupStage::open(Booked& group) {
  groups_.emplace(group.row.group.key, &group);
  due_.emplace(Due{group.row.due, group.row.number}, &group);
}

bool GroupStage::restore(Booked& booked, Time now) {
  GroupCounts& group = booked.row.group;
  if (groups_.contains(group.key)) return false;
  group.latest = std::min(group.latest, now + (is_told(booked) ? kGroupKept : grouping_.at_most));
  booked.row.due = std::min({booked.row.due, now + booked.row.wait, group.latest});
  if (!is_told(booked) && !is_under_way(group)) {
    booked.row.due = std::min(booked.row.due, now + grouping_.quiet);
  }
  if (!is_asking()) booked.row.due = now;
  open(booked);
  return true;
}

void GroupStage::set_due(Booked& group, Time due) {
  due_.erase({group.row.due, group.row.number});
  group.row.due = std::min(due, group.row.group.latest);
  due_.emplace(Due{group.row.due, group.row.number}, &group);
}

// A resource is counted once, as what was said of it last; but what failed has failed.
void GroupStage::count_resource(DeliveryRow& row, const Notification& notification) {
  GroupCounts& group = row.group;
  auto& kinds = row.digest.kinds;
  const uint32_t kind = place_of(row.digest, kind_of(notification));
  const uint64_t hash = hash64(notification.resource.id);
  const auto place = std::ranges::lower_bound(group.resources, hash, {}, &GroupResource::hash);
  if (place == group.resources.end() || place->hash != hash) {
    ++kinds[kind].count;
    group.has_news = true;
    if (group.resources.size() < kGroupResourcesMax) {
      group.resources.insert(place, {.hash = hash, .kind = kind});
    }
    return;
  }
  const bool is_failed =
      !place->is_told && kinds[place->kind].severity != 0 && kinds[kind].severity == 0;
  if (place->kind == kind || is_failed) return;
  if (!place->is_told) --kinds[place->kind].count;
  ++kinds[kind].count;
  *place = {.hash = hash, .kind = kind};
  group.has_news = true;
}

void GroupStage::count(Booked& booked, const DeploymentName& name, const Notification& notification,
                       Time now) {
  DeliveryRow& row = booked.row;
  GroupCounts& group = row.group;
  ++row.members;
  row.last_sequence = std::max(row.last_sequence, notification.sequence);
  row.digest.first_time = std::min(row.digest.first_time, notification.time);
  row.digest.severity = std::max(row.digest.severity, notification.severity);
  group.last_time = std::max(group.last_time, notification.time);
  if (group.actor.empty()) group.actor = name_text(name.actor);
  if (group.stack.empty()) group.stack = name_text(name.stack);
  const bool is_failure = is_deployment_failure(notification);
  const bool is_of_state = notification.kind == NotificationKind::transition ||
                           notification.kind == NotificationKind::amended;
  group.has_news |= !is_told(booked);
  if (!name.is_of_stack) {
    count_resource(row, notification);
  } else if (!is_of_state) {
    group.has_news |= is_failure;
  } else if (!is_settled(notification.phase)) {
    group.tells_end = true;
  } else {
    group.has_news |= group.end_time == Time() || is_failure;
    group.end_time = std::max(group.end_time, notification.time);
  }
  if (is_failure && group.has_news) add_failure(notification, group);
  const bool is_over = group.end_time != Time();
  if (is_told(booked) && !group.has_news) return;
  if (is_under_way(group) && !is_told(booked)) return set_due(booked, group.latest);
  set_due(booked, now + (is_over ? std::min(kGroupAfterEnd, grouping_.quiet) : grouping_.quiet));
}

Booked* GroupStage::next_ready(Time heard) const {
  return due_.empty() || due_.begin()->first.due > heard ? nullptr : due_.begin()->second;
}

std::optional<Time> GroupStage::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first.due;
}

void GroupStage::on_told(Booked& booked, std::string id, Time now) {
  DeliveryRow& row = booked.row;
  row.group.told = std::move(id);
  row.group.told_members = row.members;
  row.group.has_news = false;
  row.group.failures_told = row.group.failures.size();
  for (GroupResource& resource : row.group.resources) resource.is_told = true;
  for (DigestKind& kind : row.digest.kinds) kind.count = 0;
  row.digest.severity = 0;
  row.group.latest = now + kGroupKept;
  set_due(booked, row.group.latest);
}

void GroupStage::close(Booked& group) {
  due_.erase({group.row.due, group.row.number});
  groups_.erase(group.row.group.key);
}

uint64_t GroupStage::members() const {
  uint64_t members = 0;
  for (const auto& [key, group] : groups_) {
    if (has_news(*group)) members += untold_members(group->row);
  }
  return members;
}

// --- In words.

GroupTotals totals_of(const DeliveryRow& group) {
  GroupTotals totals;
  for (const DigestKind& kind : group.digest.kinds) {
    (kind.severity != 0 ? totals.failed : totals.changed) += kind.count;
  }
  return totals;
}

namespace {

std::span<const std::string> untold_failures(const GroupCounts& group) {
  return std::span(group.failures).subspan(group.failures_told);
}

}  // namespace

DeploymentTold told_of(const DeliveryRow& group) {
  const GroupTotals totals = totals_of(group);
  const GroupCounts& counts = group.group;
  return {.tool = counts.tool,
          .stack = counts.stack,
          .actor = counts.actor,
          .account = counts.account,
          .region = counts.region,
          .began = group.digest.first_time,
          .ended = std::max(counts.last_time, counts.end_time),
          .changed = totals.changed,
          .failed = totals.failed,
          .failures = untold_failures(counts),
          .is_amendment = !counts.told.empty(),
          .has_failed = totals.failed > 0 || !counts.failures.empty(),
          .is_under_way = is_under_way(counts)};
}

std::string held_group_text(const DeliveryRow& group) {
  const DeploymentTold told = told_of(group);
  const std::string summary = group.group.has_news ? group_summary(group) : "nothing yet";
  Notification notification;
  notification.kind = NotificationKind::group;
  notification.receipt = summary;
  notification.deployment = &told;
  std::string text;
  append_message(notification, text);
  return text;
}

std::string group_summary(const DeliveryRow& group) {
  const GroupTotals totals = totals_of(group);
  std::string text;
  const std::span<const std::string> failures = untold_failures(group.group);
  if (totals.failed > 0 || !failures.empty()) {
    text = totals.failed > 0 ? with_thousands(totals.failed) + " failed" : "failed";
    for (size_t i = 0; i < failures.size(); ++i) {
      text.append(i == 0 ? ": " : "; ").append(failures[i]);
    }
    text.append("; ");
  }
  DigestCounts changed;
  for (const DigestKind& kind : group.digest.kinds) {
    if (kind.severity == 0 && kind.count > 0) changed.kinds.push_back(kind);
  }
  if (totals.changed > 0) {
    text += with_thousands(totals.changed) + " changed: " + summary_of(changed);
  } else {
    text += text.empty() ? "no resource of it was told" : "nothing else was told";
  }
  if (!group.group.told.empty() && group.group.end_time != Time()) text += "; it is over";
  if (is_under_way(group.group)) text += "; it is still under way";
  return shortened(text, kMessageCharactersMax);
}

}  // namespace statewire
