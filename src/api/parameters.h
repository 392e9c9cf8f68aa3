// The query of a request, checked against the names that its route knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "net/url.h"

namespace statewire {

// Not thread-safe. The first thing that is wrong is kept: what a getter returns counts only where
// check() then has nothing to say.
class Parameters {
 public:
  // `known`: names with blanks between. Any other name is wrong, as is one that comes twice.
  Parameters(std::string_view query, std::string_view known);

  // Empty where it is absent.
  std::string text(std::string_view name) const;
  // From 1 to `most`.
  uint64_t number(std::string_view name, uint64_t absent, uint64_t most);
  // A time, or how long before `now`.
  std::optional<Time> since(std::string_view name, Time now);
  Result<void> check() const;

 private:
  void wrong(std::string_view name, std::string_view text);

  QueryParameters values_;
  std::optional<Error> error_;
};

}  // namespace statewire
