// Local times of a zone of the IANA database, over the date library and the system's files.
// Nothing else includes it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace statewire {

using LocalSeconds = std::chrono::local_seconds;

// A handle: cheap to copy; any thread.
class TimeZone {
 public:
  // An error where there is no zone of that name, or the system has no zones.
  static Result<TimeZone> find(const std::string& name);

  const std::string& name() const;
  LocalSeconds local(Time time) const;
  // What a clock on the wall stands for: nothing where it is turned past that time, the first of
  // both where it is turned back.
  std::optional<Time> instant(LocalSeconds local) const;

 private:
  explicit TimeZone(const void* zone) : zone_(zone) {}

  const void* zone_;  // Owned by the library's database, which lives as long as the program.
};

}  // namespace statewire
