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

// Reads from the left what is known, and stops at the first that is not.
class Words {
 public:
  std::string fault_of(std::span<const char* const> arguments) {
    for (size_t i = 0; i < arguments.size(); ++i) {
      const std::string_view word = arguments[i];
      if (word == "--") return {};
      std::string fault;
      if (word.starts_with("--")) {
        fault = fault_of_option(word.substr(0, word.find('=')));
      } else if (!word.starts_with('-')) {
        fault = take_word(word);
      }
      if (fault.empty()) fault = fault_of_repeat(word.substr(0, word.find('=')));
      if (!fault.empty()) return fault;
      if (takes_value(word)) ++i;
    }
    return {};
  }

 private:
  std::string name() const { return command_ == nullptr ? "" : std::string(command_->name); }

  // Commands, until one stands that is no group; what follows are its arguments.
  std::string take_word(std::string_view word) {
    if (command_ != nullptr && command_->name == "help") return {};
    const std::vector<std::string_view> known = words_behind(name());
    if (std::ranges::find(known, word) != known.end()) {
      command_ =
          find_command(command_ == nullptr ? std::string(word) : name() + " " + std::string(word));
      return {};
    }
    if (command_ != nullptr && (known.empty() || takes_arguments(*command_))) return {};
    return command_ == nullptr
               ? did_you_mean("command", word, known, "statewire --help")
               : did_you_mean("command", word, known, "statewire " + name() + " --help");
  }

  std::string fault_of_option(std::string_view option) const {
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

  const CommandSpec* command_ = nullptr;
  std::set<const OptionSpec*> seen_;  // Options.
};

}  // namespace

std::string fault_of_words(std::span<const char* const> arguments) {
  return Words().fault_of(arguments);
}

}  // namespace statewire
