// Credentials, queues and the clock, by asking AWS; nothing there is changed.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "aws/call_now.h"
#include "aws/credential_chain.h"
#include "aws/queue.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "cli/aws_questions.h"
#include "cli/doctor.h"
#include "cli/reply.h"
#include "model/arn.h"

namespace statewire {
namespace {

constexpr Duration kSkewMax = std::chrono::minutes(1);
// Where IAM, Route 53, CloudFront and Organizations tell their events, in the partition "aws".
constexpr std::string_view kGlobalRegion = "us-east-1";
constexpr std::string_view kQueueActions =
    "sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility, sqs:GetQueueAttributes";

bool is_of_aws(std::string_view kind) {
  for (const char* each : {"sqs", "sns", "eventbridge", "lambda", "s3", "ses"}) {
    if (kind == each) return true;
  }
  return false;
}

bool needs_aws(const Settings& settings) {
  for (const SourceSetting& source : settings.sources) {
    if (is_of_aws(source.kind->name)) return true;
  }
  for (const Subscription& subscription : settings.subscriptions) {
    if (is_of_aws(subscription.sink_kind)) return true;
  }
  return false;
}

std::string queue_advice(const AwsAnswer& answer) {
  if (answer.code.find("NonExistent") != std::string::npos ||
      answer.code.find("DoesNotExist") != std::string::npos) {
    return "make the queue, or correct its URL; `statewire init` writes a stack that makes one";
  }
  if (answer.status == 403 || answer.code.find("AccessDenied") != std::string::npos) {
    return "allow " + std::string(kQueueActions) + " on it";
  }
  if (answer.status == 0) return "look at the network, the proxy and the endpoint";
  return "`statewire aws whoami` shows who asks";
}

class AwsDoctor {
 public:
  AwsDoctor(AwsDepth depth, const std::vector<std::string>& regions, Findings& findings)
      : depth_(depth), findings_(findings), others_(regions.begin(), regions.end()) {}

  void look(const Settings& settings) {
    const FoundCredentials found = find_credentials(surroundings_, clock_);
    if (!found.credentials) {
      return findings_.wrong("AWS credentials", found.credentials.error().text,
                             "`statewire aws whoami` shows where it looked");
    }
    const Result<AwsSettings> aws = AwsSettings::read(surroundings_);
    if (!aws) return findings_.wrong("AWS settings", aws.error().text, "correct the file");
    findings_.well("AWS credentials", "from " + std::string(found.credentials->provider));
    for (const Node& source : settings.document->root().find("sources").entries()) {
      if (source.find("kind").text() == "sqs") look_at_queue(source, *found.credentials, *aws);
    }
    if (depth_ == AwsDepth::surface) return;
    look_at_trails(*found.credentials, *aws);
    look_at_own_spokes(settings, *found.credentials, *aws);
    look_at_spokes(settings, *found.credentials, *aws);
    tell_regions();
  }

 private:
  void look_at_queue(const Node& source, const AwsCredentials& own, const AwsSettings& aws) {
    const std::string what = "source " + std::string(source.key());
    const std::string url = source.find("queue").text();
    const Result<SqsQueue> queue = find_queue(aws, url, source.find("region").text());
    if (!queue) return findings_.wrong(what, queue.error().text, "correct the queue's URL");
    Result<AwsCredentials> credentials = own;
    if (const Node role = source.find("role")) {
      credentials = assume_role(surroundings_, own, read_aws_role(role), clock_);
    }
    if (!credentials) {
      return findings_.wrong(what, credentials.error().text, "let its role be assumed");
    }
    AwsCall call = sqs_call(*queue, "GetQueueAttributes", json_of([&](JsonWriter& json) {
      json.begin_object();
      json.text("QueueUrl", queue->url);
      json.begin_array("AttributeNames");
      json.text("ApproximateNumberOfMessages");
      json.end_array();
      json.end_object();
    }));
    call.timeout = std::chrono::seconds(10);
    const AwsAnswer answer = call_now(call, *credentials, clock_);
    if (!answer.ok()) return findings_.wrong(what, answer.text(), queue_advice(answer));
    const Result<Reply> reply = Reply::parse(answer.response.body);
    const std::string waiting =
        reply ? text_at(reply->root(), "Attributes.ApproximateNumberOfMessages") : "";
    findings_.well(what, url + (waiting.empty() ? "" : ": " + waiting + " messages wait"));
    look_at_skew(answer);
    if (depth_ == AwsDepth::surface) return;
    const AwsQuestions questions{aws, *credentials, clock_, queue->target.region};
    regions_.insert(questions.region);
    QueueFound found =
        look_at_queue_events(questions, {.what = what, .url = url, .name = queue->name}, findings_);
    hubs_.emplace(arn_fields(found.arn).account, questions.region);
    has_global_region_ |= found.arn.starts_with("arn:aws:");
    std::ranges::move(found.buses, std::back_inserter(buses_[questions.region]));
  }

