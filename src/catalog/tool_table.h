// Looks for the words of model/tool_words.h where they may stand.
#pragma once

#include <string_view>

#include "model/tool_words.h"

namespace statewire {

// The word that an agent's token begins with, where it ends there or is long: not "chef" in
// "Cheffing/1". `rest` goes on behind the token, as "S3 Browser" is two. Null where there is none.
const ToolWord* tool_at(std::string_view rest);

// The first word that a part of a name begins with and that ends there or is long; hyphens, digits
// and capitals part it: "drone" in "ci-drone2" and in "MyDroneRunner", and not in "drones". What
// people call other things, too, counts where a program's name stands: "drone" not in
// "drone-footage", nor in "alice-drone-test"; and no word is a person's last name
// ("alice.jenkins"). Null where there is none. Linear in the name.
const ToolWord* tool_in_name(std::string_view name);

// By the address of who vouched for a session.
const ToolWord* tool_of_issuer(std::string_view issuer);

// Whether all of `word` is the name of a program, and of nothing else.
bool is_tool_word(std::string_view word);

}  // namespace statewire
