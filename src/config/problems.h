// What is wrong with the files that people write, collected so that all of it is shown at once.
// Not thread-safe. Bounded: the first kProblemsKept are kept, the rest only counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace statewire {

enum class Severity { error, warning };

struct Problem {
  Severity severity = Severity::error;
  std::string file;
  uint32_t line = 0;    // From 1; 0 where the problem is with the file as a whole.
  uint32_t column = 0;  // From 1, in characters.
  std::string path;     // "subscriptions.people.when"; empty for the whole document.
  std::string text;     // Says what would be right. Never holds a secret.

  bool operator==(const Problem&) const = default;
};

class Problems {
 public:
  void add(Problem problem);

  size_t errors() const { return errors_; }
  // True where there is no error; warnings stop nothing.
  bool ok() const { return errors_ == 0; }

  // By file in the order that files were first named, then by position.
  std::vector<Problem> sorted() const;

  // The first error as a line, without its line feed; empty where there is none.
  std::string first() const;

  // A line each, "statewire.yaml:31:5: subscriptions.pager.sinc: unknown key", then "2 errors".
  // Empty where there is none.
  std::string to_text() const;

  // [{"severity":"error","file":…,"line":…,"column":…,"path":…,"text":…}]; line and column are
  // absent where they are 0, path where it is empty.
  std::string to_json() const;

 private:
  std::vector<Problem> kept_;
  size_t errors_ = 0;
  size_t warnings_ = 0;
};

}  // namespace statewire
