// Why an inventory cannot be read whole, in words.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace statewire {

// Adds why `what` cannot be read. Two are named, and that there are more. That something is not
// read yet is said only where there is nothing else.
void add_trouble(std::string_view what, const Error& error, std::string& trouble);
// The same in words that are whole.
void add_trouble(std::string_view words, std::string& trouble);
// Whether it says no more than that something is not read yet.
bool is_unread(std::string_view trouble);

}  // namespace statewire
