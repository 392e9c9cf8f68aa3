// Native states as words, so that one table can say what they mean wherever they stand.
#pragma once

#include <array>
#include <string_view>

namespace statewire {

using WordBuffer = std::array<char, 128>;

// "CREATE_FAILED", "CreateFailed" and "Create Failed" are all "create-failed": ASCII letters in
// lower case, a hyphen where a word begins. Written to `buffer`; empty where it does not fit.
std::string_view plain_word(std::string_view state, WordBuffer& buffer);

// Whether two states are the same but for their letters' case and for spaces, underscores and
// hyphens: "CREATE_FAILED" and "Create failed". Linear in the shorter one.
bool is_same_state(std::string_view one, std::string_view other);

// What is left of such a word without its first: "failed"; empty where it has but one.
std::string_view tail_of(std::string_view word);

}  // namespace statewire
