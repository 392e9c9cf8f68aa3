#include "cli/command_words.h"

#include <algorithm>

namespace statewire {

const CommandSpec* find_command(std::string_view name) {
  const auto found = std::ranges::find(commands(), name, &CommandSpec::name);
  return found == commands().end() ? nullptr : &*found;
}

std::vector<std::string_view> words_behind(std::string_view group) {
  std::vector<std::string_view> words;
  for (const CommandSpec& command : commands()) {
    const size_t blank = command.name.find(' ');
    if (group.empty() && blank == command.name.npos) words.push_back(command.name);
    if (!group.empty() && command.name.substr(0, blank) == group && blank != command.name.npos) {
      words.push_back(command.name.substr(blank + 1));
    }
  }
  return words;
}

const OptionSpec* option_of(const CommandSpec& command, std::string_view word) {
  const auto is_meant = [&](const OptionSpec& spec) {
    const bool is_letter = spec.letter != 0 && word.size() == 2 && word[1] == spec.letter;
    return word.starts_with('-') && (spec.name == word || is_letter);
  };
  const auto found = std::ranges::find_if(command.options, is_meant);
  return found == command.options.end() ? nullptr : &*found;
}

bool takes_arguments(const CommandSpec& command) {
  return std::ranges::any_of(command.options,
                             [](const OptionSpec& spec) { return !spec.name.starts_with("--"); });
}

}  // namespace statewire
