// How long one notification takes to render, in each built-in format.
#include <benchmark/benchmark.h>

#include "config/document.h"
#include "format/format.h"

namespace statewire {
namespace {

// The whole notification that the tour shows.
Notification typical(std::span<const Tag> tags) {
  Notification n;
  n.id.bytes.fill(0x5f);
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
  n.tags = tags;
  n.phase = Phase::stable;
  n.value = "running";
  n.previous = {Phase::provisioning, "pending", *parse_time("2026-11-23T08:59:58Z")};
  n.revision = 2;
  n.cause.kind = CauseKind::human;
  n.cause.confidence = Confidence::likely;
  n.cause.actor = "alice";
  n.cause.actor_type = "IAMUser";
  n.cause.tool = "console";
  n.cause.evidence = "3f1f6a5e-0d3c-4a6e-9a2b-5b8f7c2d1e00";
  return n;
}

void render(benchmark::State& state, std::string_view format_name) {
  const Tag tags[] = {{"Name", "web-1"}, {"team", "shop"}};
  const Notification notification = typical(tags);
  Problems problems;
  const Formats formats = Formats::read(Node(), problems);
  const Format* format = formats.find(format_name);
  std::string out;
  for (auto _ : state) {
    out.clear();
    format->render(notification, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(out.size());
}

BENCHMARK_CAPTURE(render, json, "json");
BENCHMARK_CAPTURE(render, json_data, "json-data");
BENCHMARK_CAPTURE(render, csv, "csv");
BENCHMARK_CAPTURE(render, text, "text");

}  // namespace
}  // namespace statewire

BENCHMARK_MAIN();
