// Calls of the API are told by trails alone: without one, who did what stays unknown.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
#include <algorithm>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/aws_questions.h"
#include "cli/queue_policy.h"

namespace statewire {
namespace {

constexpr std::string_view kTrails = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";

enum class TrailState { good, stopped, no_management };

std::string named(const char* const member, std::string_view trail) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.key_text(member);
    json.text(trail);
    json.end_object();
  });
}

// Whether changes are among what it selects.
bool logs_management(const AwsJson& selectors) {
  for (const AwsJson& each : selectors.items("EventSelectors")) {
    if (each.text("IncludeManagementEvents") == "true" &&
        each.text("ReadWriteType") != "ReadOnly") {
      return true;
    }
  }
  for (const AwsJson& each : selectors.items("AdvancedEventSelectors")) {
    bool is_management = false;
    bool is_read_only = false;
    for (const AwsJson& field : each.items("FieldSelectors")) {
      for (const AwsJson& wanted : field.items("Equals")) {
        const std::string value = wanted.text("");
        is_management |= field.text("Field") == "eventCategory" && value == "Management";
        is_read_only |= field.text("Field") == "readOnly" && value == "true";
      }
    }
    if (is_management && !is_read_only) return true;
  }
  return false;
}

Result<TrailState> state_of_trail(const AwsQuestions& aws, const std::string& arn) {
  const Result<AwsJson> status =
      aws.ask(kCloudTrail, kTrails, "cloudtrail:GetTrailStatus", named("Name", arn));
  if (!status) return status.error();
  if (status->text("IsLogging") != "true") return TrailState::stopped;
  const Result<AwsJson> selectors =
      aws.ask(kCloudTrail, kTrails, "cloudtrail:GetEventSelectors", named("TrailName", arn));
  if (!selectors) return selectors.error();
  return logs_management(*selectors) ? TrailState::good : TrailState::no_management;
}

}  // namespace

// One that is good is enough; else the first that nearly is says what to do.
void look_at_trail(const AwsQuestions& aws, std::string_view what, Findings& findings) {
  const Result<AwsJson> found =
      aws.ask(kCloudTrail, kTrails, "cloudtrail:DescribeTrails", R"({"includeShadowTrails":true})");
  if (!found) return cannot_ask(what, found.error(), "cloudtrail:DescribeTrails", findings);
  std::string trouble = "no trail in " + aws.region + ": calls of the API are not told";
  std::string what_to_do =
      "aws cloudtrail create-trail --name statewire --s3-bucket-name BUCKET "
      "--is-multi-region-trail && aws cloudtrail start-logging --name statewire";
  size_t looked_at = 0;
  for (const AwsJson& trail : found->items("trailList")) {
    if (++looked_at > kDoctorTrailsMax) break;
    const std::string arn = trail.text("TrailARN");
    // Of a trail of several regions, its own knows everything.
    AwsQuestions at_home = aws;
    if (std::string region = trail.text("HomeRegion"); !region.empty()) at_home.region = region;
    const std::string home = " --region " + at_home.region;
    const Result<TrailState> state = state_of_trail(at_home, arn);
    if (!state) {
      return cannot_ask(what, state.error(),
                        "cloudtrail:GetTrailStatus, cloudtrail:GetEventSelectors", findings);
    }
    switch (*state) {
      case TrailState::good:
        return findings.well(what, trail.text("Name") + " logs management events");
      case TrailState::stopped:
        trouble = "trail " + trail.text("Name") + " does not log";
        what_to_do = "aws cloudtrail start-logging --name " + arn + home;
        break;
      case TrailState::no_management:
        trouble =
            "trail " + trail.text("Name") + " logs no management events that change something";
        what_to_do = "aws cloudtrail put-event-selectors --trail-name " + arn + home +
                     " --event-selectors " +
                     shell_word(R"([{"ReadWriteType":"All","IncludeManagementEvents":true}])");
        break;
    }
  }
  findings.wrong(what, trouble, what_to_do);
}

}  // namespace statewire
