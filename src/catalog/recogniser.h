// Event in, observations out. Pure: no I/O, no clock but the time of arrival that it is handed.
#pragma once

#include <simdjson.h>

#include <memory>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "catalog/catalog.h"
#include "model/observation.h"

namespace statewire {

// What the recogniser says about one event.
struct Recognition {
  Fate fate = Fate::unrecognised;  // recognised, ignored, unrecognised, incomplete or rejected.
  EventId event_id;
  Origin origin;             // As far as the event says; also of what is unrecognised.
  std::string_view account;  // "-" where neither the event names one nor its resource.
  std::string_view region;   // Likewise.
  // Who made a call that was recognised, as the provider names them in full: userIdentity.arn.
  // May be empty.
  std::string_view principal;
  Time time;  // When it happened; the time of arrival where it does not say.
  // Place of the entry that matched, "catalog/aws/ec2.yaml:3"; empty where none did.
  std::string_view entry_place;
  std::string_view entry_name;
  // Why it was ignored or rejected, or why nothing was observed, of all or of one element:
  // "read-only call", "no field detail.instance-id".
  std::string_view reason;
};

// Not thread-safe: one for each thread. Borrows the catalog.
class Recogniser {
 public:
  explicit Recogniser(const Catalog& catalog);
  ~Recogniser();
  Recogniser(Recogniser&&) noexcept;

  // Recognises one event, which is an EventBridge envelope, a bare CloudTrail record (told by
  // its eventVersion, eventSource and eventName; matched as if it came in its envelope), a
  // CloudEvent (structured), or any JSON object. `bytes` is the event's own text, or empty
  // where it is not at hand (an element of an array); its hash names an event without an id.
  // Appends what was observed to `out`; its texts are in `arena` or in the catalog.
  // A time of more than an hour after `received` is taken as `received`, and flagged.
  // Bounds: at most kObservationsMax observations of one event; more is `rejected`.
  Recognition recognise(simdjson::dom::element event, std::string_view bytes, Time received,
                        Arena& arena, std::vector<Observation>& out);

 private:
  struct Scratch;
  const Catalog* catalog_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace statewire
