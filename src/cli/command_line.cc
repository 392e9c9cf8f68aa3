// The one file that knows CLI11; its exceptions end here.
#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <span>
#include <sstream>

#include "base/check.h"
#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/word_faults.h"

namespace statewire {
namespace {

constexpr int kWatchMilliseconds = 2'000;

// Where CLI11 puts what it reads, for each option of the command that is asked for.
struct Slot {
  const OptionSpec* spec;
  CLI::Option* option;
  std::vector<std::string> values;
};

struct Chosen {
  const CommandSpec* command = nullptr;
  Invocation invocation;
};

std::vector<std::string> words_of(std::string_view choices) {
  std::vector<std::string> words;
  while (!choices.empty()) {
    const size_t bar = choices.find('|');
    words.emplace_back(choices.substr(0, bar));
    choices = bar == std::string_view::npos ? std::string_view() : choices.substr(bar + 1);
  }
  return words;
}

// What is told of a value behind the option's name; empty where it is well.
std::string fault_of_number(const std::string& text) {
  const bool is_number = !text.empty() && text.size() < 20 &&
                         text.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? "" : "wants a number, not \"" + text + "\"";
}

// A variable of a script that is not set asks for nothing, and not for everything.
std::string fault_of_text(const std::string& text) {
  return text.empty() ? "wants a value, and was given an empty one" : "";
}

std::string fault_of_choice(std::string_view choices, const std::string& text) {
  std::string listed;
  for (const std::string& choice : words_of(choices)) {
    if (choice == text) return {};
    listed += (listed.empty() ? "" : ", ") + choice;
  }
  return "there is no \"" + text + "\"; there are " + listed;
}

CLI::Option* add_option(CLI::App& app, const OptionSpec& spec, Slot& slot) {
  std::string name(spec.name);
  if (spec.letter != 0) name = std::string("-") + spec.letter + "," + name;
  const std::string help(spec.help);
  if (spec.form == OptionForm::flag) return app.add_flag(name, help);
  CLI::Option* const option = app.add_option(name, slot.values, help);
  option->type_name(std::string(spec.value));
  if (spec.form == OptionForm::many) {
    option->expected(0, CLI::detail::expected_max_vector_size);
  } else {
    option->type_size(1)->expected(1)->allow_extra_args(false);
    option->multi_option_policy(spec.form == OptionForm::list ? CLI::MultiOptionPolicy::TakeAll
                                                              : CLI::MultiOptionPolicy::Throw);
  }
  option->check(spec.form == OptionForm::number ? fault_of_number : fault_of_text, "");
  if (!spec.choices.empty()) {
    option->check([&spec](const std::string& text) { return fault_of_choice(spec.choices, text); },
                  "");
  }
  return option->required(spec.is_required);
}

class CommandLine {
 public:
  CommandLine()
      : app_("Tells everyone who must know that infrastructure changed state", "statewire") {
    app_.set_version_flag("--version", "statewire " + std::string(program_version()));
    app_.require_subcommand(1);
    app_.footer("`statewire COMMAND --help` has examples.");
    app_.add_option("-c,--config", config_, "The configuration; may also stand behind the command")
        ->type_name("PATH");
    for (const CommandSpec& command : commands()) add(command);
  }

  // Throws what CLI11 does.
  Chosen parse(int argc, const char* const* argv) {
    app_.parse(argc, argv);
    Chosen chosen;
    for (const Built& built : built_) {
      if (built.app->parsed() && built.spec->run != nullptr) chosen.command = built.spec;
    }
    CHECK(chosen.command != nullptr);
    if (!config_.empty()) chosen.invocation.set("--config", {config_});
    const std::string_view name = chosen.command->name;
    // `sinks --config X test NAME`: what stands before the second word counts for it.
    if (const size_t blank = name.find(' '); blank != name.npos)
      take(name.substr(0, blank), chosen);
    take(name, chosen);
    return chosen;
  }

  CLI::App& app() { return app_; }

  // "statewire sinks test": what was read of it, also where the parser stopped.
  std::string call() const {
    std::string words = app_.get_name();
    const CLI::App* app = &app_;
    while (!app->get_subcommands().empty()) {
      app = app->get_subcommands().front();
      words += ' ' + app->get_name();
    }
    return words;
  }

