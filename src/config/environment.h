// ${NAME} in values of the configuration.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace statewire {

// Answers what a variable is set to. An empty function means that nothing is expanded and "${"
// stands for itself, as in events and patterns read from files of their own.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// The process's own. Asked only while nobody calls setenv.
Environment process_environment();

// `text` with ${NAME} and ${NAME:-what it is where NAME is unset or empty} replaced, once: what a
// variable holds is not expanded again. $${ gives ${. What cannot be replaced stays as it is and
// is told in `errors`; no error holds a variable's value.
std::string expand_variables(std::string_view text, const Environment& environment,
                             std::vector<std::string>& errors);

}  // namespace statewire
