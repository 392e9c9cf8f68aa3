// What is said of the code that declares a resource, and of how the resource differs from it.
#include "format/names.h"
#include "format/news.h"

namespace statewire {
namespace {

bool is_alarm(const Notification& n) { return is_alarming(n.drift); }

// "; last changed by bob: PutBucketPolicy"
void add_touch(const Touch& touch, Words& words) {
  if (touch.actor.empty() && touch.what.empty()) return;
  words.add("; last changed", touch.actor.empty() ? "" : " by ", service_name(touch.actor));
  words.add(touch.what.empty() ? "" : ": ", touch.what);
}

// "; alice did it: CreateBucket"
void add_last_call(const Notification& notification, Words& words) {
  if (!is_cause_known(notification.cause)) return;
  words.add("; ", verb_for(notification));
  add_by_whom(notification, words);
}

}  // namespace

std::string_view drift_words(Drift drift) {
  switch (drift) {
    case Drift::out_of_band:
      return "out of band";
    case Drift::unmanaged:
      return "unmanaged";
    case Drift::lost:
      return "lost";
    case Drift::none:
    case Drift::unknown:
      break;
  }
  return {};
}

void add_owner(const Owner& owner, Words& words) {
  if (!owner.is_known()) return;
  const std::string_view address = owner.part.empty() ? owner.address : owner.part;
  words.add(address.empty() ? "" : address, address.empty() || owner.file.empty() ? "" : ", ",
            owner.file, owner.line.empty() ? "" : ":", owner.line);
  const std::string_view where = owner.stack.empty() ? owner.inventory : owner.stack;
  if (where.empty()) return;
  words.add(address.empty() ? "stack " : " in ", where);
}

void add_drift_news(const Notification& notification, Words& words) {
  switch (notification.drift) {
    case Drift::out_of_band:
      words.add("no longer as its code declares it");
      return add_touch(notification.touch, words);
    case Drift::unmanaged:
      words.add("declared by no code");
      return add_last_call(notification, words);
    case Drift::lost:
      words.add("gone, and its code still declares it: ");
      return add_owner(notification.owner, words);
    case Drift::none:
      words.add("as its code declares it again: ");
      return add_owner(notification.owner, words);
    case Drift::unknown:
      return words.add("no longer declared by any code");
  }
}

void add_drift(const Notification& notification, DriftSaid said, Words& words) {
  if (!is_alarm(notification) || notification.is_of_inventory) return;
  const bool is_known = notification.owner.is_known();
  if (said == DriftSaid::here) words.add("; ", drift_words(notification.drift));
  if (!is_known) return;
  words.add(said == DriftSaid::here ? ": " : "; ",
            notification.drift == Drift::lost ? "still declared as " : "declared as ");
  add_owner(notification.owner, words);
}

}  // namespace statewire
