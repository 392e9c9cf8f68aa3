#include "delivery/group_words.h"

#include <span>

#include "base/limits.h"
#include "base/text.h"
#include "delivery/group_counts.h"
#include "delivery/rate.h"
#include "format/format.h"
#include "format/message.h"

namespace statewire {
namespace {

// What it counts; what failed is not among the changed.
struct GroupTotals {
  uint64_t changed = 0;
  uint64_t failed = 0;
};

GroupTotals totals_of(const DeliveryRow& group) {
  GroupTotals totals;
  for (const DigestKind& kind : group.digest.kinds) {
    (kind.severity != 0 ? totals.failed : totals.changed) += kind.count;
  }
  return totals;
}

// " (shop-api, shop-mailer)", where they are few; the message has names of more.
std::string names_text(const DeliveryRow& group, const GroupTotals& totals) {
  const std::vector<GroupName>& names = group.group.names;
  const bool are_few = totals.failed == 0 && totals.changed <= kMessageChangesMax;
  if (!are_few || names.size() != totals.changed) return {};
  std::string text;
  for (const GroupName& each : names) text.append(text.empty() ? " (" : ", ").append(each.name);
  return text + ")";
}

std::span<const std::string> untold_failures(const GroupCounts& group) {
  return std::span(group.failures).subspan(group.failures_told);
}

}  // namespace

DeploymentTold told_of(const DeliveryRow& group, DeploymentTexts& texts) {
  const GroupTotals totals = totals_of(group);
  const GroupCounts& counts = group.group;
  const RunTimes times = times_of(group);
  texts.stacks = stacks_text(counts.stack);
  texts.stack_names = names_of_stacks(counts.stack);
  texts.resources.clear();
  for (const GroupName& each : counts.names) {
    texts.resources.push_back({.type = each.type, .name = each.name, .id = each.id});
  }
  return {.tool = counts.tool,
          .stack = texts.stacks,
          .stacks = texts.stack_names,
          .stack_id = counts.stack_id,
          .actor = counts.actor,
          .account = counts.account,
          .region = counts.region,
          .began = times.began,
          .ended = times.until(),
          .changed = totals.changed,
          .failed = totals.failed,
          .failures = untold_failures(counts),
          .resources = texts.resources,
          .is_amendment = !counts.told.empty(),
          .has_failed = totals.failed > 0 || !counts.failures.empty(),
          .is_under_way = times.is_under_way()};
}

std::string held_group_text(const DeliveryRow& group) {
  DeploymentTexts texts;
  const DeploymentTold told = told_of(group, texts);
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
    text += names_text(group, totals);
  } else {
    text += text.empty() ? "no resource of it was told" : "nothing else was told";
  }
  if (!group.group.told.empty() && group.group.times.ended != Time()) text += "; it is over";
  if (times_of(group).is_under_way()) text += "; it is still under way";
  return shortened(text, kMessageCharactersMax);
}

}  // namespace statewire
