// The daemon that listens where the configuration says, and cannot be reached through the store
// that the configuration names: a reload that would have moved its store was refused, or its socket
// is gone.
#pragma once

#include <string>

#include "app/settings.h"

namespace statewire {

// "http://localhost:8484". A wildcard address is no place to send anything to.
std::string url_of(const HttpTcpListener& listener, uint16_t port);

// What people must know of it; empty where none answers, as where another program listens there. It
// is never asked in place of the one that is sought: another daemon may listen there by now.
// REQUIRES: no daemon serves `settings.store`. Takes a second at most.
std::string daemon_elsewhere(const Settings& settings);

}  // namespace statewire
