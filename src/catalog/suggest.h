// A draft of an entry for an event that no entry knows, for a person to look over and keep.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace statewire {

// YAML of one entry, with the event as its example: an entry that the catalog takes, and that
// recognises the event as the example says. What the event does not tell is a guess: the verb of a
// call says what is done, and the field that is most alike the thing's name says which it is. Where
// nothing names a resource, the entry ignores such events. `bytes` are the event's text. An error
// where the event is neither a call nor from EventBridge. Pure; linear in the event.
Result<std::string> suggest_entry(simdjson::dom::element event, std::string_view bytes);

}  // namespace statewire
