#include "cli/complete.h"

#include "cli/command_words.h"

namespace statewire {
namespace {

// Everything that the words before the last one say.
struct Place {
  const CommandSpec* command = nullptr;
  const OptionSpec* option = nullptr;  // Whose value comes next.
  bool wants_config = false;           // The value of --config comes next.
  size_t arguments = 0;
  std::string config;
};

// Words of commands, until one stands that has none behind it.
void take_word(std::string_view word, Place& place) {
  const std::string name = place.command == nullptr
                               ? std::string(word)
                               : std::string(place.command->name) + " " + std::string(word);
  const CommandSpec* const next = place.arguments > 0 ? nullptr : find_command(name);
  if (next == nullptr) {
    ++place.arguments;
  } else {
    place.command = next;
  }
}

Place place_of(std::span<const std::string> words) {
  Place place;
  for (const std::string& word : words) {
    if (place.wants_config || place.option != nullptr) {
      if (place.wants_config) place.config = word;
      place.wants_config = false;
      place.option = nullptr;
    } else if (word == "--config" || word == "-c") {
      place.wants_config = true;
    } else if (word.starts_with('-') && word.size() > 1) {
      const OptionSpec* const option =
          place.command == nullptr ? nullptr : option_of(*place.command, word);
      place.option = option == nullptr || option->form == OptionForm::flag ? nullptr : option;
    } else {
      take_word(word, place);
    }
  }
  return place;
}

// The argument at that place; the last one may come many times. Null where there is none.
const OptionSpec* argument_at(const CommandSpec& command, size_t at) {
  for (const OptionSpec& spec : command.options) {
    if (spec.name.starts_with("--")) continue;
    if (spec.form == OptionForm::many || at == 0) return &spec;
    --at;
  }
  return nullptr;
}

NamesOf names_of(const CommandSpec& command, const OptionSpec& spec) {
  const struct {
    std::string_view name;
    NamesOf names;
  } kNames[] = {{"--subscription", NamesOf::subscriptions},
                {"SUBSCRIPTION", NamesOf::subscriptions},
                {"--format", NamesOf::formats},
                {"--type", NamesOf::types},
                {"--account", NamesOf::accounts},
                {"--region", NamesOf::regions},
                {"--actor", NamesOf::actors},
                {"--resource", NamesOf::resources},
                {"RESOURCE", NamesOf::resources}};
  for (const auto& each : kNames) {
    if (each.name == spec.name) return each.names;
  }
  if (spec.name == "QUERY" && command.name == "resources") return NamesOf::resources;
  const bool is_sink = spec.name == "NAME" && command.name == "sinks test";
  return is_sink ? NamesOf::subscriptions : NamesOf::nothing;
}

// What a value may be: words of the table, moments, names, files.
void add_values(const CommandSpec& command, const OptionSpec& spec, NextWords& completion) {
  std::string_view choices = spec.choices;
  if (spec.name == "--since" || spec.name == "--until") choices = "today|yesterday|1h|24h|7d";
  if (spec.name == "--from") choices = "now|earliest";
  while (!choices.empty()) {
    const size_t bar = std::min(choices.find('|'), choices.size());
    completion.candidates.push_back({choices.substr(0, bar), {}});
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  if (spec.name == "COMMAND") {
    for (const std::string_view word : words_behind(""))
      completion.candidates.push_back({word, {}});
  }
  completion.names = names_of(command, spec);
  completion.wants_folders = spec.value == "DIR";
  completion.wants_files = spec.name == "FILES" || spec.name == "CONFIG" || spec.name == "EVENT" ||
                           spec.value == "PATH" || spec.value.starts_with("FILE");
}

void add_options(const CommandSpec* command, NextWords& completion) {
  const auto add = [&](std::string_view word, std::string_view help) {
    completion.candidates.push_back({word, help});
  };
  if (command == nullptr) {
    add("--config", "The configuration");
    add("--version", "Say which version this is");
  } else {
    for (const OptionSpec& spec : command->options) {
      if (spec.name.starts_with("--")) add(spec.name, spec.help);
    }
  }
  add("--help", "Say how it is used");
}

void add_commands(const CommandSpec* group, NextWords& completion) {
  const std::string_view name = group == nullptr ? std::string_view() : group->name;
  for (const std::string_view word : words_behind(name)) {
    const std::string whole =
        name.empty() ? std::string(word) : std::string(name) + " " + std::string(word);
    completion.candidates.push_back({word, find_command(whole)->summary});
  }
}

}  // namespace

NextWords complete_words(std::span<const std::string> words) {
  NextWords completion;
  if (words.empty()) return completion;
  const std::string& begun = words.back();
  const Place place = place_of(words.first(words.size() - 1));
  completion.config = place.config;
  if (place.wants_config) {
    completion.wants_files = true;
    return completion;
  }
  if (place.option != nullptr) {
    add_values(*place.command, *place.option, completion);
  } else if (begun.starts_with('-')) {
    add_options(place.command, completion);
  } else {
    if (place.arguments == 0) add_commands(place.command, completion);
    const OptionSpec* const argument =
        place.command == nullptr ? nullptr : argument_at(*place.command, place.arguments);
    if (argument != nullptr) add_values(*place.command, *argument, completion);
  }
  std::erase_if(completion.candidates,
                [&](const auto& each) { return !each.word.starts_with(begun); });
  return completion;
}

}  // namespace statewire
