#include "deploy/event_rules.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

constexpr std::string_view kNativePrefix = "aws.";
constexpr std::string_view kCallSuffix = ".amazonaws.com";

// The last ones are of data, which a trail may record, too.
constexpr std::array<std::string_view, 19> kCostlyCalls = {
    "AssumeRoleWithWebIdentity",
    "BatchCheckLayerAvailability",
    "CompleteLayerUpload",
    "CreateLogStream",
    "DeleteLogStream",
    "InitiateLayerUpload",
    "PutComplianceItems",
    "PutConfigurePackageResult",
    "PutInventory",
    "UpdateInstanceAssociationStatus",
    "UpdateInstanceInformation",
    "CompleteMultipartUpload",
    "CopyObject",
    "CreateMultipartUpload",
    "DeleteObject",
    "DeleteObjects",
    "PutObject",
    "UploadPart",
    "UploadPartCopy",
};

// Of services whose other events are told: what comes for each object, request, file or run.
constexpr std::array<std::string_view, 17> kCostlyTypes = {
    "Config Rules Compliance Change",
    "Config Rules Re-evaluation Status",
    "EC2 Command Invocation Status-change Notification",
    "EC2 Fleet Instance Change",
    "EC2 Spot Fleet Instance Change",
    "Email Delivered",
    "Object ACL Updated",
    "Object Access Tier Changed",
    "Object Created",
    "Object Deleted",
    "Object Restore Completed",
    "Object Restore Expired",
    "Object Restore Initiated",
    "Object Storage Class Changed",
    "Object Tags Added",
    "Object Tags Deleted",
    "Scheduled Event"};

// CloudTrail's, which the other rule is about.
constexpr std::array<std::string_view, 5> kRecordTypes = {
    "AWS API Call via CloudTrail", "AWS Service Event via CloudTrail",
    "AWS Console Sign In via CloudTrail", "AWS Console Action via CloudTrail",
    "AWS Insight via CloudTrail"};

using Texts = std::set<std::string, std::less<>>;

template <typename Range>
void write_array(JsonWriter& json, const Range& texts) {
  json.begin_array();
  for (const std::string_view text : texts) json.text(text);
  json.end_array();
}

std::string calls_pattern(const Texts& sources) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.key("detail-type");
    write_array(json, std::span(kRecordTypes).first(4));
    json.begin_object("detail");
    if (!sources.empty()) {
      json.key("eventSource");
      write_array(json, sources);
    }
    json.begin_array("readOnly");
    json.boolean(false);
    json.end_array();
    json.begin_array("eventName");
    json.begin_object();
    json.key("anything-but");
    write_array(json, kCostlyCalls);
    json.end_object();
    json.end_array();
    json.end_object();
    json.end_object();
  });
}

std::string natives_pattern(std::span<const std::string> sources) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.key("source");
    write_array(json, sources);
    json.begin_array("detail-type");
    json.begin_object();
    json.key("anything-but");
    json.begin_array();
    for (const std::string_view type : kRecordTypes) json.text(type);
    for (const std::string_view type : kCostlyTypes) json.text(type);
    json.end_array();
    json.end_object();
    json.end_array();
    json.end_object();
  });
}

struct Known {
  Texts natives;  // "aws.ec2"
  Texts calls;    // "ec2.amazonaws.com"
};

// Sources of which nothing is told are left out.
Known known_to(const Catalog& catalog) {
  Known known;
  for (const NativeKind& kind : catalog.native_kinds()) {
    if (kind.source.starts_with(kNativePrefix) && !kind.is_ignored)
      known.natives.insert(kind.source);
  }
  for (const ServiceCoverage& service : catalog.coverage()) {
    if (service.calls > 0) known.calls.insert(service.service + std::string(kCallSuffix));
  }
  return known;
}

Result<void> keep_only(std::span<const std::string> services, Known& known) {
  Known kept;
  for (const std::string& service : services) {
    const std::string native = std::string(kNativePrefix) + service;
    const std::string call = service + std::string(kCallSuffix);
    if (known.natives.contains(native)) kept.natives.insert(native);
    if (known.calls.contains(call)) kept.calls.insert(call);
    if (known.natives.contains(native) || known.calls.contains(call)) continue;
    std::vector<std::string_view> names;
    for (const std::string& each : known.natives) {
      names.push_back(std::string_view(each).substr(kNativePrefix.size()));
    }
    for (const std::string& each : known.calls) {
      names.push_back(std::string_view(each).substr(0, each.size() - kCallSuffix.size()));
    }
    const std::string_view near = nearest(service, names);
    return bad_input("the catalog knows no service \"" + service + "\"" +
                     (near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?"));
  }
  known = std::move(kept);
  return {};
}

// As many sources a rule as its pattern takes.
std::vector<EventRule> native_rules(const Known& known) {
  const std::vector<std::string> sources(known.natives.begin(), known.natives.end());
  std::vector<EventRule> rules;
  size_t begin = 0;
  while (begin < sources.size()) {
    size_t end = sources.size();
    std::string pattern;
    for (;; --end) {
      pattern = natives_pattern(std::span(sources).subspan(begin, end - begin));
      if (pattern.size() <= kEventPatternBytesMax) break;
      CHECK(end > begin + 1);  // The types that are left out are few, and constant.
    }
    rules.push_back({.name = "native" + std::to_string(rules.size() + 1),
                     .about = "What services tell of their resources themselves: " +
                              sources[begin] + " to " + sources[end - 1],
                     .pattern = std::move(pattern)});
    begin = end;
  }
  return rules;
}

}  // namespace

std::span<const std::string_view> costly_calls() { return kCostlyCalls; }
std::span<const std::string_view> costly_types() { return kCostlyTypes; }

Result<std::vector<EventRule>> event_rules(const Catalog& catalog,
                                           std::span<const std::string> services) {
  Known known = known_to(catalog);
  const bool is_all = services.empty();
  if (!is_all) {
    if (const Result<void> kept = keep_only(services, known); !kept) return kept.error();
  }
  std::vector<EventRule> rules;
  if (is_all || !known.calls.empty()) {
    std::string pattern = calls_pattern(is_all ? Texts() : known.calls);
    if (pattern.size() > kEventPatternBytesMax) {
      return bad_input("so many services do not fit into the pattern of one rule: leave them out");
    }
    rules.push_back({.name = "calls",
                     .about = "Calls that change something, as CloudTrail records them",
                     .pattern = std::move(pattern)});
  }
  for (EventRule& rule : native_rules(known)) rules.push_back(std::move(rule));
  return rules;
}

}  // namespace statewire
