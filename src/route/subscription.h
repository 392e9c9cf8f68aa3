// Subscriptions: which notifications, in which format, to which sink.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"
#include "format/format.h"
#include "pattern/pattern.h"

namespace statewire {

enum class StartFrom { now, earliest };
enum class OnLag { skip, hold };

// Whether a notification waits until its cause and its tags are known, and for how long at most.
struct Hold {
  bool for_cause = false;
  bool for_tags = false;
  Duration at_most = std::chrono::minutes(10);  // Since its commit.

  bool is_any() const { return for_cause || for_tags; }
};

// Whether what belongs to one deployment is told in one message: when its stack is over, or else
// when nothing of it came in for `quiet`; and `at_most` after its first (delivery/group).
struct Grouping {
  bool by_deployment = false;
  Duration quiet = std::chrono::minutes(5);
  Duration at_most = std::chrono::hours(1);
};

struct Subscription {
  std::string name;
  Pattern when;            // Over the notification's data, with the envelope beside it.
  std::string when_json;   // As written; empty: everything.
  std::string when_words;  // The same, for people.
  Pattern early_when = Pattern::everything();  // See When::early.
  Hold hold;
  Grouping grouping;
  const Format* format = nullptr;
  std::string format_name;
  std::string form;  // What messages look like: the format, and what wraps it for the sink.
  StartFrom from = StartFrom::now;
  OnLag on_lag = OnLag::skip;
  std::optional<uint64_t> per_hour;  // Above it a digest counts the rest; 0: no limit.
  Duration retry_for = std::chrono::hours(24);
  std::string sink_kind;
  std::optional<Node> sink;  // The sink's own keys, for its kind to read.
  uint64_t sink_hash = 0;    // Of those that say which sink it is. 0: nobody asks.
};

// Reads `subscriptions:`. Formats must outlive the result. The sinks' own keys are not read here.
std::vector<Subscription> read_subscriptions(Node node, const Formats& formats, Problems& problems);

// Whether one of that name is configured.
bool has_subscription(std::span<const Subscription> subscriptions, std::string_view name);

// Appends the JSON that patterns see: the fields of data, with those of the envelope beside them.
void append_routable(const Notification& notification, std::string& out);

}  // namespace statewire
