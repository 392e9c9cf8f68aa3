// Finds what somebody means who gives an id, a name, or a part of an id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace statewire {

// An id or an alias is found at once; a name, or the last part of an id, by looking at the records
// where it may be (all of them until the store has learned their names), a few milliseconds at a
// time. Not thread-safe; borrows the store.
class ResourceSearch {
 public:
  ResourceSearch(const Store& store, std::string wanted)
      : store_(store), wanted_(std::move(wanted)) {}

  // True where it is over.
  Result<bool> step();
  // Once it is over: at most kCandidatesMax. Those whose id ends so, else those that are named so:
  // an id is meant rather than a thing that someone named so.
  const std::vector<std::string>& ids() const { return by_id_.empty() ? by_name_ : by_id_; }

 private:
  Result<bool> look_up();
  Result<bool> has_record(std::string_view id) const;
  void add(const Record& record);

  const Store& store_;
  const std::string wanted_;
  bool has_looked_up_ = false;
  std::string at_;  // Looked at last.
  std::vector<std::string> by_id_;
  std::vector<std::string> by_name_;
};

}  // namespace statewire
