#include "cli/command_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "cli/commands.h"
#include "cli/terminal_for_test.h"

namespace statewire {
namespace {

struct Ran {
  ExitCode code;
  std::string out;
  std::string err;
};

Ran run(std::vector<const char*> arguments) {
  RecordedTerminal recorded;
  arguments.insert(arguments.begin(), "statewire");
  const ExitCode code =
      run_command_line(static_cast<int>(arguments.size()), arguments.data(), recorded.terminal());
  return {code, recorded.out(), recorded.err()};
}

std::string file_text(const std::string& path) {
  std::ifstream file(std::string(SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(CommandLine, version_is_told) {
  const Ran ran = run({"--version"});
  EXPECT_EQ(ran.code, ExitCode::well);
  EXPECT_EQ(ran.out, "statewire " + std::string(program_version()) + "\n");
}

TEST(CommandLine, wrong_usage_exits_with_2) {
  EXPECT_EQ(run({}).code, ExitCode::usage);
  EXPECT_EQ(run({"no-such-command"}).code, ExitCode::usage);
  EXPECT_EQ(run({"ledger", "--no-such-option"}).code, ExitCode::usage);
  EXPECT_EQ(run({"ledger", "--output", "xml"}).code, ExitCode::usage);
  EXPECT_EQ(run({"timeline"}).code, ExitCode::usage);
  EXPECT_EQ(run({"parked"}).code, ExitCode::usage);
  EXPECT_EQ(run({"resources", "--limit", "many"}).code, ExitCode::usage);
  EXPECT_EQ(run({"resources", "--since", "long ago"}).code, ExitCode::usage);
}

TEST(CommandLine, a_value_that_is_empty_or_stands_twice_is_refused) {
  for (const std::vector<const char*>& arguments :
       {std::vector<const char*>{"explain", "--event", ""},
        {"timeline", ""},
        {"events", "--cause", "human", "--cause", "unknown"},
        {"events", "--actor="}}) {
    const Ran ran = run(arguments);
    EXPECT_EQ(ran.code, ExitCode::usage) << arguments[0] << ran.out;
    EXPECT_NE(ran.err, "") << arguments[0];
  }
  for (const char* form : {"--output", "-o"}) {
    EXPECT_EQ(run({"events", "--output", "csv", form, "json"}).err,
              "statewire: --output is given twice; say it once\n");
  }
}

TEST(CommandLine, a_misspelt_command_is_told_with_what_may_be_meant) {
  const Ran ran = run({"--config", "x", "chek"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_NE(ran.err.find("there is no command \"chek\"; did you mean \"check\"?"),
            std::string::npos)
      << ran.err;
  EXPECT_NE(run({"zzzzzzzzz"}).err.find("`statewire --help` lists them"), std::string::npos);
}

TEST(CommandLine, a_misspelt_word_behind_a_command_is_told_likewise) {
  const struct {
    std::vector<const char*> arguments;
    const char* fault;
  } kCases[] = {
      {{"parked", "lsit"}, "there is no command \"lsit\"; did you mean \"list\"?"},
      {{"sinks", "tset"}, "there is no command \"tset\"; did you mean \"test\"?"},
      {{"store", "zzzzzzzz"}, "`statewire store --help` lists them"},
      {{"ledger", "--outptu", "json"},
       "there is no option \"--outptu\"; did you mean \"--output\"?"},
      {{"resources", "--tpye=x"}, "there is no option \"--tpye\"; did you mean \"--type\"?"},
      {{"parked", "list", "--subscriptoin", "x"}, "did you mean \"--subscription\"?"},
      {{"--verison"}, "did you mean \"--version\"?"},
      {{"help", "chek"}, "did you mean \"check\"?"},
  };
  for (const auto& each : kCases) {
    const Ran ran = run(each.arguments);
    EXPECT_EQ(ran.code, ExitCode::usage) << each.fault;
    EXPECT_NE(ran.err.find(each.fault), std::string::npos) << ran.err;
  }
}

TEST(CommandLine, what_the_parser_refuses_is_told_in_our_own_words) {
  const struct {
    std::vector<const char*> arguments;
    const char* fault;
  } kCases[] = {
      {{"aws", "template", "--service", "ec2"},
       "--service takes no value; did you mean \"--services ec2\"?"},
      {{"aws", "template", "--service=ec2"},
       "--service takes no value; did you mean \"--services=ec2\"?"},
      {{"aws", "template", "--hub=yes"}, "--hub takes no value"},
      {{"aws", "template", "hub"},
       "\"hub\" is too much: `statewire aws template` takes no argument"},
      {{"aws", "whoami", "--output", "json", "x"}, "`statewire aws whoami` takes no argument"},
      {{"sinks", "test", "a", "b", "c"}, "is too much: `statewire sinks test` takes"},
      {{"aws"}, "`statewire aws` wants one of its commands: whoami, template"},
      {{"parked", "--config", "x"}, "`statewire parked` wants one of its commands: list, "},
      {{"aws", "template", "--format", "yaml"},
       "--format: there is no \"yaml\"; there are cloudformation, terraform, sam"},
      {{"aws", "template", "--services"}, "--services wants a value"},
      {{"timeline"}, "RESOURCE is required; `statewire timeline --help` says more"},
      {{}, "`statewire --help` says more"},
  };
  for (const auto& each : kCases) {
    const Ran ran = run(each.arguments);
    EXPECT_EQ(ran.code, ExitCode::usage) << each.fault;
    EXPECT_NE(ran.err.find(each.fault), std::string::npos) << each.fault << "\n" << ran.err;
    EXPECT_TRUE(ran.err.starts_with("statewire: ")) << ran.err;
    EXPECT_EQ(std::ranges::count(ran.err, '\n'), 1) << ran.err;
  }
  EXPECT_EQ(run({"aws", "--help"}).code, ExitCode::well);
  EXPECT_EQ(run({"aws", "template", "hub", "-h"}).code, ExitCode::well);
}

TEST(CommandLine, the_value_of_an_option_is_no_word_of_its_own) {
  EXPECT_EQ(run({"ledger", "--config", "parkde"}).code, ExitCode::bad_config);
  EXPECT_EQ(run({"-c", "parkde", "ledger"}).code, ExitCode::bad_config);
  EXPECT_EQ(run({"resources", "-c", "/nonexistent/x", "-n", "5", "-o", "wide"}).code,
            ExitCode::bad_config);
}

TEST(CommandLine, help_and_version_are_commands_too) {
  EXPECT_EQ(run({"version"}).out, run({"--version"}).out);
  EXPECT_EQ(run({"help"}).out, run({"--help"}).out);
  EXPECT_EQ(run({"help", "parked", "list"}).out, run({"parked", "list", "--help"}).out);
  EXPECT_EQ(run({"help", "ledger"}).code, ExitCode::well);
}

TEST(CommandLine, a_letter_means_one_option_everywhere) {
  std::map<char, std::string_view> names;
  for (const CommandSpec& command : commands()) {
    for (const OptionSpec& option : command.options) {
      if (option.letter == 0) continue;
      const auto [known, is_new] = names.emplace(option.letter, option.name);
      EXPECT_EQ(known->second, option.name) << command.name;
    }
  }
  for (const CommandSpec& command : commands()) {
    for (const OptionSpec& option : command.options) {
      for (const auto& [letter, name] : names) {
        if (name != option.name) continue;
        EXPECT_EQ(option.letter, letter) << command.name << name;
      }
    }
  }
}

TEST(CommandLine, dropping_everything_must_be_said) {
  const Ran ran = run({"parked", "drop"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_NE(ran.err.find("--all"), std::string::npos);
}

TEST(CommandLine, a_configuration_that_cannot_be_read_exits_with_78) {
  const Ran ran = run({"ledger", "--config", "/nonexistent/statewire.yaml"});
  EXPECT_EQ(ran.code, ExitCode::bad_config);
  EXPECT_NE(ran.err.find("/nonexistent/statewire.yaml"), std::string::npos);
  EXPECT_EQ(run({"--config", "/nonexistent/statewire.yaml", "ledger"}).code, ExitCode::bad_config);
}

TEST(CommandLine, a_configuration_counts_before_behind_and_within_a_command_of_two_words) {
  const char* const path = "/nonexistent/statewire.yaml";
  const std::vector<std::vector<const char*>> lines = {
      {"--config", path, "sinks", "test", "x"}, {"sinks", "--config", path, "test", "x"},
      {"sinks", "test", "x", "--config", path}, {"parked", "--config", path, "list"},
      {"store", "--config", path, "check"},     {"store", "check", "--config", path}};
  for (const auto& line : lines) {
    const Ran ran = run(line);
    EXPECT_EQ(ran.code, ExitCode::bad_config) << line[0] << line[1];
    EXPECT_NE(ran.err.find(path), std::string::npos) << ran.err;
  }
}

TEST(CommandLine, every_command_has_help_with_examples) {
  for (const CommandSpec& command : commands()) {
    std::vector<std::string> words;
    std::istringstream split{std::string(command.name)};
    for (std::string word; split >> word;) words.push_back(word);
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    arguments.push_back("--help");
    const Ran ran = run(arguments);
    EXPECT_EQ(ran.code, ExitCode::well) << command.name;
    EXPECT_NE(ran.out.find("Examples:\n  statewire " + words[0]), std::string::npos)
        << command.name;
    for (const OptionSpec& option : command.options) {
      EXPECT_NE(ran.out.find(option.name), std::string::npos) << command.name << option.name;
    }
  }
}

// The manual page writes a hyphen that is to stay one as "\-".
std::string manual_text() {
  std::string text = file_text("docs/statewire.1");
  for (size_t at = text.find("\\-"); at != text.npos; at = text.find("\\-", at)) text.erase(at, 1);
  return text;
}

TEST(CommandLine, the_manual_page_knows_every_command_and_option) {
  const std::string manual = manual_text();
  for (const CommandSpec& command : commands()) {
    if (command.run == nullptr) continue;
    EXPECT_NE(manual.find(".SS " + std::string(command.name)), std::string::npos) << command.name;
    for (const OptionSpec& option : command.options) {
      EXPECT_NE(manual.find(option.name), std::string::npos) << option.name;
    }
  }
  EXPECT_NE(manual.find("statewire " + std::string(program_version())), std::string::npos);
}

// They ask the program, which knows all: nothing is said twice.
TEST(CommandLine, completions_ask_the_program) {
  for (const char* path : {"deploy/completion/statewire.bash", "deploy/completion/_statewire",
                           "deploy/completion/statewire.fish"}) {
    EXPECT_NE(file_text(path).find(" complete "), std::string::npos) << path;
  }
  const Ran ran = run({"complete", "parked", "re"});
  EXPECT_EQ(ran.code, ExitCode::well);
  EXPECT_EQ(ran.out, "redrive\tSend parked deliveries again\n");
  EXPECT_EQ(run({"complete", "send", ""}).out, ":files\n");
}

}  // namespace
}  // namespace statewire
