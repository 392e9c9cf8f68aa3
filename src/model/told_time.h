// When what an entry tells happened.
#pragma once

#include "model/observation.h"

namespace statewire {

// What an inventory says is true since its code was written, and becomes known when it is read: a
// verdict is not older than what it judges. All else has the time of its event, or of its arrival
// where that names none.
inline Time told_time(Effect effect, const SortKey& key, Time received) {
  return effect == Effect::declare ? received : key.time();
}

}  // namespace statewire
