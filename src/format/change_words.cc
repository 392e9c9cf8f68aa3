// The news of what was configured, announced or refused.
#include <algorithm>

#include "base/limits.h"
#include "format/names.h"
#include "format/news.h"

namespace statewire {
namespace {

// The last parts of a long path say what was set. A name in brackets may hold dots.
std::string_view last_parts(std::string_view path) {
  if (path.size() <= kMessagePathBytesMax) return path;
  size_t depth = 0;
  for (size_t i = path.size(); i-- > 0;) {
    if (path[i] == ']') ++depth;
    if (path[i] == '[' && depth > 0) --depth;
    const bool is_border = path[i] == '.' && depth == 0;
    if (is_border && path.size() - (i + 1) >= kMessagePathEndBytesMin) return path.substr(i + 1);
  }
  return path;
}

// "22/tcp" for "ipPermissions[22/tcp].ipRanges": the addresses stand beside it. What stands beside
// `before`, below the same parent, does not repeat the parent.
std::string_view path_words(std::string_view path, std::string_view before) {
  constexpr std::string_view kRule = "ipPermissions[";
  const size_t end = path.find(']');
  if (path.starts_with(kRule) && end != path.npos) {
    return path.substr(kRule.size(), end - kRule.size());
  }
  const size_t parent = path.rfind('.') + 1;
  const bool has_same = parent != 0 && before.starts_with(path.substr(0, parent)) &&
                        before.find('.', parent) == before.npos;
  return last_parts(has_same ? path.substr(parent) : path);
}

// The version of the language that a policy is written in says nothing.
bool is_of_language(const Change& change) {
  return change.path.ends_with(".Version") &&
         (change.to == "2012-10-17" || change.to == "2008-10-17");
}

// The ID of a rule, the Sid of a statement: it names a part, and says nothing of it.
bool is_label(const Change& change) {
  const std::string_view path = change.path;
  const size_t dot = path.rfind('.');
  if (dot == path.npos) return false;
  const std::string_view last = path.substr(dot + 1);
  return last == "ID" || last == "Id" || last == "id" || last == "Sid";
}

// Of an ARN the name.
std::string_view value_words(std::string_view value) {
  return value.starts_with("arn:") ? bare_id(value) : value;
}

enum class Says { much, a_label, a_path };

Says says_what(const Change& change) {
  const size_t bytes = value_words(change.from).size() + value_words(change.to).size();
  if (bytes == 0 || bytes > kMessageChangeBytesMax) return Says::a_path;
  return is_label(change) ? Says::a_label : Says::much;
}

// The changes of a message, in brackets: "backupRetentionPeriod 7 → 0, securityGroups sg-1, sg-2".
class ToldChanges {
 public:
  explicit ToldChanges(Words& words) : words_(words) {}

  void add(const Change& change, bool has_value) {
    if (named_ > kMessageChangesMax) return;
    const bool is_path_said = change.path == path_;
    if ((is_path_said && !has_value) || is_of_language(change)) return;
    words_.add(named_ == 0 ? " (" : ", ");
    if (named_++ == kMessageChangesMax) return words_.add("…");
    if (!is_path_said) words_.add(path_words(change.path, path_));
    if (has_value) add_values(change, is_path_said);
    path_ = change.path;
  }
  void end() { words_.add(named_ == 0 ? "" : ")"); }

 private:
  void add_values(const Change& change, bool is_path_said) {
    const std::string_view from = value_words(change.from);
    const std::string_view to = value_words(change.to);
    const bool is_removed = to.empty();
    words_.add(is_path_said ? ""
               : is_removed ? " no longer "
                            : " ",
               from, from.empty() || is_removed ? "" : " → ", to);
  }

