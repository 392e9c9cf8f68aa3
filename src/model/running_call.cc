#include "model/running_call.h"

#include <algorithm>
#include <iterator>

namespace statewire {
namespace {

// What the names of such calls begin with.
constexpr std::string_view kVerbs[] = {"Failover", "Pause", "Reboot", "Restart",
                                       "Resume",   "Start", "Stop"};

// What begins like one, and sets what code declares.
struct Setting {
  std::string_view type;
  std::string_view call;  // Empty: each that begins so.
};
constexpr Setting kSettings[] = {
    {"AWS::AutoScaling::AutoScalingGroup", "ResumeProcesses"},  // `suspended_processes`
    {"AWS::CloudTrail::Trail", ""},                             // `enable_logging`
    {"AWS::Config::ConfigurationRecorder", ""},                 // `is_enabled`
    {"AWS::DMS::ReplicationConfig", ""},                        // `start_replication`
    {"AWS::DMS::ReplicationTask", ""},                          // `start_replication_task`
    {"AWS::Glue::Trigger", ""},                                 // `enabled`
    {"AWS::Kinesis::Stream", ""},                               // `encryption_type`
    {"AWS::KinesisAnalyticsV2::Application", ""},               // `start_application`
    {"AWS::MediaLive::Channel", ""},                            // `start_channel`
    {"AWS::Pipes::Pipe", ""},                                   // `desired_state`
    {"AWS::Synthetics::Canary", ""},                            // `start_canary`
};

bool begins_with(std::string_view call, std::string_view verb) {
  if (!call.starts_with(verb)) return false;
  const std::string_view rest = call.substr(verb.size());
  return rest.empty() || (rest.front() >= 'A' && rest.front() <= 'Z');
}

}  // namespace

bool only_runs(std::string_view type, std::string_view call) {
  const bool is_verb =
      std::ranges::any_of(kVerbs, [&](std::string_view verb) { return begins_with(call, verb); });
  return is_verb && std::ranges::none_of(kSettings, [&](const Setting& setting) {
           return setting.type == type && (setting.call.empty() || setting.call == call);
         });
}

}  // namespace statewire
