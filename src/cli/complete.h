// What may come next on a command line: for the completions of shells.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"
#include "cli/terminal.h"

namespace statewire {

// Names that only the store or the configuration knows.
enum class NamesOf { nothing, subscriptions, formats, resources, types, accounts, regions, actors };

struct NextWords {
  struct Candidate {
    std::string_view word;
    std::string_view help;
  };
  std::vector<Candidate> candidates;  // That begin with what stands there already.
  NamesOf names = NamesOf::nothing;
  bool wants_files = false;
  bool wants_folders = false;
  std::string config;  // The configuration that the words name; empty: the usual one.
};

// `words` are those behind the program's name; the last one is begun, or empty. Pure.
NextWords complete_words(std::span<const std::string> words);

// `statewire complete WORD…`: a line for each candidate, "word<TAB>help"; ":files" or ":folders"
// where the shell knows better. Says nothing of what goes wrong.
ExitCode run_complete(std::span<const char* const> words, Terminal& terminal);

}  // namespace statewire
