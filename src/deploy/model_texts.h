// hub.yaml, spoke.yaml, serverless.yaml and service.yaml of this folder, as they are;
// deploy/template.h reads them.
#pragma once

#include <string_view>

namespace statewire {

std::string_view hub_model();
std::string_view spoke_model();
std::string_view serverless_model();
std::string_view service_model();

}  // namespace statewire
