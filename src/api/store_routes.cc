#include "api/answers.h"
#include "api/route_functions.h"
#include "base/json_writer.h"
#include "store/store_copy.h"

namespace statewire {

HttpServerResponse post_store_copy(const RouteContext& context, const RouteCall& call) {
  if (!call.request.head.over_control_socket) {
    return error_response(403,
                          "a copy of the store is made for its owner, over the control socket");
  }
  const Result<std::string> name =
      make_store_copy(context.store, std::string(context.store_path), context.clock.now());
  if (!name) return response_of(name.error());
  return json_response(json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("name", *name);
    json.end_object();
  }));
}

}  // namespace statewire
