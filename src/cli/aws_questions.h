// What `doctor` asks of AWS, in the name of one account; nothing there is changed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/credentials.h"
#include "aws/json.h"
#include "aws/settings.h"
#include "aws/surroundings.h"
#include "cli/doctor.h"

namespace statewire {

// Whose events reach a queue, in one region.
struct AwsQuestions {
  const AwsSettings& settings;
  const AwsCredentials& credentials;
  const Clock& clock;
  std::string region;

  // An answer of a JSON protocol. `action` is IAM's, "events:ListRules", and names the operation.
  // bad_input where it is denied, not_found where there is no such thing.
  Result<AwsJson> ask(const AwsService& service, std::string_view target, std::string_view action,
                      std::string_view body) const;
  // The largest, or the sum, of a metric of a queue over the last `over`; absent where nothing is
  // known of it.
  Result<std::optional<double>> metric(std::string_view queue, std::string_view name,
                                       std::string_view statistic, Duration over) const;
};

// Where `action` was denied, which to allow.
void cannot_ask(std::string_view what, const Error& error, std::string_view action,
                Findings& findings);

// A trail that logs what API calls change.
void look_at_trail(const AwsQuestions& aws, std::string_view what, Findings& findings);

struct QueueToLookAt {
  std::string what;  // "source bus"
  std::string url;
  std::string name;
};
struct QueueFound {
  std::string arn;  // Empty where the queue may not be asked.
  std::vector<std::string>
      buses;  // The ARNs of those whose rules send to it; the default one first.
};
// Rules, policy, dead letters, age and silence of a queue.
QueueFound look_at_queue_events(const AwsQuestions& aws, const QueueToLookAt& queue,
                                Findings& findings);
// An account without a spoke tells nothing; the hub's own lacks global services alone.
enum class SpokeIs { wanted, advised };
// Whether some rule of the default bus forwards to one of `buses`; the last is the one to advise.
void look_at_spoke(const AwsQuestions& aws, std::string_view what,
                   const std::vector<std::string>& buses, SpokeIs need, Findings& findings);

}  // namespace statewire
