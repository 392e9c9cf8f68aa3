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

// Without records: no state before it, no cause from another event, no repeat that is found.
//
// Not thread-safe. Borrows everything.
class Standardiser {
 public:
  Standardiser(const Catalog& catalog, const Settings& settings, const Clock& clock, TagsNow& tags);

  // What the events of `message`, the one at `place`, ask for. The error says what of it could not
  // be read; what could be is in `outgoing` all the same.
  Result<void> take(const LambdaMessage& message, size_t place, std::vector<Outgoing>& outgoing);

 private:
  Result<void> take_event(const ParsedEvent& event, size_t place, std::vector<Outgoing>& outgoing);
  void look_up_tags(Time now);
  Result<void> tell(const Entry& entry, size_t place, std::vector<Outgoing>& outgoing);

  const Settings& settings_;
  const Clock& clock_;
  TagsNow& tags_;
  const bool wants_tags_;
  EventReader reader_;
  Recogniser recogniser_;
  RuleBook rules_;
  NoViews views_;
  Fold fold_;
  Arena arena_;
  std::vector<Observation> observations_;
  Routable routable_;
};

}  // namespace statewire
