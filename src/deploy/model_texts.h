// hub.yaml and spoke.yaml of this folder, as they are; deploy/template.h reads them.
#pragma once

#include <string_view>

namespace statewire {

std::string_view hub_model();
std::string_view spoke_model();

}  // namespace statewire
