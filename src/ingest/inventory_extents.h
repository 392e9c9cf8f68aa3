// Where the states of an inventory have declared something: the store remembers it, so that a state
// that is away withholds no verdict elsewhere, also after a restart.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inventory/inventory.h"

namespace statewire {

class InventoryExtents {
 public:
  // Accounts and regions; an empty one: any.
  using Where = std::set<std::pair<std::string, std::string>>;

  // As text() has written it. Nothing is known where it is damaged, or of another place.
  static InventoryExtents parse(std::string_view text, std::string_view place);
  // `place`: as in InventoryReading. Empty where it cannot be kept.
  std::string text(std::string_view place) const;

  // A state was read that declares there. Nowhere: it may declare anything.
  void note_read(const DeclaredStack& stack, Where where);
  // What was not read is as it was known `before`, if it was.
  void note_unread(const InventoryReading& reading, const InventoryExtents& before);
  // What places may declare. Those of which nothing is known are as they were.
  std::vector<InventoryPlace> bounds_of(const std::vector<InventoryPlace>& unread) const;

 private:
  struct Extent {
    std::string found_by;  // As in DeclaredStack.
    Where where;           // Empty: anywhere.
  };

  void add_bounds(const InventoryPlace& place, std::vector<InventoryPlace>& bounds) const;

  std::map<std::string, Extent, std::less<>> by_path_;
};

}  // namespace statewire
