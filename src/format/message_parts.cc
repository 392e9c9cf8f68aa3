#include "format/message_parts.h"

#include <algorithm>

#include "base/limits.h"
#include "base/percent.h"
#include "base/text.h"
#include "format/clean_text.h"
#include "format/format.h"
#include "format/json.h"
#include "format/message.h"
#include "format/names.h"
#include "format/news.h"
#include "model/aws_partition.h"

namespace statewire {
namespace {

std::string text_of(const Words& words) {
  std::string text;
  words.append_to(text);
  return text;
}

std::string clean(std::string_view text) {
  std::string out;
  append_clean(out, text);
  return shortened(out, kFactCharactersMax);
}

// "2026-11-23 09:00:12 UTC": no fraction, which no person wants to read.
std::string readable(Time time) {
  const std::string text = format_time(time);
  return text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
}

Tone tone_of(const Notification& n) {
  if (n.severity >= kError) return Tone::error;
  if (n.severity >= kWarn) return Tone::warning;
  if (n.phase == Phase::stable) return Tone::good;
  return is_settled(n.phase) || n.phase == Phase::unknown ? Tone::quiet : Tone::busy;
}

std::string state_text(Phase phase, std::string_view value) {
  std::string text(name_of(phase));
  if (!value.empty()) text.append(" (").append(clean(call_name(value))).append(")");
  return text;
}

std::string cause_text(const Cause& cause) {
  std::string text(name_of(cause.kind));
  // A reason says more than that nobody is known.
  if (cause.kind == CauseKind::unknown) return cause.reason.empty() ? text : clean(cause.reason);
  text.append(" (").append(name_of(cause.confidence)).append(")");
  if (!cause.actor.empty()) text.append(": ").append(clean(role_name(cause.actor)));
  const std::string_view tool = tool_beside_actor(cause);
  if (!tool.empty()) text.append(", ").append(clean(tool_name(tool)));
  if (!cause.call.empty()) text.append(", ").append(clean(call_name(cause.call)));
  return text;
}

// "PutBucketPolicy by bob, console"; empty where nobody is known to have changed it.
std::string touch_text(const Touch& touch) {
  std::string text = clean(call_name(touch.what));
  if (!touch.actor.empty()) {
    text.append(text.empty() ? "by " : " by ").append(clean(role_name(touch.actor)));
  }
  if (!touch.tool.empty() && !text.empty()) text.append(", ").append(clean(tool_name(touch.tool)));
  return text;
}

template <typename Items, typename Text>
std::string listed(const Items& items, std::string_view separator, Text text_of_item) {
  std::string text;
  for (size_t i = 0; i < std::min(items.size(), kFactItemsMax); ++i) {
    text.append(i == 0 ? "" : separator).append(text_of_item(items[i]));
  }
  if (items.size() > kFactItemsMax) text.append(separator).append("…");
  return shortened(text, kFactCharactersMax);
}

std::string change_text(const Change& change) {
  std::string text = clean(change.path);
  if (change.to.empty() && !change.from.empty()) return text + " no longer " + clean(change.from);
  if (!change.from.empty()) text += " " + clean(change.from);
  if (!change.to.empty()) text += " → " + clean(change.to);
  return text;
}

// "shop-prod (123456789012), owned by team-shop"
std::string account_text(const Notification& n) {
  std::string text = clean(n.account_name.empty() ? n.resource.account : n.account_name);
  if (!n.account_name.empty()) text += " (" + clean(n.resource.account) + ")";
  if (!n.account_owner.empty()) text += ", owned by " + clean(n.account_owner);
  return text;
}

// "aws_s3_bucket.logs, s3.tf:12 in shop (Terraform)"
std::string code_text(const Notification& n) {
  if (!n.owner.is_known()) return {};
  Words words;
  add_owner(n.owner, words);
  words.add(" (", tool_name(n.owner.tool), ")");
  if (!n.owner.via.empty()) words.add(", by way of ", bare_id(n.owner.via));
  words.limit(kFactCharactersMax);
  return text_of(words);
}

// What arrives within it is not late: AWS delivers files of CloudTrail within 15 minutes or so.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
Duration usual_lag(const Notification& n) {
  return std::chrono::minutes(n.origin.system == "aws.cloudtrail" ? 20 : 2);
}

// "6 min": as exact as anyone wants to know how late something came.
std::string delay_text(Duration delay) {
  using std::chrono::hours;
  using std::chrono::minutes;
  if (delay < hours(2)) return std::to_string(delay / minutes(1)) + " min";
  if (delay < hours(48)) return std::to_string(delay / hours(1)) + " h";
  return std::to_string(delay / hours(24)) + " days";
}

// What, who and where; at last what names it for machines.
void add_facts(const Notification& n, std::vector<MessageFact>& facts) {
  const auto add = [&](std::string_view label, std::string value) {
    if (!value.empty()) facts.push_back({label, std::move(value)});
  };
  add("Changes", listed(n.changes, "\n", change_text));
  if (!n.value.empty() || n.phase != Phase::unknown) add("State", state_text(n.phase, n.value));
  if (n.previous.since != Time()) {
    add("Before",
        state_text(n.previous.phase, n.previous.value) + " since " + readable(n.previous.since));
  }
  const Cause& cause = told_cause(n);
  // What an inventory finds has no cause but the change that took the resource out of its code.
  const std::string change = n.is_of_inventory ? touch_text(n.touch) : std::string();
  if (change.empty() || is_cause_known(cause)) add("Cause", cause_text(cause));
  add("Last change", change);
  add("Role", clean(role_name(cause.role)));
  add("From", clean(cause.address));
  add("Code", code_text(n));
  add("Account", account_text(n));
  add("Region", clean(region_told(n)));
  add("Zone", clean(n.resource.zone));
  add("Resource", clean(n.resource.id));
  add("Type", clean(n.resource.type));
  add("Tags",
      listed(n.tags, ", ", [](const Tag& tag) { return clean(tag.key) + "=" + clean(tag.value); }));
}

// CloudTrail's ids are UUIDs.
bool is_event_of_cloudtrail(const Notification& n) {
  const Cause& cause = told_cause(n);
  return n.resource.provider == "aws" && !cause.call.empty() && cause.evidence.size() == 36;
}

// The call that was the cause, as its account's event history shows it.
void add_cloudtrail_link(const Notification& n, std::vector<MessageLink>& links) {
  if (!is_event_of_cloudtrail(n)) return;
  const std::string region =
      n.resource.region.empty() ? "us-east-1" : percent_encode(n.resource.region);
  const AwsPartition& partition = aws_partition_of(region);
  if (partition.console_host.empty()) return;
  links.push_back({"Show the call in CloudTrail",
                   "https://" + region + "." + std::string(partition.console_host) +
                       "/cloudtrailv2/home?region=" + region + "#/events/" +
                       percent_encode(told_cause(n).evidence)});
}

// The console finds a resource by its ARN, as long as it is there.
void add_console_link(std::string title, std::string_view id, std::vector<MessageLink>& links) {
  if (id.size() > kLinkedIdBytesMax) return;
  const AwsPartition* partition = aws_partition_in(id);
  if (partition == nullptr || partition->console_host.empty()) return;
  // A query may hold as they are the two that an ARN is full of.
  links.push_back({std::move(title), "https://" + std::string(partition->console_host) +
                                         "/go/view?arn=" + percent_encode(id, ":/")});
}

std::string_view severity_word(uint8_t severity) {
  if (severity < kWarn) return {};
  return severity >= kError ? "error" : "warning";
}

// "warning · "; empty where it is no more than news.
std::string severity_badge(const Notification& n) {
  if (n.severity < kWarn) return {};
  return std::string(severity_word(n.severity)) + " · ";
}

// "Lambda function shop-api"
std::string resource_text(const ToldResource& resource) {
  Words words;
  add_type_name(resource.type, words);
  words.add(" ", resource.name);
  return text_of(words);
}

// One a line; at last how many more there are.
std::string resources_text(const DeploymentTold& told) {
  std::string text = listed(told.resources, "\n", resource_text);
  const uint64_t all = told.changed + told.failed;
  if (text.empty() || all <= told.resources.size()) return text;
  return text + "\nand " + with_thousands(all - told.resources.size()) + " more";
}

// Its stack, else some of what it changed.
void add_deployment_links(const DeploymentTold& told, std::vector<MessageLink>& links) {
  constexpr size_t kConsoleLinks = 3;
  const size_t most = links.size() + kConsoleLinks;
  if (!told.stack_id.empty()) {
    return add_console_link("Open the stack in the AWS console", told.stack_id, links);
  }
  for (const ToldResource& resource : told.resources) {
    if (links.size() >= most) return;
    add_console_link("Open " + resource_text(resource) + " in the AWS console", resource.id, links);
  }
}

void add_deployment_facts(const Notification& n, std::vector<MessageFact>& facts) {
  const DeploymentTold& told = *n.deployment;
  const auto add = [&](std::string_view label, std::string value) {
    if (!value.empty()) facts.push_back({label, std::move(value)});
  };
  for (const std::string& failure : told.failures) {
    if (facts.size() < kFactItemsMax / 2) add("Failed", clean(failure));
  }
  add("Resources", resources_text(told));
  add("Stack", clean(told.stack));
  add("By", clean(role_name(told.actor)));
  add("Tool", clean(tool_name(told.tool)));
  add("Account", account_text(n));
  add("Region", clean(told.region));
  add("Began", readable(told.began));
  add("Took", format_duration(std::max(Duration(), told.ended - told.began)));
}

void add_counts(const Notification& n, std::vector<MessageCount>& counts) {
  uint64_t others = 0;
  for (const ReceiptKind& kind : n.receipt_kinds) {
    if (counts.size() == kDigestKindsInTableMax) {
      others += kind.count;
      continue;
    }
    counts.push_back({.count = kind.count,
                      .what = clean(kind.name),
                      .severity = std::string(severity_word(kind.severity))});
  }
  if (others > 0) counts.push_back({.count = others, .what = others == 1 ? "other" : "others"});
}

std::string why_text(const Notification& n) {
  if (n.subscription.empty()) return {};
  const std::string sent = "Sent to " + clean(n.subscription);
  if (n.kind == NotificationKind::receipt) {
    return sent + " because its limit of messages an hour (per_hour) is reached";
  }
  if (n.kind == NotificationKind::retracted) {
    return sent + " because it was told of this, and wants only " +
           (n.why.empty() ? "what is not ignored" : "what meets: " + clean(n.why));
  }
  const std::string why = n.why.empty() ? ", which wants everything" : " because " + clean(n.why);
  return sent + why;
}

}  // namespace

std::string shortened(std::string_view text, size_t characters) {
  if (prefix_of_characters(text, characters) == text.size()) return std::string(text);
  return std::string(text.substr(0, prefix_of_characters(text, characters - 1))) + "…";
}

std::string shortened_between_words(std::string_view text, size_t characters) {
  if (prefix_of_characters(text, characters) == text.size()) return std::string(text);
  const std::string_view kept = text.substr(0, prefix_of_characters(text, characters - 2));
  const size_t space = kept.rfind(' ');
  // One long word is cut all the same.
  const bool is_word_long = space == std::string_view::npos || space < kept.size() / 2;
  return is_word_long ? shortened(text, characters) : std::string(kept.substr(0, space)) + " …";
}

std::string on_one_line(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == '\n' ? ", " : std::string_view(&c, 1));
  return out;
}