 private:
  void take(std::string_view command, Chosen& chosen) {
    for (const Slot& slot : slots_of_[command]) {
      if (slot.option->count() > 0) chosen.invocation.set(slot.spec->name, slot.values);
    }
  }

  struct Built {
    const CommandSpec* spec;
    CLI::App* app;
  };

  void add(const CommandSpec& command) {
    const size_t blank = command.name.find(' ');
    CLI::App* parent = &app_;
    std::string own_name(command.name);
    if (blank != std::string_view::npos) {
      parent = app_.get_subcommand(std::string(command.name.substr(0, blank)));
      own_name = command.name.substr(blank + 1);
    }
    CLI::App* const app = parent->add_subcommand(own_name, std::string(command.summary));
    std::string examples = "Examples:\n  " + std::string(command.examples);
    for (size_t at = examples.find('\n', 10); at != examples.npos;
         at = examples.find('\n', at + 1)) {
      examples.insert(at + 1, "  ");
    }
    const std::string notes(command.notes);
    app->footer(notes.empty() ? examples : notes + "\n\n" + examples);
    if (command.run == nullptr) {
      app->require_subcommand(1);
      app->add_option("-c,--config", config_, "The configuration")->type_name("PATH");
    }
    std::deque<Slot>& slots = slots_of_[command.name];
    for (const OptionSpec& option : command.options) {
      Slot& slot = slots.emplace_back(Slot{.spec = &option, .option = nullptr, .values = {}});
      slot.option = add_option(*app, option, slot);
    }
    built_.push_back({&command, app});
  }

  CLI::App app_;
  std::string config_;
  std::vector<Built> built_;
  std::map<std::string_view, std::deque<Slot>> slots_of_;  // A deque: CLI11 keeps addresses.
};

// Help and the version are asked for by exceptions too.
ExitCode tell(CommandLine& line, const CLI::ParseError& error, Terminal& terminal) {
  std::ostringstream out;
  std::ostringstream err;
  if (line.app().exit(error, out, err) == 0) {
    terminal.write(out.str());
    return ExitCode::well;
  }
  terminal.complain(std::string(error.what()) + "; `" + line.call() + " --help` says more");
  return ExitCode::usage;
}

// Clears the screen between two rounds, where there is one.
ExitCode watch(const Chosen& chosen, Terminal& terminal) {
  for (;;) {
    if (terminal.streams().out_is_terminal) terminal.write("\x1b[H\x1b[2J\x1b[3J");
    const ExitCode code = chosen.command->run(chosen.invocation, terminal);
    if (code == ExitCode::usage || code == ExitCode::bad_config) return code;
    if (!terminal.wait(kWatchMilliseconds)) return code;
  }
}

ExitCode run(const Chosen& chosen, Terminal& terminal) {
  if (chosen.invocation.has("--watch")) return watch(chosen, terminal);
  return chosen.command->run(chosen.invocation, terminal);
}

}  // namespace

ExitCode run_help(const Invocation& invocation, Terminal& terminal) {
  const std::vector<std::string> words = invocation.texts("COMMAND");
  std::vector<const char*> arguments = {"statewire"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  arguments.push_back("--help");
  return run_command_line(static_cast<int>(arguments.size()), arguments.data(), terminal);
}

ExitCode run_version(const Invocation&, Terminal& terminal) {
  terminal.write("statewire " + std::string(program_version()) + "\n");
  return ExitCode::well;
}

std::string_view program_version() { return STATEWIRE_VERSION; }

ExitCode run_command_line(int argc, const char* const* argv, Terminal& terminal) {
  const std::span<const char* const> arguments(argv + 1, static_cast<size_t>(argc) - 1);
  // For shells: what they hand over is no command line yet.
  if (!arguments.empty() && arguments[0] == std::string_view("complete")) {
    return run_complete(arguments.subspan(1), terminal);
  }
  if (const std::string fault = fault_of_words(arguments); !fault.empty()) {
    terminal.complain(fault);
    return ExitCode::usage;
  }
  CommandLine line;
  Chosen chosen;
  try {
    chosen = line.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return tell(line, error, terminal);
  }
  const ExitCode code = run(chosen, terminal);
  if (terminal.write_failure().empty()) return code;
  terminal.complain("cannot write: " + terminal.write_failure());
  return ExitCode::failed;
}

}  // namespace statewire
