// How explanations read.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "cli/reply.h"
#include "cli/terminal.h"

namespace statewire {

// Lines of a label and what it says; the label stands once.
class Labelled {
 public:
  explicit Labelled(const Terminal& terminal) : terminal_(terminal) {}

  void add(std::string_view label, std::string_view value);
  std::string take() { return std::move(text_); }

 private:
  const Terminal& terminal_;
  std::string text_;
};

// The parts that are not empty.
std::string joined_parts(std::initializer_list<std::string> parts, std::string_view separator);
// "cause human (likely): alice, console, from StopInstances"
std::string cause_line(JsonElement cause);
// What each subscription makes of it, or made of it. False where there is nothing to say.
bool add_verdicts(JsonElement of, std::string_view label, Labelled& lines);
// What subscriptions that are not configured any more have left of it.
void add_removed(JsonElement of, Labelled& lines);

}  // namespace statewire
