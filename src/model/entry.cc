#include "model/entry.h"

namespace statewire {

NotificationId transition_id(const Observation& observation, NotificationKind kind) {
  const uint16_t index = observation.key.index;
  const char index_bytes[2] = {static_cast<char>(index >> 8), static_cast<char>(index)};
  return {hash128("notification", {observation.event_id().view(), observation.resource.id,
                                   name_of(kind), std::string_view(index_bytes, 2)})};
}

NotificationId stuck_id(const NotificationId& waited_on) {
  return {hash128("stuck", {waited_on.view()})};
}

NotificationId flapping_id(const NotificationId& last, bool is_over) {
  return {hash128(is_over ? "calm" : "flapping", {last.view()})};
}

NotificationId amendment_id(const NotificationId& amended, const EventId& trigger) {
  return {hash128("amended", {amended.view(), trigger.view()})};
}

}  // namespace statewire
