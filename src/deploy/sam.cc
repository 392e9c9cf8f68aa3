#include "deploy/sam.h"

#include <yaml-cpp/yaml.h>

#include <string>

#include "base/check.h"
#include "deploy/expand.h"

namespace statewire {
namespace {

constexpr const char* kMapping = "AWS::Lambda::EventSourceMapping";
constexpr const char* kFunction = "AWS::Lambda::Function";

YAML::Node sam_event(const YAML::Node& mapping) {
  YAML::Node event;
  if (mapping[kCommentKey]) event[kCommentKey] = mapping[kCommentKey];
  event["Type"] = "SQS";
  for (const auto& member : mapping["Properties"]) {
    const std::string& name = member.first.Scalar();
    if (name == "FunctionName") continue;
    event["Properties"][name == "EventSourceArn" ? "Queue" : name] = member.second;
  }
  return event;
}

// The events of a function, by their names.
YAML::Node events_of(const std::string& function, const YAML::Node& resources) {
  YAML::Node events;
  for (const auto& member : resources) {
    const std::string& name = member.first.Scalar();
    const YAML::Node& mapping = member.second;
    if (mapping["Type"].Scalar() != kMapping) continue;
    if (mapping["Properties"]["FunctionName"]["Ref"].Scalar() != function) continue;
    CHECK(name.starts_with(function));
    events[name.substr(function.size())] = sam_event(mapping);
  }
  return events;
}

YAML::Node sam_function(const YAML::Node& function, const YAML::Node& events) {
  YAML::Node serverless;
  for (const auto& member : function) serverless[member.first.Scalar()] = member.second;
  serverless["Type"] = "AWS::Serverless::Function";
  YAML::Node properties;
  for (const auto& member : function["Properties"]) {
    const std::string& name = member.first.Scalar();
    if (name != "Code") {
      properties[name] = member.second;
      continue;
    }
    properties["CodeUri"]["Bucket"] = member.second["S3Bucket"];
    properties["CodeUri"]["Key"] = member.second["S3Key"];
  }
  properties["Events"] = events;
  serverless["Properties"] = properties;
  return serverless;
}

YAML::Node sam_resources(const YAML::Node& resources) {
  YAML::Node serverless;
  for (const auto& member : resources) {
    const std::string& name = member.first.Scalar();
    const std::string& type = member.second["Type"].Scalar();
    if (type == kMapping) continue;
    serverless[name] = type == kFunction ? sam_function(member.second, events_of(name, resources))
                                         : YAML::Node(member.second);
  }
  return serverless;
}

}  // namespace

YAML::Node sam_form(const YAML::Node& plain) {
  YAML::Node serverless;
  for (const auto& member : plain) {
    const std::string& name = member.first.Scalar();
    serverless[name] =
        name == "Resources" ? sam_resources(member.second) : YAML::Node(member.second);
    if (name == "AWSTemplateFormatVersion") serverless["Transform"] = "AWS::Serverless-2016-10-31";
  }
  return serverless;
}

}  // namespace statewire
