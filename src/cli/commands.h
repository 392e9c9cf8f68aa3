// What `statewire` can be asked to do: a table, from which arguments are read and help is shown.
// The manual page and the completions are tested against it.
#pragma once

#include <span>
#include <string_view>

#include "cli/exit_code.h"
#include "cli/invocation.h"
#include "cli/terminal.h"

namespace statewire {

enum class OptionForm {
  flag,    // --dry-run
  value,   // --config PATH; the last one counts
  list,    // --catalog DIR, any number of times
  number,  // --limit N
  one,     // An argument by its place: RESOURCE
  many,    // Any number of them: FILES
};

struct OptionSpec {
  std::string_view name;  // "--format"; of an argument its word, "FILES"
  OptionForm form = OptionForm::value;
  std::string_view value = {};  // What stands for the value in the help: "PATH"
  std::string_view help;
  std::string_view choices = {};  // Separated by "|"; empty: any value.
  bool is_required = false;
  char letter = 0;  // "-o" for "--output"; 0: none.
};

struct CommandSpec {
  std::string_view name;  // "parked list": a word for each level.
  std::string_view summary;
  std::string_view notes = {};  // What there is to know besides; lines.
  std::string_view examples;    // A line each.
  std::span<const OptionSpec> options;
  // Null: a group, which has commands below it and does nothing by itself.
  ExitCode (*run)(const Invocation&, Terminal&) = nullptr;
};

// In the order of the help; a group comes before its commands.
std::span<const CommandSpec> commands();

// One file each. Called on the main thread, before any other was started; what goes wrong has been
// told on standard error when they return.
ExitCode run_daemon(const Invocation& invocation, Terminal& terminal);
ExitCode run_init(const Invocation& invocation, Terminal& terminal);
ExitCode run_doctor(const Invocation& invocation, Terminal& terminal);
ExitCode run_convert(const Invocation& invocation, Terminal& terminal);
ExitCode run_match(const Invocation& invocation, Terminal& terminal);
ExitCode run_check(const Invocation& invocation, Terminal& terminal);
ExitCode run_explain(const Invocation& invocation, Terminal& terminal);
ExitCode run_send(const Invocation& invocation, Terminal& terminal);
ExitCode run_tail(const Invocation& invocation, Terminal& terminal);
ExitCode run_resources(const Invocation& invocation, Terminal& terminal);
ExitCode run_timeline(const Invocation& invocation, Terminal& terminal);
ExitCode run_events(const Invocation& invocation, Terminal& terminal);
ExitCode run_deployments(const Invocation& invocation, Terminal& terminal);
ExitCode run_inventory(const Invocation& invocation, Terminal& terminal);
ExitCode run_held(const Invocation& invocation, Terminal& terminal);
ExitCode run_held_drop(const Invocation& invocation, Terminal& terminal);
ExitCode run_test(const Invocation& invocation, Terminal& terminal);
ExitCode run_expectations(const Invocation& invocation, Terminal& terminal);
ExitCode run_ledger(const Invocation& invocation, Terminal& terminal);
ExitCode run_parked_list(const Invocation& invocation, Terminal& terminal);
ExitCode run_parked_show(const Invocation& invocation, Terminal& terminal);
ExitCode run_parked_redrive(const Invocation& invocation, Terminal& terminal);
ExitCode run_parked_drop(const Invocation& invocation, Terminal& terminal);
ExitCode run_catalog_list(const Invocation& invocation, Terminal& terminal);
ExitCode run_catalog_show(const Invocation& invocation, Terminal& terminal);
ExitCode run_catalog_coverage(const Invocation& invocation, Terminal& terminal);
ExitCode run_catalog_suggest(const Invocation& invocation, Terminal& terminal);
ExitCode run_catalog_why(const Invocation& invocation, Terminal& terminal);
ExitCode run_store_check(const Invocation& invocation, Terminal& terminal);
ExitCode run_store_backup(const Invocation& invocation, Terminal& terminal);
ExitCode run_store_backups(const Invocation& invocation, Terminal& terminal);
ExitCode run_store_restore(const Invocation& invocation, Terminal& terminal);
ExitCode run_store_salvage(const Invocation& invocation, Terminal& terminal);
ExitCode run_sinks(const Invocation& invocation, Terminal& terminal);
ExitCode run_sinks_test(const Invocation& invocation, Terminal& terminal);
ExitCode run_aws_whoami(const Invocation& invocation, Terminal& terminal);
ExitCode run_aws_template(const Invocation& invocation, Terminal& terminal);
ExitCode run_lambda(const Invocation& invocation, Terminal& terminal);
ExitCode run_status(const Invocation& invocation, Terminal& terminal);
ExitCode run_help(const Invocation& invocation, Terminal& terminal);
ExitCode run_version(const Invocation& invocation, Terminal& terminal);

}  // namespace statewire