std::string bounded(std::string_view text, size_t bytes) {
  constexpr std::string_view kMore = "…";
  if (text.size() <= bytes) return std::string(text);
  return std::string(cut_utf8(text, bytes - kMore.size())).append(kMore);
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

MessageParts parts_of(const Notification& notification) {
  MessageParts parts;
  parts.tone = tone_of(notification);
  const bool is_about_phase = notification.kind == NotificationKind::transition;
  const bool is_retraction = notification.kind == NotificationKind::retracted;
  parts.badge = is_about_phase  ? name_of(notification.phase)
                : is_retraction ? "taken back"
                                : name_of(notification.kind);
  const std::string_view drift = drift_words(notification.drift);
  if (!drift.empty()) parts.badge.insert(0, std::string(drift) + " · ");
  parts.badge.insert(0, severity_badge(notification));
  Words title;
  add_subject(notification, title);
  title.limit(kTitleCharactersMax);
  parts.title = text_of(title);
  Words news;
  add_news(notification, is_about_phase ? NewsBeside::phase : NewsBeside::kind, news);
  news.limit(kMessageCharactersMax);
  parts.news = text_of(news);
  if (notification.severity >= kWarn) {
    parts.line.append("[").append(severity_text(notification.severity)).append("] ");
  }
  if (!drift.empty()) parts.line.append(drift).append(": ");
  Words message;
  add_message(notification, drift.empty() ? DriftSaid::here : DriftSaid::before, message);
  message.append_to(parts.line);
  parts.time =
      (notification.is_untimed ? "time unknown, arrived " : "") + readable(notification.time);
  if (notification.delay > usual_lag(notification)) {
    parts.late = ", arrived " + delay_text(notification.delay) + " late";
  }
  parts.why = why_text(notification);
  if (notification.kind == NotificationKind::receipt) {
    parts.badge = "limit";
    if (notification.recorded != Time()) {
      const std::string now = readable(notification.recorded);
      parts.time = notification.receipt_count == 0 ? now : parts.time + " to " + now;
    }
    add_counts(notification, parts.counts);
    parts.origin = "More than this subscription sends in an hour";
    return parts;
  }
  if (notification.deployment != nullptr) {
    parts.badge = severity_badge(notification) + "deployment";
    add_deployment_facts(notification, parts.facts);
    add_counts(notification, parts.counts);
    if (notification.links != nullptr) notification.links->add_to(parts.links, notification);
    add_deployment_links(*notification.deployment, parts.links);
    parts.origin = "Told together, as one deployment made it";
    return parts;
  }
  add_facts(notification, parts.facts);
  if (notification.links != nullptr) notification.links->add_to(parts.links, notification);
  if (notification.phase != Phase::gone) {
    add_console_link("Open in the AWS console", notification.resource.id, parts.links);
  }
  add_cloudtrail_link(notification, parts.links);
  parts.origin =
      clean(notification.origin.source) + " · " + clean(call_name(notification.origin.type));
  return parts;
}

}  // namespace statewire
