#include "ingest/inventory_look.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "ingest/inventory_events.h"
#include "inventory/terraform_types.h"
#include "model/arn.h"
#include "model/drift_rule.h"
#include "model/withheld.h"

namespace statewire {
namespace {

// A child is known by a tag that names its parent.
struct ChildRule {
  std::string_view type;
  std::string_view tag;
  std::string_view parent_type;
};
constexpr ChildRule kChildren[] = {
    {"AWS::EC2::Instance", "aws:autoscaling:groupName", "AWS::AutoScaling::AutoScalingGroup"},
};

// Mostly made along with something else, which no event tells, or themselves what declares: that
// nobody declares them is right.
constexpr std::string_view kCompanions[] = {"AWS::EC2::NetworkInterface", "AWS::EC2::Volume",
                                            "AWS::EC2::Snapshot", "AWS::Logs::LogGroup",
                                            "AWS::CloudFormation::Stack"};

constexpr std::string_view kStacks = "cloudformation";
constexpr Duration kLostAfter = std::chrono::minutes(30);
// What is older is beyond every record's horizon.
constexpr Duration kWrittenBack = std::chrono::hours(24 * 29);

bool may_be_in(std::string_view wanted, std::string_view told) {
  return wanted.empty() || told.empty() || wanted == told;
}

// A stack of any region may declare what is in none. Ids that are no ARNs name the region of the
// call, which is another one for such things.
bool may_declare(const std::vector<MissingPlace>& places, std::string_view id,
                 std::string_view account) {
  const std::string_view region = arn_fields(id).region;
  return std::ranges::any_of(places, [&](const MissingPlace& each) {
    return may_be_in(each.place.account, account) && may_be_in(each.place.region, region);
  });
}

}  // namespace

Time time_to_declare(Time written, Time now) {
  return written == Time() ? now : std::max(written, now - kWrittenBack);
}

void InventoryReach::note_reading(std::string_view inventory, Time asked, bool is_whole) {
  looked_at.insert_or_assign(std::string(inventory), asked);
  if (is_whole) read.insert_or_assign(std::string(inventory), asked);
}

std::optional<Time> time_to_declare(const Record& record, Time written, Time now) {
  const Time time = time_to_declare(written, now);
  const bool covers_up = time > written && record.newest.time() > written;
  return covers_up ? std::nullopt : std::optional(time);
}

void InventoryLook::see(const Record& record) {
  if (record.phase == Phase::gone) {
    if (!is_unexplained_end(record)) return;
    if (const std::string group = group_still_declared(record); !group.empty()) {
      tell(child_of(record), kLostWord, now_, group);
    }
    return;
  }
  if (record.drift == Drift::out_of_band) see_over(record);
  if (record.drift == Drift::unmanaged && !may_be_in_reach(record)) {
    tell(child_of(record), kWithdrawnWord, now_, kNobodysGroup);
  }
  if (is_child(record) || !is_unmanaged(record)) return;
  tell(child_of(record), kUnmanagedWord, now_, {});
}

bool InventoryLook::is_unexplained_end(const Record& record) const {
  const Cause& cause = record.cause;
  const bool is_by_nobody = cause.kind == CauseKind::unknown && cause.actor.empty();
  return is_by_nobody && record.drift == Drift::none &&
         now_ - std::max(record.since, record.recorded) > kLostAfter;
}

// The first of those that declare it by themselves, and not by way of a parent, and that were read
// since it ended; empty where none does.
std::string InventoryLook::group_still_declared(const Record& record) const {
  std::string packed;
  each_group(record.declared, [&](const DeclaredGroup& group) {
    if (!group.via.empty()) return true;
    const auto read = reach_.read.find(group.inventory);
    if (read == reach_.read.end() || read->second <= record.since) return true;
    packed = group_of(record.declared, group.inventory);
    return false;
  });
  return packed;
}

// The change came late: its tool had run since.
void InventoryLook::see_over(const Record& record) {
  if (is_being_ended_by_another(record)) return;
  each_group(record.declared, [&](const DeclaredGroup& group) {
    const auto written =
        reach_.written.find({std::string(group.inventory), std::string(group.stack)});
    const bool is_over = group.via.empty() && written != reach_.written.end() &&
                         written->second > record.drift_since;
    // A state that is missing may have the same name.
    const auto missing = reach_.missing.find(group.inventory);
    const Identity& resource = record.resource;
    const bool may_be_of_it = missing != reach_.missing.end() &&
                              may_declare(missing->second, resource.id, resource.account);
    if (!is_over || may_be_of_it) return true;
    const std::optional<Time> time = time_to_declare(record, written->second, now_);
    if (!time) return true;
    tell(child_of(record), kDeclaredWord, *time, group_of(record.declared, group.inventory));
    return false;
  });
}

InventoryLook::Child InventoryLook::child_of(const Record& record, std::string parent) {
  const Identity& resource = record.resource;
  return {.id = std::string(resource.id),
          .type = std::string(resource.type),
          .account = std::string(resource.account),
          .region = std::string(resource.region),
          .parent = std::move(parent),
          .declared = std::string(record.declared)};
}

bool InventoryLook::is_child(const Record& record) {
  const Identity& resource = record.resource;
  for (const ChildRule& rule : kChildren) {
    if (resource.type != rule.type) continue;
    const std::string_view parent = tag_of(record, rule.tag);
    if (parent.empty()) continue;
    std::string id = "urn:aws:";
    for (const std::string_view part : {resource.account, resource.region, rule.parent_type}) {
      id.append(part).append(":");
    }
    children_.push_back(child_of(record, id.append(parent)));
    return true;
  }
  return false;
}

bool InventoryLook::is_declarable(std::string_view type) const {
  if (reach_.types.contains(type)) return true;
  return std::ranges::any_of(terraform_types(), [&](const TerraformType& row) {
    return !row.is_part && row.type == type;
  });
}

// Of what was declared when its inventory left the configuration, nobody knows.
bool InventoryLook::is_unmanaged(const Record& record) const {
  if (record.drift != Drift::unknown || record.phase == Phase::unknown) return false;
  if (is_withheld(record) && standing_drift(record) != Drift::unmanaged) return false;
  // What was so before, and is withheld, is so again at once.
  const Time since =
      is_withheld(record) ? record.since : std::max(record.since, record.drift_since);
  if (!were_all_read_since(since + grace_) || owner_of(record).is_known()) return false;
  const CauseKind cause = record.cause.kind;
  const bool is_made_by_itself = cause == CauseKind::autoscaling || cause == CauseKind::service ||
                                 cause == CauseKind::provider;
  const bool is_of_unread_stack = cause == CauseKind::deployment && record.cause.tool == kStacks &&
                                  !reach_.tools.contains(kStacks);
  const std::string_view type = record.resource.type;
  const bool is_companion = std::ranges::find(kCompanions, type) != std::end(kCompanions);
  return !is_made_by_itself && !is_of_unread_stack && !is_companion && is_in_reach(record) &&
         !may_be_declared_unread(record.resource.id, record.resource.account);
}

bool InventoryLook::were_all_read_since(Time time) const {
  return std::ranges::all_of(reach_.looked_at,
                             [&](const auto& inventory) { return inventory.second > time; });
}

bool InventoryLook::may_be_declared_unread(std::string_view id, std::string_view account) const {
  return std::ranges::any_of(reach_.missing, [&](const auto& inventory) {
    return may_declare(inventory.second, id, account);
  });
}

// Whether it is in reach, or would be if all were read. A place that declares nothing in the
// account may be the one that declares things of its type.
bool InventoryLook::may_be_in_reach(const Record& record) const {
  if (reach_.missing.empty()) return is_in_reach(record);
  const std::string_view account = record.resource.account;
  const auto may_declare_there = [&](const auto& inventory) {
    return std::ranges::any_of(inventory.second, [&](const MissingPlace& each) {
      return may_be_in(each.place.account, account);
    });
  };
  return reach_.accounts.contains(account) ||
         std::ranges::any_of(reach_.missing, may_declare_there);
}

bool InventoryLook::is_in_reach(const Record& record) const {
  return reach_.accounts.contains(record.resource.account) && is_declarable(record.resource.type);
}

Result<void> InventoryLook::find_parents(const Store& store) {
  for (const Child& child : children_) {
    const Result<std::string_view> group = group_by_way_of(child.parent, store);
    if (!group) return group.error();
    settle(child, *group);
  }
  return {};
}

// What the whole of the parent is declared by.
Result<std::string_view> InventoryLook::group_by_way_of(const std::string& parent,
                                                        const Store& store) {
  const auto [known, is_new] = groups_.try_emplace(parent);
  if (!is_new) return std::string_view(known->second);
  Arena arena;
  std::vector<std::optional<Record>> records;
  const std::string_view id = parent;
  if (Result<void> read = store.records({&id, 1}, arena, records); !read) return read.error();
  if (!records.front()) return std::string_view();
  std::string& packed = known->second;
  each_group(records.front()->declared, [&](const DeclaredGroup& group) {
    if (!has_whole(group)) return true;
    DeclaredGroup by_way = group;
    by_way.via = parent;
    append_header(by_way, packed);
    each_item(group, [&](const DeclaredItem& item) {
      append_item(item, packed);
      return false;
    });
    return false;
  });
  return std::string_view(packed);
}

// One that is declared by itself needs no parent. What it had by way of a parent that another
// inventory declares now is taken away, and the verdict stays.
void InventoryLook::settle(const Child& child, std::string_view group) {
  bool needs_parent = true;
  each_group(child.declared, [&](const DeclaredGroup& each) {
    needs_parent = !each.via.empty();
    return needs_parent;
  });
  if (!needs_parent) group = {};
  // The parent may be declared there by now.
  if (group.empty() && may_be_declared_unread(child.id, child.account)) return;
  std::string_view inventory;
  each_group(group, [&](const DeclaredGroup& each) {
    inventory = each.inventory;
    return false;
  });
  std::vector<std::string> dropped;
  each_group(child.declared, [&](const DeclaredGroup& each) {
    const bool is_stale = !each.via.empty() && each.inventory != inventory;
    if (is_stale) append_header(each, dropped.emplace_back());
    return true;
  });
  const std::string_view word = group.empty() ? kDroppedWord : kWithdrawnWord;
  for (const std::string& header : dropped) tell(child, word, now_, header);
  if (group.empty()) return;
  if (group_of(child.declared, inventory) != group) tell(child, kReadWord, now_, group);
}

void InventoryLook::tell(const Child& child, std::string_view word, Time time,
                         std::string_view group) {
  ++events_;
  append_inventory_event({.word = word,
                          .time = time,
                          .resource_type = child.type,
                          .id = {},
                          .resource_id = child.id,
                          .account = child.account,
                          .region = child.region,
                          .group = group},
                         lines_);
}

}  // namespace statewire
