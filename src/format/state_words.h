// Native states as words of a sentence.
#pragma once

#include <string_view>

#include "format/words.h"

namespace statewire {

// What stands before the words of a state: "is ", or "has " ("has failed").
std::string_view verb_before_state(std::string_view value);

// "updated" for UPDATE_COMPLETE, "gateway attached" for GATEWAY_ATTACHED, "in progress" for
// InProgress; else as it is. REQUIRES: as for `Words::add_spelled`.
void add_state(std::string_view value, Words& words);

// Whether the words of the state are `verb`: "stopped" for STOPPED.
bool is_state(std::string_view value, std::string_view verb);

}  // namespace statewire
