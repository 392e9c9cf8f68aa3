// Asks the daemon where one runs, and the store itself where none does.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/queries.h"
#include "base/result.h"
#include "cli/config_at_hand.h"
#include "cli/daemon.h"
#include "cli/exit_code.h"

namespace statewire {

// Answers are the JSON of the API. Not thread-safe.
class Client {
 public:
  virtual ~Client() = default;
  // Whether a daemon answers: else what is stored never changes.
  virtual bool is_live() const = 0;
  virtual Result<std::string> resources(const ResourceFilter& filter) = 0;
  // bad_input where the name is ambiguous: the text is then the JSON that lists the candidates.
  virtual Result<std::string> timeline(std::string_view resource, size_t limit) = 0;
  virtual Result<std::string> history(const HistoryFilter& filter) = 0;
  virtual Result<std::string> deployments(const DeploymentFilter& filter) = 0;
  virtual Result<std::string> inventory() = 0;
  virtual Result<std::string> expectations() = 0;
  virtual Result<std::string> ledger() = 0;
  virtual Result<std::string> unrecognised() = 0;
  virtual Result<std::string> refusals() = 0;
  // One page; `after` is the `next` of the page before.
  virtual Result<std::string> parked(const ParkedFilter& filter, std::string_view after,
                                     size_t limit) = 0;
  virtual Result<std::string> parked_one(std::string_view subscription, uint64_t sequence) = 0;
  virtual Result<std::string> redrive(const ParkedFilter& filter, bool is_dry_run) = 0;
  virtual Result<std::string> drop(const ParkedFilter& filter, bool is_dry_run) = 0;
  virtual Result<std::string> explain(std::string_view event_json, bool is_as_new) = 0;
  // What became of what the journal has at `sequence`.
  virtual Result<std::string> entry(uint64_t sequence) = 0;
  // One page of what waits; `after` as for parked().
  virtual Result<std::string> held(std::string_view subscription, std::string_view after) = 0;
  // Of what waits for a subscription that is not configured any more.
  virtual Result<std::string> drop_waiting(const std::string& subscription, bool is_dry_run) = 0;
  virtual Result<std::string> trial(const TrialWish& wish) = 0;
};

// What a command does to the store where no daemon does it.
enum class Access {
  read,
  explain,  // Reads the configuration's rules too. Where there is no store, an empty one is asked.
  write,
  write_by_rules,  // And reads the configuration's rules.
};

// Opens a client and calls `use` with it; tells what goes wrong. Of the configuration only what
// `access` needs must be well, and none of it with --url.
ExitCode with_client(const Invocation& invocation, Terminal& terminal, Access access,
                     const std::function<ExitCode(Client&)>& use);
// The same for what only a daemon can do: the one of --url, else of the configuration's store.
ExitCode with_daemon(const Invocation& invocation, Terminal& terminal,
                     const std::function<ExitCode(const Daemon&)>& use);

ExitCode exit_code_of(const Error& error);
// Tells the error, and answers with the exit code of its kind.
ExitCode fail(const Error& error, Terminal& terminal);

}  // namespace statewire