  // Of this account, in every region of a queue, and where somebody asked.
  void look_at_trails(const AwsCredentials& own, const AwsSettings& aws) {
    std::set<std::string> regions = regions_;
    regions.insert(others_.begin(), others_.end());
    for (const std::string& region : regions) {
      look_at_trail({aws, own, clock_, region}, "trail of " + region, findings_);
    }
  }

  // Of this account, where the configuration has no role for the hub's.
  void look_at_own_spokes(const Settings& settings, const AwsCredentials& own,
                          const AwsSettings& aws) {
    for (const auto& [account, hub_region] : hubs_) {
      if (settings.account_roles.contains(account)) return;
    }
    for (const std::string& region : regions_of_spokes()) {
      if (regions_.contains(region)) continue;
      look_at_spoke({aws, own, clock_, region}, region + " of this account", buses_for(region),
                    others_.contains(region) ? SpokeIs::wanted : SpokeIs::advised, findings_);
    }
  }

  // An account has more regions than a doctor can ask, and nobody but its owner knows which it
  // uses.
  void tell_regions() {
    std::string regions;
    for (const std::string& region : regions_of_spokes()) {
      regions.append(regions.empty() ? "" : ", ").append(region);
    }
    if (regions.empty()) return;
    findings_.not_tried("other regions", "looked at " + regions +
                                             "; `--aws --region REGION` looks at one more, from "
                                             "which events should come");
  }

  // Of each account that the configuration has a role for. Where a queue is, the rules that were
  // looked at send straight to it: no spoke is wanted there.
  void look_at_spokes(const Settings& settings, const AwsCredentials& own, const AwsSettings& aws) {
    for (const auto& [account, role] : settings.account_roles) {
      const std::string what = "account " + account;
      const Result<AwsCredentials> there = assume_role(surroundings_, own, role, clock_);
      if (!there) {
        findings_.wrong(what, there.error().text, "let its role " + role.arn + " be assumed");
        continue;
      }
      for (const std::string& region : regions_of_spokes()) {
        const AwsQuestions questions{aws, *there, clock_, region};
        if (!hubs_.contains({account, region})) {
          look_at_spoke(questions, what + ", " + region, buses_for(region), SpokeIs::wanted,
                        findings_);
        }
        look_at_trail(questions, what + ", trail of " + region, findings_);
      }
    }
  }

  // Those of the queues, the one where global services tell, and those that somebody asked for.
  std::set<std::string> regions_of_spokes() const {
    std::set<std::string> regions = regions_;
    regions.insert(others_.begin(), others_.end());
    if (has_global_region_) regions.emplace(kGlobalRegion);
    return regions;
  }

  // A spoke may forward to another region. The hub of its own is the last, as the one to advise.
  std::vector<std::string> buses_for(const std::string& region) const {
    std::vector<std::string> all;
    for (const auto& [other, buses] : buses_) {
      all.insert(other == region ? all.end() : all.begin(), buses.begin(), buses.end());
    }
    return all;
  }

  void look_at_skew(const AwsAnswer& answer) {
    const Duration skew = skew_of(answer, clock_.now());
    if (skew < kSkewMax && skew > -kSkewMax) return;
    findings_.wrong(
        "clock",
        "AWS says that it is wrong by " + format_duration(std::chrono::floor<std::chrono::seconds>(
                                              skew < Duration() ? -skew : skew)),
        "set it, and let time synchronisation keep it");
  }

  const AwsDepth depth_;
  Findings& findings_;
  const std::set<std::string> others_;                     // Regions that somebody asked for.
  std::set<std::string> regions_;                          // Of the queues.
  std::map<std::string, std::vector<std::string>> buses_;  // That fill them, by region.
  std::set<std::pair<std::string, std::string>> hubs_;     // Account and region of each.
  bool has_global_region_ = false;                         // Some are in the partition that has it.
  const AwsSurroundings surroundings_;
  const SystemClock clock_;
};

}  // namespace

void look_at_aws(const Settings& settings, AwsDepth depth, const std::vector<std::string>& regions,
                 Findings& findings) {
  if (needs_aws(settings)) return AwsDoctor(depth, regions, findings).look(settings);
  if (depth == AwsDepth::surface) return;
  findings.not_tried("AWS", "the configuration has no source and no sink there");
}

}  // namespace statewire
