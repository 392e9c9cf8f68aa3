// Tells the service manager that started the program how far it is, as sd_notify(3) describes it.
#pragma once

#include <string_view>

namespace statewire {

// Nothing happens where no service manager asked to be told, or it cannot be reached.
enum class ServiceState { ready, reloading, stopping };
// REQUIRES: nobody calls setenv.
void tell_service_manager(ServiceState state);

}  // namespace statewire
