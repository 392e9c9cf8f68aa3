#include "sinks/sink.h"

#include "base/ids.h"

namespace statewire {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::delivered:
      return "delivered";
    case Verdict::retry:
      return "retry";
    case Verdict::unavailable:
      return "unavailable";
    case Verdict::reject:
      return "reject";
    case Verdict::gone:
      return "gone";
  }
  CHECK(false);
}

std::string Delivery::key() const {
  const auto hash = hash128("delivery", {subscription, id});
  return to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace statewire
