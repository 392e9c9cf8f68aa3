// What is said of the code that declares a resource, and of how the resource differs from it.
#include "format/names.h"
#include "format/news.h"

namespace statewire {
namespace {

bool is_alarm(const Notification& n) { return is_alarming(n.drift); }

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
      return words.add("no longer as its code declares it");
    case Drift::unmanaged:
      return words.add("declared by no code");
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

void add_drift(const Notification& notification, Words& words) {
  if (!is_alarm(notification) || notification.is_of_inventory) return;
  words.add("; ", drift_words(notification.drift));
  if (!notification.owner.is_known()) return;
  words.add(notification.drift == Drift::lost ? ": still declared as " : ": declared as ");
  add_owner(notification.owner, words);
}

}  // namespace statewire
