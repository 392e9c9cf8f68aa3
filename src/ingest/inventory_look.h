// What inventories say of records that are otherwise than they declare, or that they do not
// declare.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "inventory/inventory.h"
#include "model/record.h"
#include "store/store.h"

namespace statewire {

// The source of the events that are no single inventory's.
inline constexpr std::string_view kInventorySource = "inventory";

// A group by which nothing is declared, and nothing was.
inline constexpr std::string_view kNobodysGroup = "-\x1f-\x1f\x1f";

// What may declare more than is known.
struct MissingPlace {
  InventoryPlace place;  // Of an empty name: all that the inventory reads.
  Time since;
};

// Of what inventories have read last.
struct InventoryReach {
  // Of what they declare: only there can something be declared by nobody.
  std::set<std::string, std::less<>> accounts;
  std::set<std::string, std::less<>> types;
  // That their stacks are of: "terraform", "cloudformation".
  std::set<std::string, std::less<>> tools;
  // When each stack was written, by inventory and name; of several that share both, the one that
  // was written first.
  std::map<std::pair<std::string, std::string>, Time> written;
  // When each inventory was last known to declare what the records say, by name.
  std::map<std::string, Time, std::less<>> read;
  // When each inventory was last read, but for what of it is missing, by name.
  std::map<std::string, Time, std::less<>> looked_at;
  // What of each inventory could not be read, by name; those that were read whole are not in it.
  std::map<std::string, std::vector<MissingPlace>, std::less<>> missing;

  // It was read at that time.
  void note_reading(std::string_view inventory, Time asked, bool is_whole);
};

// As of when a record takes that its tool wrote its state, at `written`. What was written a month
// ago is taken as of a later time: records are not folded again from so far back. Nothing where
// that would cover up what has happened in between. What was written nobody knows when is taken as
// of now, and covers up all that has happened.
std::optional<Time> time_to_declare(const Record& record, Time written, Time now);
// The same of a resource that has no record yet.
Time time_to_declare(Time written, Time now);

// One look at all records, which also sees what has come late. A child gets the group of its
// parent, `via` it, and loses it with it. What nobody declares is told to be unmanaged, once every
// inventory was read after it had been in its state, and declared by nobody, for `grace`: its tool
// writes its state after it has made it, and the call by which its tool ended it may be late;
// unless Auto Scaling, a service or the provider made it, or a stack of CloudFormation where no
// inventory reads such stacks, or things of its type are mostly made along with others, or a place
// that is missing may declare it; it is so no more where nothing in its account is declared. While
// a place is missing, nothing is taken back in an account in which it may declare something, and
// what its inventory read before ends no drift of what it may declare. What is declared and gone,
// and nobody is known to have ended it, is told to be lost after half an hour, if its code was read
// since: the call that ended it would be here by then. What was out of band before its tool ran is
// so no more. Not thread-safe.
class InventoryLook {
 public:
  InventoryLook(const InventoryReach& reach, Duration grace, Time now)
      : reach_(reach), grace_(grace), now_(now) {}

  void see(const Record& record);
  // Once all were seen.
  Result<void> find_parents(const Store& store);
  uint64_t events() const { return events_; }
  // Lines of events.
  std::string take_lines() { return std::move(lines_); }

 private:
  struct Child {
    std::string id, type, account, region;
    std::string parent;    // The id that its record would have.
    std::string declared;  // As in Record.
  };

  bool is_child(const Record& record);
  std::string group_still_declared(const Record& record) const;
  bool is_unexplained_end(const Record& record) const;
  void see_over(const Record& record);
  bool is_unmanaged(const Record& record) const;
  bool were_all_read_since(Time time) const;
  bool is_in_reach(const Record& record) const;
  bool may_be_in_reach(const Record& record) const;
  bool may_be_declared_unread(std::string_view id, std::string_view account) const;
  bool is_declarable(std::string_view type) const;
  Result<std::string_view> group_by_way_of(const std::string& parent, const Store& store);
  void settle(const Child& child, std::string_view group);
  static Child child_of(const Record& record, std::string parent = {});
  void tell(const Child& child, std::string_view word, Time time, std::string_view group);

  const InventoryReach& reach_;
  const Duration grace_;
  const Time now_;
  std::vector<Child> children_;
  std::map<std::string, std::string, std::less<>> groups_;  // Of parents, packed; maybe empty.
  std::string lines_;
  uint64_t events_ = 0;
};

}  // namespace statewire
