#include "cli/complete.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "cli/command_words.h"

namespace statewire {
namespace {

// A blank at the end begins an empty word.
NextWords completed(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream split(line);
  for (std::string word; split >> word;) words.push_back(word);
  if (line.empty() || line.ends_with(' ')) words.emplace_back();
  return complete_words(words);
}

std::string candidates(const std::string& line) {
  std::string text;
  for (const auto& each : completed(line).candidates) {
    text.append(text.empty() ? "" : " ").append(each.word);
  }
  return text;
}

TEST(Complete, knows_every_command_and_every_option) {
  for (const CommandSpec& command : commands()) {
    const std::string name(command.name);
    EXPECT_NE((" " + candidates(name) + " ").find(" " + name.substr(name.rfind(' ') + 1) + " "),
              std::string::npos)
        << name;
    const std::string offered = " " + candidates(name + " --") + " ";
    for (const OptionSpec& option : command.options) {
      if (!option.name.starts_with("--")) continue;
      EXPECT_NE(offered.find(" " + std::string(option.name) + " "), std::string::npos)
          << name << " " << option.name;
    }
  }
}

TEST(Complete, knows_the_words_of_a_value) {
  EXPECT_EQ(candidates("ledger --output "), "table wide json csv");
  EXPECT_EQ(candidates("ledger -o j"), "json");
  EXPECT_EQ(candidates("resources --phase d"), "degraded deprovisioning");
  EXPECT_EQ(candidates("events --since y"), "yesterday");
  EXPECT_EQ(candidates("tail --from "), "now earliest");
}

TEST(Complete, knows_which_names_are_wanted) {
  EXPECT_EQ(completed("parked list --subscription ").names, NamesOf::subscriptions);
  EXPECT_EQ(completed("parked show ").names, NamesOf::subscriptions);
  EXPECT_EQ(completed("parked show pager ").names, NamesOf::nothing);
  EXPECT_EQ(completed("sinks test ").names, NamesOf::subscriptions);
  EXPECT_EQ(completed("timeline ").names, NamesOf::resources);
  EXPECT_EQ(completed("--config x.yaml events --actor ").names, NamesOf::actors);
  EXPECT_EQ(completed("-c x.yaml events --type ").config, "x.yaml");
  EXPECT_EQ(completed("convert --format ").names, NamesOf::formats);
}

TEST(Complete, leaves_files_to_the_shell) {
  EXPECT_TRUE(completed("send ").wants_files);
  EXPECT_TRUE(completed("send a.json ").wants_files);
  EXPECT_TRUE(completed("run --config ").wants_files);
  EXPECT_TRUE(completed("store salvage --to ").wants_folders);
  EXPECT_TRUE(completed("check ").wants_files);
  EXPECT_FALSE(completed("check a.yaml ").wants_files);
  EXPECT_FALSE(completed("ledger ").wants_files);
}

TEST(Complete, the_second_word_of_a_group_comes_next) {
  EXPECT_EQ(candidates("parked "), "list show redrive drop");
  EXPECT_EQ(candidates("parked re"), "redrive");
  EXPECT_EQ(candidates("zzz"), "");
}

}  // namespace
}  // namespace statewire