  Words& words_;
  std::string_view path_;  // Of the change before.
  size_t named_ = 0;
};

void add_changes(std::span<const Change> changes, Words& words) {
  ToldChanges told(words);
  const auto has_value_elsewhere = [&](const Change& change) {
    return std::ranges::any_of(changes, [&](const Change& other) {
      return other.path == change.path && says_what(other) != Says::a_path;
    });
  };
  for (const Says say : {Says::much, Says::a_label, Says::a_path}) {
    for (const Change& change : changes) {
      if (says_what(change) != say) continue;
      const bool is_path = say == Says::a_path;
      if (!is_path || !has_value_elsewhere(change)) told.add(change, !is_path);
    }
  }
  told.end();
}

struct Deed {
  std::string_view call;
  std::string_view verb;
};

// Calls that say less by their names than by what they do. Without the versions of their APIs.
constexpr Deed kDeeds[] = {
    {"AddPermission", "given a permission"},
    {"AddRoleToInstanceProfile", "given a role"},
    {"AddUserToGroup", "put into a group"},
    {"AttachGroupPolicy", "given a policy"},
    {"AttachInternetGateway", "attached"},
    {"AttachRolePolicy", "given a policy"},
    {"AttachUserPolicy", "given a policy"},
    {"AttachVolume", "attached"},
    {"AuthorizeSecurityGroupEgress", "opened outwards"},
    {"AuthorizeSecurityGroupIngress", "opened"},
    {"CreateRoute", "given a route"},
    {"DeleteAccessKey", "relieved of an access key"},
    {"DeleteBucketCors", "relieved of its rules of CORS"},
    {"DeleteBucketLifecycle", "relieved of its rules of lifecycle"},
    {"DeleteBucketWebsite", "relieved of its website"},
    {"DeleteGroupPolicy", "relieved of an inline policy"},
    {"DeleteLoginProfile", "relieved of its password for the console"},
    {"DeleteRolePolicy", "relieved of an inline policy"},
    {"DeleteRoute", "relieved of a route"},
    {"DeleteUserPolicy", "relieved of an inline policy"},
    {"DetachGroupPolicy", "relieved of a policy"},
    {"DetachInternetGateway", "detached"},
    {"DetachRolePolicy", "relieved of a policy"},
    {"DetachUserPolicy", "relieved of a policy"},
    {"DetachVolume", "detached"},
    {"EnableKeyRotation", "set to rotate"},
    {"PublishVersion", "published as a version"},
    {"PutBucketAcl", "given an ACL"},
    {"PutBucketCors", "given rules of CORS"},
    {"PutBucketEncryption", "given settings of encryption"},
    {"PutBucketLifecycle", "given rules of lifecycle"},
    {"PutBucketLifecycleConfiguration", "given rules of lifecycle"},
    {"PutBucketLogging", "given settings of logs"},
    {"PutBucketNotification", "given settings of notifications"},
    {"PutBucketNotificationConfiguration", "given settings of notifications"},
    {"PutBucketPolicy", "given a policy"},
    {"PutBucketPublicAccessBlock", "given settings of public access"},
    {"PutBucketReplication", "given rules of replication"},
    {"PutBucketVersioning", "given settings of versioning"},
    {"PutBucketWebsite", "given a website"},
    {"PutEventSelectors", "given selectors of events"},
    {"PutGroupPolicy", "given an inline policy"},
    {"PutImage", "given an image"},
    {"PutKeyPolicy", "given a policy"},
    {"PutParameter", "given a value"},
    {"PutRetentionPolicy", "given a time to keep its logs"},
    {"PutRolePolicy", "given an inline policy"},
    {"PutSecretValue", "given a value"},
    {"PutUserPolicy", "given an inline policy"},
    {"RemovePermission", "relieved of a permission"},
    {"RemoveRoleFromInstanceProfile", "relieved of its role"},
    {"RemoveUserFromGroup", "taken out of a group"},
    {"ReplaceRoute", "given another route"},
    {"RevokeSecurityGroupEgress", "closed outwards"},
    {"RevokeSecurityGroupIngress", "closed"},
    {"RotateSecret", "rotated"},
    {"SetDesiredCapacity", "scaled"},
    {"UpdateAssumeRolePolicy", "given a trust policy"},
    {"UpdateFunctionCode", "given new code"},
    {"UpdateService", "updated"},
};
static_assert(std::ranges::is_sorted(kDeeds, {}, &Deed::call));

std::string_view verb_of(std::string_view call) {
  const auto* const deed = std::ranges::lower_bound(kDeeds, call, {}, &Deed::call);
  return deed != std::end(kDeeds) && deed->call == call ? deed->verb : "configured";
}

// "team=shop, env=prod"; of tags that were removed, their keys.
void add_tags_set(const Notification& notification, Words& words) {
  size_t named = 0;
  for (const Tag& tag : notification.tags_set) {
    words.add(named == 0 ? ": " : ", ");
    if (named++ == kMessageChangesMax) return words.add("…");
    words.add(tag.key);
    const bool has_value = !notification.are_tags_removed && !tag.value.empty();
    if (has_value && tag.value.size() <= kMessageChangeBytesMax) words.add("=", tag.value);
  }
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

void add_report(const Notification& notification, Words& words) {
  const std::string_view provider = provider_name(notification.resource.provider);
  const std::string_view report = report_name(notification.origin.type);
  const std::string_view what = report.empty() ? notification.cause.actor : report;
  words.add(provider.empty() ? "the provider" : provider, " reports ");
  if (what.empty()) {
    words.add(notification.origin.type);
  } else {
    words.add_spelled(without_service(what));
  }
  add_reason(notification.cause, words);
}

// Codes by which providers say that the caller may not do it. Anything else is not a refusal: it
// could not be done.
constexpr std::string_view kRefusals[] = {"AccessDenied", "Unauthorized", "NotAuthorized",
                                          "Forbidden",    "AuthFailure",  "OperationNotPermitted",
                                          "Denied"};

bool is_refusal(std::string_view error) {
  const std::string_view code = error.substr(0, error.find(':'));
  return std::ranges::any_of(kRefusals, [&](std::string_view refusal) {
    return code.find(refusal) != std::string_view::npos;
  });
}

}  // namespace

std::string_view call_in(const Notification& notification) {
  return notification.origin.system == "aws.cloudtrail" ? notification.origin.type
                                                        : notification.cause.call;
}

bool is_call(const Notification& notification, std::string_view value) {
  return value == notification.cause.call || value == call_in(notification);
}

std::string_view words_before_change(const Notification& notification) {
  if (notification.is_of_inventory) return " is ";
  if (!notification.headline.empty()) return " ";
  return is_report(notification) ? ": " : " was ";
}

void add_change(const Notification& notification, Words& words) {
  if (notification.is_of_inventory) return add_drift_news(notification, words);
  if (!notification.headline.empty()) {
    words.add(notification.headline);
    return add_who_in_brackets(notification, words);
  }
  if (is_report(notification)) return add_report(notification, words);
  if (!notification.tags_set.empty()) {
    words.add(notification.are_tags_removed ? "relieved of tags" : "tagged");
    add_by_whom(notification, words);
    return add_tags_set(notification, words);
  }
  const std::string_view call = call_name(call_in(notification));
  words.add(verb_of(call));
  add_by_whom(notification, words);
  words.add(call.empty() ? "" : ": ", call);
  add_changes(notification.changes, words);
  add_reason(notification.cause, words);
}

std::string_view words_before_failure(const Notification& notification) {
  return failure_words(notification.origin.type).empty() ? ": " : " ";
}

void add_failure(const Notification& notification, Words& words) {
  const std::string_view told = failure_words(notification.origin.type);
  if (!told.empty()) {
    words.add(told);
  } else {
    const std::string_view call = call_in(notification);
    words.add(call.empty() ? notification.origin.type : call_name(call));
    add_by_whom(notification, words);
    words.add(is_refusal(notification.error) ? " was refused" : " failed");
  }
  words.add(notification.error.empty() ? "" : ": ", notification.error);
}

}  // namespace statewire
