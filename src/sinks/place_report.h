// What sinks find out of their places without sending a message.
#pragma once

#include <string>

#include "aws/client.h"
#include "net/client_tls.h"
#include "net/http_client.h"
#include "sinks/sink.h"

namespace statewire {

// Whether the host of `url` answers, over TLS where it is wanted: any answer will do, as its own
// address is asked by nobody but a delivery. Only the origin is shown.
void ask_host(HttpClient& http, const std::string& url, const ClientTls& tls, PlaceDone done);

// Asks AWS of what is sent to; `what` names it. Who may only send there, and not ask, learns
// nothing.
void ask_aws(AwsClient& aws, AwsCall call, std::string what, PlaceDone done);

}  // namespace statewire
