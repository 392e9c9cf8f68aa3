// OpenSSL's server side, ready for connections. Internal to net: it shows Asio.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "base/result.h"
#include "net/client_tls.h"
#include "net/http_server.h"

namespace statewire {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// TLS 1.2 and later. An error says which file is at fault, and why. Never asks for a passphrase.
Result<TlsContext> load_tls_context(const HttpTlsFiles& files);

}  // namespace statewire
