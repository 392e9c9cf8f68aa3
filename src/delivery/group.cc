#include "delivery/group.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace statewire {
namespace {

// Once it was told.
Duration kept_for(const Booked& group) {
  return times_of(group.row).is_under_way() ? kStackLastsAtMost : kGroupKept;
}

RunTimes times_in(const Booked* group) { return times_of(group->row); }

}  // namespace

std::optional<DeploymentName> GroupStage::name_of(const Notification& notification) const {
  return is_asking_ ? deployment_of(notification) : std::nullopt;
}

bool GroupStage::gather(const DeploymentName& name, const Notification& notification, Time since,
                        Time now) {
  const std::string key = name.key();
  const RunTimes times = times_of(name, notification);
  Booked* group = nullptr;
  if (const auto same = groups_.find(key); same != groups_.end()) {
    const auto end = same->second.end();
    const auto found = run_with(rule_, times, same->second.begin(), end, times_in);
    if (found != end) group = *found;
  }
  if (group == nullptr) {
    if (due_.size() >= kGroupsMax && !make_room(times, now)) return false;
    DeliveryRow row = new_group(name, notification);
    row.due = row.group.latest = since + rule_.at_most;
    group = &keeper_.add_group(std::move(row), notification, now);
    open(*group);
  }
  count_member(name, notification, group->row);
  group = &join_all(*group);
  const bool has_nothing_to_tell = is_told(group->row) && !has_news(group->row);
  if (!has_nothing_to_tell) set_due(*group, due_of(*group, since));
  keeper_.on_group_counted(*group);
  return true;
}

// Ends a group: of those that were told the one that would be forgotten first, and else the one
// that ended first, where nothing that begins with `next` can be of it. False where there is none.
// REQUIRES: there is a group.
bool GroupStage::make_room(const RunTimes& next, Time now) {
  const auto is_first = [](const Booked* one, const Booked* other) {
    if (is_told(one->row) != is_told(other->row)) return is_told(one->row);
    if (is_told(one->row)) return one->row.due < other->row.due;
    return times_in(one).until() < times_in(other).until();
  };
  Booked* const first = std::ranges::min_element(due_, is_first, [](const auto& each) {
                          return each.second;
                        })->second;
  const Duration since = next.began - times_in(first).until();
  if (!is_told(first->row) && since <= rule_.quiet + rule_.late()) return false;
  end(*first, now);
  return true;
}

// Another that is of the same run by now; null where there is none. Two that were told stay two.
Booked* GroupStage::one_with(const Booked& group) const {
  const OfName& all = groups_.at(group.row.group.key);
  const auto found = std::ranges::find_if(all, [&](const Booked* other) {
    const bool are_told = is_told(other->row) && is_told(group.row);
    return other != &group && !are_told &&
           distance_within(rule_, times_in(other), times_of(group.row));
  });
  return found == all.end() ? nullptr : *found;
}

// What it has counted may lie between runs that seemed to be two. The one that was told stays, or
// else the oldest.
Booked& GroupStage::join_all(Booked& group) {
  Booked* joined = &group;
  while (Booked* other = one_with(*joined)) {
    const bool stays =
        is_told(joined->row) || (!is_told(other->row) && joined->row.number < other->row.number);
    if (!stays) std::swap(other, joined);
    join_group(other->row, joined->row);
    Time& latest = joined->row.group.latest;
    if (!is_told(joined->row)) latest = std::min(latest, other->row.group.latest);
    close(*other);
    keeper_.remove_group(*other);
  }
  return *joined;
}

void GroupStage::open(Booked& group) {
  groups_[group.row.group.key].push_back(&group);
  due_.emplace(Due{group.row.due, group.row.number}, &group);
}

void GroupStage::close(Booked& group) {
  due_.erase({group.row.due, group.row.number});
  const auto same = groups_.find(group.row.group.key);
  CHECK(same != groups_.end());
  std::erase(same->second, &group);
  if (same->second.empty()) groups_.erase(same);
}

void GroupStage::restore(Booked& booked, Time now) {
  GroupCounts& group = booked.row.group;
  const bool was_told = is_told(booked.row);
  group.latest = std::min(group.latest, now + (was_told ? kept_for(booked) : rule_.at_most));
  booked.row.due = std::min({booked.row.due, now + booked.row.wait, group.latest});
  if (!is_asking_) booked.row.due = now;
  open(booked);
  // What was let go while rows were still to come may have begun another.
  const size_t before = due_.size();
  Booked& joined = join_all(booked);
  if (due_.size() == before) return;
  set_due(joined, due_of(joined, now));
  keeper_.on_group_counted(joined);
}

void GroupStage::on_restored(Time now) {
  std::vector<Booked*> all;
  for (const auto& [due, group] : due_) all.push_back(group);
  for (Booked* const group : all) {
    if (is_told(group->row) || times_in(group).is_under_way()) continue;
    const Duration most = follows_another(*group) ? rule_.late() : rule_.quiet;
    set_due(*group, std::min(group->row.due, now + most));
  }
}

// Another of its name began before it, and not long before: what comes late may make them one.
bool GroupStage::follows_another(const Booked& group) const {
  const auto same = groups_.find(group.row.group.key);
  if (same == groups_.end()) return false;
  const RunTimes times = times_of(group.row);
  return std::ranges::any_of(same->second, [&](const Booked* other) {
    return other != &group && times_in(other).began < times.began;
  });
}

// `since`: the last of what it has news of came in.
Time GroupStage::due_of(const Booked& booked, Time since) const {
  const GroupCounts& group = booked.row.group;
  const RunTimes times = times_of(booked.row);
  const bool is_over = times.ended != Time();
  const Time after_end = since + std::min(kGroupAfterEnd, rule_.quiet);
  if (times.is_under_way()) return group.latest;
  if (is_told(booked.row)) {
    const Time told = std::min(group.latest - kGroupKept, since);
    return is_over ? std::max(after_end, told + rule_.late()) : since + rule_.quiet + rule_.late();
  }
  if (is_over) return after_end;
  const Time came = group.latest - rule_.at_most;
  const Time quiet = since + rule_.quiet;
  return follows_another(booked) ? std::max(quiet, came + rule_.late()) : quiet;
}

void GroupStage::set_due(Booked& group, Time due) {
  due_.erase({group.row.due, group.row.number});
  group.row.due = std::min(due, group.row.group.latest);
  due_.emplace(Due{group.row.due, group.row.number}, &group);
}

Booked* GroupStage::next_ready(Time heard) const {
  return due_.empty() || due_.begin()->first.due > heard ? nullptr : due_.begin()->second;
}

std::optional<Time> GroupStage::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first.due;
}

void GroupStage::on_due(Booked& group, Time now) {
  if (is_told(group.row) || !is_asking_) return end(group, now);
  keeper_.tell_group(group, now);
  set_told(group.row);
  group.row.group.latest = now + kept_for(group);
  set_due(group, group.row.group.latest);
  keeper_.on_group_told(group);
}

void GroupStage::end(Booked& group, Time now) {
  if (has_news(group.row)) keeper_.tell_group(group, now);
  close(group);
  keeper_.remove_group(group);
}

uint64_t GroupStage::members() const {
  uint64_t members = 0;
  for (const auto& [due, group] : due_) {
    if (has_news(group->row)) members += untold_members(group->row);
  }
  return members;
}

}  // namespace statewire
