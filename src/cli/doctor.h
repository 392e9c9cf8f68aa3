// What `statewire doctor` finds, and what it looks at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/config_at_hand.h"
#include "cli/terminal.h"

namespace statewire {

// A line for each thing that was looked at; below what is wrong, what to do. Not thread-safe.
class Findings {
 public:
  explicit Findings(Terminal& terminal) : terminal_(terminal) {}

  void well(std::string_view what, std::string_view detail);
  void wrong(std::string_view what, std::string_view detail, std::string_view what_to_do);
  // It works, and somebody should know.
  void doubtful(std::string_view what, std::string_view detail, std::string_view what_to_do);
  void not_tried(std::string_view what, std::string_view how);

  size_t count_wrong() const { return wrong_; }

 private:
  void line(std::string_view mark, Tint tint, std::string_view what, std::string_view detail);
  void advice(std::string_view what_to_do);

  Terminal& terminal_;
  size_t wrong_ = 0;
};

// The folder of the store, the room on its disk, and the daemon where one runs.
void look_at_store(const Settings& settings, Findings& findings);
void look_at_clock(Findings& findings);
// Credentials where something needs them; each queue, with its permissions.
enum class AwsDepth {
  surface,
  events,  // And the way that events take to it: trails, rules, policies, dead letters.
};
// `regions`: where spokes and trails are looked for besides those of the queues and the one of
// global services.
void look_at_aws(const Settings& settings, AwsDepth depth, const std::vector<std::string>& regions,
                 Findings& findings);
// Files that are read, and schedules.
void look_at_sources(const Settings& settings, Findings& findings);
// Reads each inventory once, and lists the backups.
void look_with_clients(const Invocation& invocation, Terminal& terminal, Findings& findings);
// As far as each sink can go without sending anything. Its clients cannot be used after it.
void look_at_sinks(ConfigAtHand& config, Findings& findings);
// Sends an example to the sink at `place`.
void send_to_sink(ConfigAtHand& config, size_t place, Findings& findings);

}  // namespace statewire
