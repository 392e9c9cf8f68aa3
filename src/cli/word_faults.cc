#include "cli/word_faults.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "cli/command_words.h"

namespace statewire {
namespace {

std::string did_you_mean(std::string_view what, std::string_view word,
                         const std::vector<std::string_view>& known, std::string_view help) {
  const std::string_view near = nearest(word, known);
  return "there is no " + std::string(what) + " \"" + std::string(word) + "\"; " +
         (near.empty() ? "`" + std::string(help) + "` lists them"
                       : "did you mean \"" + std::string(near) + "\"?");
}

bool asks_for_help(std::string_view word) { return word == "--help" || word == "-h"; }

std::string listed(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) (text += text.empty() ? "" : ", ").append(word);
  return text;
}

// Reads from the left what is known, and stops at the first that is not.
class Words {
 public:
  explicit Words(bool wants_help) : wants_help_(wants_help) {}

  std::string fault_of(std::span<const char* const> arguments) {
    for (size_t i = 0; i < arguments.size(); ++i) {
      const std::string_view word = arguments[i];
      if (word == "--") return {};
      std::string fault;
      if (word.starts_with("--")) {
        fault = fault_of_option(word);
      } else if (!word.starts_with('-')) {
        fault = take_word(word, i == 0 ? "" : arguments[i - 1]);
      }
      if (fault.empty()) fault = fault_of_repeat(word.substr(0, word.find('=')));
      if (!fault.empty()) return fault;
      if (!takes_value(word)) continue;
      if (++i == arguments.size() && !wants_help_) return std::string(word) + " wants a value";
    }
    return fault_of_group();
  }

 private:
  std::string name() const { return command_ == nullptr ? "" : std::string(command_->name); }
  std::string call() const { return command_ == nullptr ? "statewire" : "statewire " + name(); }

  // Commands, until one stands that is no group; what follows are its arguments.
  std::string take_word(std::string_view word, std::string_view before) {
    if (command_ != nullptr && command_->name == "help") return {};
    const std::vector<std::string_view> known = words_behind(name());
    if (std::ranges::find(known, word) != known.end()) {
      command_ =
          find_command(command_ == nullptr ? std::string(word) : name() + " " + std::string(word));
      arguments_ = 0;
      return {};
    }
    if (command_ != nullptr && (known.empty() || takes_arguments(*command_))) {
      return fault_of_argument(word, before);
    }
    return command_ == nullptr
               ? did_you_mean("command", word, known, "statewire --help")
               : did_you_mean("command", word, known, "statewire " + name() + " --help");
  }

  // Of one more argument, with the word that stands before it.
  std::string fault_of_argument(std::string_view word, std::string_view before) {
    const auto many = [](const OptionSpec& spec) { return spec.form == OptionForm::many; };
    if (wants_help_ || std::ranges::any_of(command_->options, many)) return {};
    const auto places = static_cast<size_t>(
        std::ranges::count(command_->options, OptionForm::one, &OptionSpec::form));
    if (++arguments_ <= places) return {};
    const OptionSpec* const option = option_of(*command_, before);
    if (option != nullptr && option->form == OptionForm::flag) {
      const std::string_view meant = nearest_with_value(option->name);
      if (!meant.empty()) return takes_none(option->name, meant, ' ', word);
    }
    return "\"" + std::string(word) + "\" is too much: `" + call() + "` takes " +
           (places == 0 ? "no argument" : counted(places, "argument"));
  }

  // An option with a value that is spelt nearly like a flag; empty where none is.
  std::string_view nearest_with_value(std::string_view flag) const {
    std::vector<std::string_view> known;
    for (const OptionSpec& spec : command_->options) {
      if (spec.name.starts_with("--") && spec.form != OptionForm::flag) known.push_back(spec.name);
    }
    return nearest(flag, known);
  }

  static std::string takes_none(std::string_view flag, std::string_view meant, char between,
                                std::string_view value) {
    std::string fault = std::string(flag) + " takes no value";
    if (meant.empty()) return fault;
    return fault + "; did you mean \"" + std::string(meant) + between + std::string(value) + "\"?";
  }

  // A group does nothing by itself.
  std::string fault_of_group() const {
    if (wants_help_ || (command_ != nullptr && command_->run != nullptr)) return {};
    if (command_ == nullptr) return {};
    return "`" + call() + "` wants one of its commands: " + listed(words_behind(name()));
  }

  std::string fault_of_option(std::string_view word) const {
    const std::string_view option = word.substr(0, word.find('='));
    if (option != word && command_ != nullptr) {
      const OptionSpec* const spec = option_of(*command_, option);
      if (spec != nullptr && spec->form == OptionForm::flag) {
        return takes_none(option, nearest_with_value(option), '=', word.substr(option.size() + 1));
      }
    }
    std::vector<std::string_view> known = {"--help", "--config"};
    if (command_ == nullptr) known.push_back("--version");
    if (command_ != nullptr) {
      for (const OptionSpec& spec : command_->options) known.push_back(spec.name);
    }
    if (std::ranges::find(known, option) != known.end()) return {};
    return did_you_mean("option", option, known,
                        "statewire " + name() + (command_ == nullptr ? "--help" : " --help"));
  }

  // What counts once and stands twice, in whichever of its forms.
  std::string fault_of_repeat(std::string_view word) {
    const OptionSpec* const option = command_ == nullptr ? nullptr : option_of(*command_, word);
    if (option == nullptr || option->form == OptionForm::list) return {};
    if (seen_.insert(option).second) return {};
    return std::string(option->name) + " is given twice; say it once";
  }

  // Whether the next word is the value of this one.
  bool takes_value(std::string_view word) const {
    if (word == "--config" || word == "-c") return true;
    const OptionSpec* const option = command_ == nullptr ? nullptr : option_of(*command_, word);
    return option != nullptr && option->form != OptionForm::flag;
  }

  const bool wants_help_;
  const CommandSpec* command_ = nullptr;
  size_t arguments_ = 0;              // Of the command.
  std::set<const OptionSpec*> seen_;  // Options.
};

}  // namespace

std::string fault_of_words(std::span<const char* const> arguments) {
  return Words(std::ranges::any_of(arguments, asks_for_help)).fault_of(arguments);
}

}  // namespace statewire
