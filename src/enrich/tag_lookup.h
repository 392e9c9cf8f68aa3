// Tags that no event told, looked up where they are kept. What is found comes back as events, so
// that the journal stays the truth; it is never in the way of a commit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/observation.h"

namespace statewire {

// Of resources, since the start.
struct TagLookupCounts {
  uint64_t found = 0;    // It is known which tags they have, or that they have none.
  uint64_t failed = 0;   // For good: it cannot be looked up, or was refused.
  uint64_t retried = 0;  // For now: it is looked up again.
  std::string problem;   // Why the last one failed; empty where it did not.
};

// Any thread.
class TagLookup {
 public:
  virtual ~TagLookup() = default;
  // Asks once for the tags of a resource that something happened to at `when`. Never blocks.
  virtual void want(const Identity& resource, Time when) = 0;
  // True where nothing more will be told: they cannot be looked up, or there are none.
  virtual bool is_over(std::string_view resource_id) const = 0;
  // Grows whenever is_over() becomes true for some resource.
  virtual uint64_t ended() const = 0;
};

}  // namespace statewire
