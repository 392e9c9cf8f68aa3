#include "format/message.h"

#include <algorithm>

#include "base/limits.h"
#include "format/format.h"
#include "format/names.h"
#include "format/news.h"

namespace statewire {
namespace {

// It is no user of IAM, though it is filed under them.
bool is_root_user(const Identity& resource) {
  return resource.type == "AWS::IAM::User" && resource.id.ends_with(":root");
}

// Nobody should take the time of arrival for the time when it happened.
void add_doubt_of_time(const Notification& notification, Words& words) {
  if (notification.is_untimed) words.add(" (when is not known)");
}

// By its name, where it has one.
std::string_view account_of(const Notification& notification) {
  return notification.account_name.empty() ? notification.resource.account
                                           : notification.account_name;
}

// Services that are the same in every region: an event's region says only where it was written.
bool is_global(std::string_view type) {
  constexpr std::string_view kGlobal[] = {
      "AWS::IAM::", "AWS::Organizations::", "AWS::Route53::", "AWS::CloudFront::"};
  return std::ranges::any_of(kGlobal,
                             [&](std::string_view prefix) { return type.starts_with(prefix); });
}

// " in shop-prod, eu-west-1": the account where there are several.
void add_place(const Notification& notification, Words& words) {
  const std::string_view region = region_told(notification);
  const bool is_said = is_root_user(notification.resource);
  const std::string_view account = is_said ? std::string_view() : account_told(notification);
  if (account.empty() && region.empty()) return;
  words.add(" in ", account, account.empty() || region.empty() ? "" : ", ", region);
}

// What an amendment or a retraction says of now.
void add_present(const Notification& notification, Words& words) {
  words.add(verb_before_transition(notification));
  add_transition(notification, NewsBeside::kind, words);
}

// "; had this been known, you would not have been told (TerminateInstances told it later)"
void add_who_corrects(const Notification& notification, Words& words) {
  words.add("; had this been known, you would not have been told");
  const std::string_view told = call_name(notification.origin.type);
  if (!told.empty()) words.add(" (", told, " told it later)");
}

bool is_of_many(NotificationKind kind) {
  return kind == NotificationKind::receipt || kind == NotificationKind::group;
}

// "Deployment of stack shop by ci-deployer", "Deployment by alice with terraform"
void add_deployment(const DeploymentTold& told, Words& words) {
  words.add(told.is_amendment ? "More of the deployment" : "Deployment");
  const bool is_of_stack = !told.stack.empty();
  if (is_of_stack) words.add(" of stack ", told.stack);
  if (!told.actor.empty()) words.add(" by ", role_name(told.actor));
  if (!is_of_stack) add_tool(told.tool, words);
}

// A sentence but for its subject.
void add_predicate(const Notification& notification, Words& words) {
  switch (notification.kind) {
    case NotificationKind::changed:
      words.add(words_before_change(notification));
      return add_change(notification, words);
    case NotificationKind::failed:
      words.add(words_before_failure(notification));
      return add_failure(notification, words);
    case NotificationKind::receipt:
    case NotificationKind::group:
      return words.add(": ", notification.receipt);
    case NotificationKind::stuck:
    case NotificationKind::flapping:
      return words.add(" ", notification.headline);
    case NotificationKind::amended:
      if (is_completion(notification)) return add_completion_sentence(notification, words);
      words.add(" ");
      if (!tells_of_now(notification)) return add_late_fact(notification, words);
      return add_present(notification, words);
    case NotificationKind::transition:
    case NotificationKind::retracted:
    case NotificationKind::none:
      words.add(" ");
      return add_present(notification, words);
  }
}

}  // namespace

std::string_view account_told(const Notification& notification) {
  return notification.is_of_many ? account_of(notification) : std::string_view();
}

std::string_view region_told(const Notification& notification) {
  return is_global(notification.resource.type) ? std::string_view() : notification.resource.region;
}

namespace {

void add_subject(const Notification& notification, bool has_id, Words& words) {
  if (notification.kind == NotificationKind::receipt) {
    const std::string_view subscription = notification.subscription;
    if (notification.receipt_count == 0) {
      return words.add("Limit of messages", subscription.empty() ? "" : " to ", subscription,
                       " reached");
    }
    words.add_number(notification.receipt_count);
    words.add(" more notification", notification.receipt_count == 1 ? "" : "s");
    return words.add(subscription.empty() ? "" : " to ", subscription, ", counted but not sent");
  }
  if (notification.deployment != nullptr) return add_deployment(*notification.deployment, words);
  if (is_root_user(notification.resource)) {
    const std::string_view account = account_of(notification);
    return words.add("root user", account.empty() ? "" : " of ",
                     notification.account_name.empty() && !account.empty() ? "account " : "",
                     account);
  }
  const std::string_view bare = bare_id(notification.resource.id);
  const std::string_view name = short_name(notification.name, notification.resource.id);
  add_type_name(notification.resource.type, words);
  words.add(" ", name);
  if (has_id && name != bare) words.add(" (", bare, ")");
}

}  // namespace

void add_subject(const Notification& notification, Words& words) {
  add_subject(notification, /*has_id=*/true, words);
}

void add_short_subject(const Notification& notification, Words& words) {
  add_subject(notification, /*has_id=*/false, words);
}

void add_news(const Notification& notification, NewsBeside beside, Words& words) {
  switch (notification.kind) {
    case NotificationKind::changed:
      add_change(notification, words);
      break;
    case NotificationKind::failed:
      add_failure(notification, words);
      break;
    case NotificationKind::receipt:
    case NotificationKind::group:
      words.add(notification.receipt);
      break;
    case NotificationKind::stuck:
    case NotificationKind::flapping:
      words.add(notification.headline);
      break;
    case NotificationKind::amended:
      if (is_completion(notification)) {
        add_completion(notification, words);
      } else if (!tells_of_now(notification)) {
        add_late_fact(notification, words);
      } else {
        add_transition(notification, beside, words);
      }
      break;
    case NotificationKind::retracted:
      words.add("taken back: ");
      add_transition(notification, beside, words);
      add_who_corrects(notification, words);
      break;
    case NotificationKind::transition:
    case NotificationKind::none:
      add_transition(notification, beside, words);
      break;
  }
  add_drift(notification, DriftSaid::here, words);
  add_doubt_of_time(notification, words);
}

void add_message(const Notification& notification, DriftSaid drift, Words& words) {
  if (is_completion(notification)) words.add("Now known: ");
  if (notification.kind == NotificationKind::retracted) words.add("Taken back: ");
  add_subject(notification, words);
  if (!is_of_many(notification.kind)) add_place(notification, words);
  if (notification.deployment != nullptr && !account_told(notification).empty()) {
    words.add(" in ", account_told(notification));
  }
  add_predicate(notification, words);
  if (notification.kind == NotificationKind::retracted) add_who_corrects(notification, words);
  add_drift(notification, drift, words);
  add_doubt_of_time(notification, words);
  words.limit(kMessageCharactersMax);
}

void append_message(const Notification& notification, std::string& out) {
  Words words;
  add_message(notification, DriftSaid::here, words);
  words.append_to(out);
}

}  // namespace statewire
