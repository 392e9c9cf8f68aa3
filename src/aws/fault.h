// The one policy for faults of AWS: what an error means, and what ends it.
//
// Sinks, sources, look-ups and credentials all ask here. What no row knows may pass: it is tried
// again, and whoever tries bounds that. Only what is surely the request's own fault is given up,
// and what refuses every request waits for a person.
#pragma once

#include <cstdint>
#include <string_view>

namespace statewire {

enum class AwsFault {
  none,
  network,    // No answer.
  throttled,  // Too much at once: later.
  transient,  // Their trouble: later.
  skewed,     // The clock here is wrong.
  expired,    // These credentials are over; others may do.
  denied,     // No credentials, or no permission: a person must act.
  missing,    // What was named does not exist: a person must act.
  refused,    // The place takes nothing, as it is set up: a person must act.
  invalid,    // The request itself is wrong, and will be the next time.
  unknown,    // Nothing that is known here: later.
};
std::string_view name_of(AwsFault fault);

enum class AwsRemedy : uint8_t {
  none,     // Nothing is wrong.
  time,     // It may pass: again later.
  person,   // Every request is refused until a person acts.
  request,  // This request will never pass, others do.
};
AwsRemedy remedy_for(AwsFault fault);
inline bool may_pass_later(AwsFault fault) { return remedy_for(fault) == AwsRemedy::time; }

// Whose fault the service says it is.
enum class AwsBlame : uint8_t { unsaid, caller, service };

// An error as a service tells it.
struct AwsError {
  std::string_view service = {};  // Its AwsService::key; empty: any.
  std::string_view code = {};  // "QueueDoesNotExist"; with or without what services put around it.
  int status = 0;              // Of HTTP; 0 for one part of a request that was taken.
  AwsBlame blame = AwsBlame::unsaid;
};

AwsFault fault_of(const AwsError& error);
// True where the code itself decides, and not only the status.
bool is_known(const AwsError& error);

// "AWS.SimpleQueueService.NonExistentQueue", "com.amazonaws.sqs#KmsThrottled" and
// "AccessDeniedException:http://…" without what is around their name.
std::string_view bare_code(std::string_view code);

}  // namespace statewire
