#include "format/names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "base/text.h"
#include "format/type_names.h"

namespace statewire {
namespace {

struct Phrase {
  std::string_view token;
  std::string_view words;
};

// Every message names a type, so that it is found by a hash: an index into kTypeNames, plus one, is
// at the first free slot from its type's own on.
constexpr size_t kSlots = 512;
static_assert(std::size(kTypeNames) < 256 && 2 * std::size(kTypeNames) < kSlots);

constexpr size_t slot_of(std::string_view type) {
  const size_t size = type.size();
  if (size < 8) return size;
  uint64_t mixed = size;
  for (size_t i = 0; i < 8; ++i) {
    mixed = mixed << 4 ^ static_cast<uint8_t>(type[size - 1 - i]) ^
            static_cast<uint64_t>(static_cast<uint8_t>(type[i])) << 13;
  }
  return mixed * 0x9e3779b97f4a7c15u >> 55;
}

constexpr auto kSlotsOfTypes = [] {
  std::array<uint8_t, kSlots> slots{};
  for (size_t i = 0; i < std::size(kTypeNames); ++i) {
    size_t slot = slot_of(kTypeNames[i].type);
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<uint8_t>(i + 1);
  }
  return slots;
}();

std::string_view name_of_type(std::string_view type) {
  for (size_t slot = slot_of(type); kSlotsOfTypes[slot] != 0; slot = (slot + 1) % kSlots) {
    const TypeName& found = kTypeNames[kSlotsOfTypes[slot] - 1u];
    if (found.type == type) return found.name;
  }
  return {};
}

// How a tool is told of: " with the AWS CLI".
struct ToolWords {
  std::string_view token;
  std::string_view before;
  std::string_view name;
};

constexpr ToolWords kTools[] = {
    {"console", " in the ", "console"},
    {"aws-cli", " with the ", "AWS CLI"},
    {"terraform", " with ", "Terraform"},
    {"opentofu", " with ", "OpenTofu"},
    {"pulumi", " with ", "Pulumi"},
    {"cloudformation", " with ", "CloudFormation"},
    {"cdk", " with the ", "CDK"},
    {"ansible", " with ", "Ansible"},
    {"sam", " with the ", "SAM CLI"},
    {"serverless", " with the ", "Serverless Framework"},
    {"powershell", " with ", "PowerShell"},
    {"github-actions", " with ", "GitHub Actions"},
    {"gitlab", " with ", "GitLab"},
    {"jenkins", " with ", "Jenkins"},
    {"codebuild", " with ", "CodeBuild"},
    {"codepipeline", " with ", "CodePipeline"},
    {"codedeploy", " with ", "CodeDeploy"},
    {"cloudcontrolapi", " with ", "Cloud Control"},
    {"servicecatalog", " with ", "Service Catalog"},
    {"elasticbeanstalk", " with ", "Elastic Beanstalk"},
    {"controltower", " with ", "Control Tower"},
    // The activity of Auto Scaling.
    {"scale-in", ": ", "scale-in"},
    {"scale-out", ": ", "scale-out"},
};

// Actors that are no people, by their type.
constexpr Phrase kActorTypes[] = {
    {"AutoScalingGroup", "Auto Scaling group "},
    {"ECSService", "ECS service "},
    {"Stack", "stack "},
};

constexpr Phrase kServices[] = {
    {"autoscaling", "Auto Scaling"},
    {"application-autoscaling", "Application Auto Scaling"},
    {"cloudformation", "CloudFormation"},
    {"ec2", "EC2"},
    {"ecs", "ECS"},
    {"ecs-tasks", "ECS"},
    {"eks", "EKS"},
    {"elasticloadbalancing", "Elastic Load Balancing"},
    {"lambda", "Lambda"},
    {"rds", "RDS"},
    {"s3", "S3"},
    {"spot", "EC2 Spot"},
    {"ssm", "Systems Manager"},
    {"scheduler", "EventBridge Scheduler"},
    {"events", "EventBridge"},
    {"backup", "AWS Backup"},
    {"config", "AWS Config"},
    {"servicecatalog", "Service Catalog"},
    {"codebuild", "CodeBuild"},
    {"codepipeline", "CodePipeline"},
    {"codedeploy", "CodeDeploy"},
    {"elasticbeanstalk", "Elastic Beanstalk"},
    {"controltower", "Control Tower"},
    {"cloudcontrolapi", "Cloud Control"},
    {"states", "Step Functions"},
    {"dlm", "Data Lifecycle Manager"},
    {"dynamodb", "DynamoDB"},
    {"kms", "KMS"},
    {"secretsmanager", "Secrets Manager"},
    {"sso", "Identity Center"},
};

constexpr Phrase kReports[] = {
    {"EC2 Spot Instance Interruption Warning", "a spot interruption"},
};

constexpr Phrase kFailures[] = {
    {"EC2 Instance Launch Unsuccessful", "could not launch an instance"},
    {"EC2 Instance Terminate Unsuccessful", "could not terminate an instance"},
    {"CloudFormation Resource Status Change", "failed in a deployment"},
};

constexpr Phrase kProviders[] = {
    {"aws", "AWS"},
    {"azure", "Azure"},
    {"gcp", "Google Cloud"},
};

template <size_t N>
std::string_view words_for(const Phrase (&phrases)[N], std::string_view token) {
  for (const Phrase& phrase : phrases) {
    if (phrase.token == token) return phrase.words;
  }
  return {};
}

ToolWords words_for_tool(std::string_view token) {
  const auto known = std::ranges::find(kTools, token, &ToolWords::token);
  return known == std::end(kTools) ? ToolWords{token, " with ", token} : *known;
}

// `text` without the digits at its end.
std::string_view without_digits(std::string_view text) {
  while (!text.empty() && is_digit(text.back())) text.remove_suffix(1);
  return text;
}

// Whether it is a date of this century: "20150331", "2020_05_31".
bool is_date(std::string_view text) {
  constexpr std::string_view kForms[] = {"20dddddd", "20dd_dd_dd"};
  for (const std::string_view form : kForms) {
    if (text.size() != form.size()) continue;
    bool fits = true;
    for (size_t i = 0; i < form.size(); ++i) {
      fits = fits && (form[i] == 'd' ? is_digit(text[i]) : form[i] == text[i]);
    }
    if (fits) return true;
  }
  return false;
}

// ARNs whose last part is a hash or a UUID, behind the name that somebody chose.
constexpr std::string_view kNameBeforeLast[] = {"stack/", "changeSet/", "stackset/",
                                                "loadbalancer/", "targetgroup/"};

}  // namespace

void add_type_name(std::string_view type, Words& words) {
  constexpr std::string_view kAws = "AWS::";
  if (!type.starts_with(kAws)) return words.add(type);
  type.remove_prefix(kAws.size());
  const std::string_view name = name_of_type(type);
  if (!name.empty()) return words.add(name);
  const size_t colons = type.find("::");
  if (colons == std::string_view::npos) return words.add(type);
  words.add(type.substr(0, colons), " ");
  words.add_split(type.substr(colons + 2));
}

std::string_view bare_id(std::string_view id) {
  std::string_view rest = id;
  if (id.starts_with("arn:")) {
    // arn:partition:service:region:account:resource
    for (int i = 0; i < 5; ++i) {
      const size_t colon = rest.find(':');
      if (colon == std::string_view::npos) return id;
      rest.remove_prefix(colon + 1);
    }
    constexpr std::string_view kLogGroup = "log-group:";
    if (rest.starts_with(kLogGroup)) {
      rest.remove_prefix(kLogGroup.size());
      return rest.ends_with(":*") ? rest.substr(0, rest.size() - 2) : rest;
    }
    for (const std::string_view prefix : kNameBeforeLast) {
      const size_t last = rest.rfind('/');
      if (rest.starts_with(prefix) && last >= prefix.size()) rest = rest.substr(0, last);
    }
  }
  size_t from = rest.size();
  while (from > 0 && rest[from - 1] != '/' && rest[from - 1] != ':') --from;
  const std::string_view bare = rest.substr(from);
  return bare.empty() ? id : bare;
}

std::string_view short_name(std::string_view name, std::string_view id) {
  return name.empty() ? bare_id(id) : name;
}

void add_tool(std::string_view tool, Words& words) {
  if (tool.empty()) return;
  const ToolWords told = words_for_tool(tool);
  words.add(told.before, told.name);
}

std::string_view tool_name(std::string_view tool) { return words_for_tool(tool).name; }

std::string_view actor_type_words(std::string_view actor_type) {
  return words_for(kActorTypes, actor_type);
}

std::string_view call_name(std::string_view call) {
  std::string_view rest = call;
  const std::string_view before_version = without_digits(rest);
  if (before_version.size() < rest.size() && before_version.ends_with('v')) {
    rest = before_version.substr(0, before_version.size() - 1);
  }
  for (const size_t size : {size_t{8}, size_t{10}}) {
    if (rest.size() > size && is_date(rest.substr(rest.size() - size))) {
      return rest.substr(0, rest.size() - size);
    }
  }
  return call;
}

std::string_view role_name(std::string_view role) {
  constexpr std::string_view kPermissionSet = "AWSReservedSSO_";
  if (!role.starts_with(kPermissionSet)) return role;
  const std::string_view name = role.substr(kPermissionSet.size());
  const size_t last = name.rfind('_');
  return last == 0 || last == std::string_view::npos ? role : name.substr(0, last);
}

std::string_view report_name(std::string_view event_type) {
  return words_for(kReports, event_type);
}

std::string_view failure_words(std::string_view event_type) {
  return words_for(kFailures, event_type);
}

std::string_view service_name(std::string_view principal) {
  constexpr std::string_view kDomain = ".amazonaws.com";
  constexpr std::string_view kServiceRole = "AWSServiceRoleFor";
  if (principal.starts_with(kServiceRole)) {
    principal.remove_prefix(kServiceRole.size());
    principal = principal.substr(0, principal.find('_'));
    return principal == "AutoScaling" ? "Auto Scaling" : principal;
  }
  if (!principal.ends_with(kDomain)) return role_name(principal);
  principal.remove_suffix(kDomain.size());
  const std::string_view known = words_for(kServices, principal);
  return known.empty() ? principal : known;
}

std::string_view provider_name(std::string_view provider) {
  return words_for(kProviders, provider);
}

}  // namespace statewire
