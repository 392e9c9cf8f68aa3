// Events in, standard messages out: recognise, format, route, each event alone.
#pragma once

#include <string>
#include <vector>

#include "app/settings.h"
#include "base/arena.h"
#include "catalog/recogniser.h"
#include "ingest/rules.h"
#include "lambda/messages.h"
#include "lambda/outbox.h"
#include "lambda/tags_now.h"
#include "route/routable.h"
#include "sources/event_reader.h"
#include "track/fold.h"
#include "track/no_views.h"

namespace statewire {

// Without records: no state before it, no cause from another event, no repeat that is found. Of
// each invocation, all is read before any is told, so that tags are waited for once.
//
// Not thread-safe. Borrows everything.
class Standardiser {
 public:
  Standardiser(const Catalog& catalog, const Settings& settings, const Clock& clock, TagsNow& tags);

  // Reads the events of `message`, the one at `place`. A message of which something cannot be read
  // fails; what can be is told all the same.
  void read(const LambdaMessage& message, size_t place, Failures& failures);
  // What all that was read since the last call asks for. A message fails for which a format cannot
  // be rendered; what can be is in `outgoing` all the same. Waits for tags, for a third of the time
  // until `until` and for ten seconds at most.
  void tell(Time until, std::vector<Outgoing>& outgoing, Failures& failures);

 private:
  struct Seen {
    size_t message = 0;
    Time received;
    Observation observation;
  };

  Result<void> read_event(const ParsedEvent& event, size_t place);
  void look_up_tags(Time until);
  void tell(const Entry& entry, size_t place, std::vector<Outgoing>& outgoing, Failures& failures);

  const Settings& settings_;
  const Clock& clock_;
  TagsNow& tags_;
  const bool wants_tags_;
  EventReader reader_;
  Recogniser recogniser_;
  RuleBook rules_;
  NoViews views_;
  Fold fold_;
  Arena arena_;  // Of what was seen.
  std::vector<Observation> observations_;
  std::vector<Seen> seen_;
  Routable routable_;
};

}  // namespace statewire
