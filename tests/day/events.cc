#include "events.h"

#include <fmt/format.h>

namespace statewire::day {
namespace {

std::string envelope(std::string_view source, std::string_view type, std::string_view account,
                     Time time, uint64_t number, std::string_view resources,
                     std::string_view detail) {
  return fmt::format(
      R"({{"version":"0","id":"5d1c2e7a-0000-4000-8000-{:012x}","detail-type":"{}","source":"{}",)"
      R"("account":"{}","time":"{}","region":"{}","resources":[{}],"detail":{}}})",
      number, type, source, account, format_time(time), kRegion, resources, detail);
}

std::string session(std::string_view account, std::string_view role, std::string_view name) {
  return fmt::format(
      R"("type":"AssumedRole","principalId":"AROA{1}:{2}","accountId":"{0}",)"
      R"("arn":"arn:aws:sts::{0}:assumed-role/{1}/{2}","sessionContext":{{"sessionIssuer":{{)"
      R"("type":"Role","arn":"arn:aws:iam::{0}:role/{1}","accountId":"{0}","userName":"{1}"}}}})",
      account, role, name);
}

std::string identity_of(const Call& call) {
  switch (call.by.who) {
    case Who::person:
      return fmt::format(
          R"("type":"IAMUser","principalId":"{1}","accountId":"{0}","userName":"{1}",)"
          R"("arn":"arn:aws:iam::{0}:user/{1}")",
          call.account, call.by.name);
    case Who::terraform:
      return session(call.account, call.by.name, "run");
    case Who::cloudformation:
      return session(call.account, call.by.name, "run") +
             R"(,"invokedBy":"cloudformation.amazonaws.com")";
    case Who::autoscaling:
      return session(call.account, "AWSServiceRoleForAutoScaling", "autoscaling") +
             R"(,"invokedBy":"autoscaling.amazonaws.com")";
  }
  return {};
}

std::string_view agent_of(Who who) {
  switch (who) {
    case Who::person:
      return "console.amazonaws.com";
    case Who::terraform:
      return "APN/1.0 HashiCorp/1.0 Terraform/1.9.0 (+https://www.terraform.io) "
             "terraform-provider-aws/5.60.0";
    case Who::cloudformation:
      return "cloudformation.amazonaws.com";
    case Who::autoscaling:
      return "autoscaling.amazonaws.com";
  }
  return {};
}

}  // namespace

std::string line_of_call(const Call& call, uint64_t number) {
  const std::string_view agent = agent_of(call.by.who);
  const bool is_service = call.by.who == Who::cloudformation || call.by.who == Who::autoscaling;
  return fmt::format(
      R"({{"eventVersion":"1.08","userIdentity":{{{}}},"eventTime":"{}",)"
      R"("eventSource":"{}.amazonaws.com","eventName":"{}","awsRegion":"{}",)"
      R"("sourceIPAddress":"{}","userAgent":"{}","requestParameters":{},"responseElements":{},)"
      R"("eventID":"9b4e6f10-0000-4000-8000-{:012x}","readOnly":false,"eventType":"AwsApiCall",)"
      R"("managementEvent":true,"recipientAccountId":"{}"}})",
      identity_of(call), format_time(call.time), call.service, call.name, kRegion,
      is_service ? agent : "203.0.113.17", agent, call.request, call.answer, number, call.account);
}

std::string instance_arn(std::string_view account, std::string_view instance) {
  return fmt::format("arn:aws:ec2:{}:{}:instance/{}", kRegion, account, instance);
}

std::string line_of_instance(std::string_view account, std::string_view instance,
                             std::string_view state, Time time, uint64_t number) {
  return envelope("aws.ec2", "EC2 Instance State-change Notification", account, time, number,
                  '"' + instance_arn(account, instance) + '"',
                  fmt::format(R"({{"instance-id":"{}","state":"{}"}})", instance, state));
}

std::string line_of_scaling(std::string_view account, std::string_view group,
                            std::string_view instance, bool is_launch, Time time, uint64_t number) {
  return envelope(
      "aws.autoscaling",
      is_launch ? "EC2 Instance Launch Successful" : "EC2 Instance Terminate Successful", account,
      time, number, "",
      fmt::format(
          R"({{"AutoScalingGroupName":"{}","EC2InstanceId":"{}","StatusCode":"InProgress",)"
          R"("Cause":"An instance was {} in response to a difference between desired and actual )"
          R"(capacity."}})",
          group, instance, is_launch ? "started" : "taken out of service"));
}

std::string line_of_alarm(std::string_view account, std::string_view alarm, std::string_view state,
                          Time time, uint64_t number) {
  return envelope("aws.cloudwatch", "CloudWatch Alarm State Change", account, time, number,
                  fmt::format(R"("arn:aws:cloudwatch:{}:{}:alarm:{}")", kRegion, account, alarm),
                  fmt::format(R"({{"alarmName":"{}","state":{{"value":"{}"}}}})", alarm, state));
}

std::string line_of_stack(std::string_view account, std::string_view stack, std::string_view status,
                          Time time, uint64_t number) {
  return envelope(
      "aws.cloudformation", "CloudFormation Stack Status Change", account, time, number,
      fmt::format(R"("{}")", stack),
      fmt::format(R"({{"stack-id":"{}","status-details":{{"status":"{}","status-reason":""}}}})",
                  stack, status));
}

std::string line_of_part(std::string_view account, const StackPart& part, Time time,
                         uint64_t number) {
  return envelope(
      "aws.cloudformation", "CloudFormation Resource Status Change", account, time, number,
      fmt::format(R"("{}")", part.stack),
      fmt::format(R"({{"stack-id":"{}","logical-resource-id":"{}","physical-resource-id":"{}",)"
                  R"("resource-type":"{}","status-details":{{"status":"{}","status-reason":""}}}})",
                  part.stack, part.logical_id, part.physical_id, part.type, part.status));
}

}  // namespace statewire::day
