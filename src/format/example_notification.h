// An example that formats and sinks are tried with.
#pragma once

#include "model/notification.h"

namespace statewire {

inline Notification example_notification() {
  static constexpr Tag kTags[] = {{"Name", "web-1"}, {"team", "shop"}};
  Notification n;
  n.id.bytes = *parse_hex128("5f0c3b5d0e6a4b3f9d2a7c1e88b4f010");
  n.kind = NotificationKind::transition;
  n.instance = "prod";
  n.source = "http";
  n.time = *parse_time("2026-11-23T09:00:12Z");
  n.recorded = *parse_time("2026-11-23T09:00:14.318Z");
  n.sequence = 42;
  n.origin = {"aws.eventbridge", "aws.ec2", "EC2 Instance State-change Notification",
              "7bf73129-1428-4cd3-a780-95db273d1602"};
  n.resource.id = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001";
  n.resource.type = "AWS::EC2::Instance";
  n.resource.provider = "aws";
  n.resource.account = "123456789012";
  n.resource.region = "eu-west-1";
  n.resource.service = "ec2";
  n.name = "web-1";
  n.tags = kTags;
  n.phase = Phase::stable;
  n.value = "running";
  n.previous = {Phase::provisioning, "pending", *parse_time("2026-11-23T08:59:58Z")};
  n.revision = 2;
  n.cause.kind = CauseKind::human;
  n.cause.confidence = Confidence::likely;
  n.cause.actor = "alice";
  n.cause.actor_type = "IAMUser";
  n.cause.tool = "console";
  n.cause.call = "StartInstances";
  n.cause.evidence = "3f1f6a5e-0d3c-4a6e-9a2b-5b8f7c2d1e00";
  return n;
}

}  // namespace statewire
