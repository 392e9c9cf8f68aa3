// A subscription's condition in words, for whoever asks why a message came.
#pragma once

#include <string>
#include <string_view>

namespace statewire {

// "state.phase is degraded or gone, cause.kind is not deployment or autoscaling"; empty for what is
// no pattern. `json` is one that compiles. At most kWhenWordsBytesMax bytes; the end is then "…".
std::string words_of_when(std::string_view json);

}  // namespace statewire
