// Where a command writes: standard output, standard error, and what these are.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace statewire {

// Output that a filter gathers before it is written.
inline constexpr size_t kWriteBytes = 256 << 10;

// What a text should look like where there is colour.
enum class Tint { none, strong, faint, good, doubtful, bad };

// Not thread-safe. Borrows the descriptors.
class Terminal {
 public:
  struct Streams {
    int in = 0;
    int out = 1;
    int err = 2;
    bool has_colour = false;       // Of `out`.
    bool out_is_terminal = false;  // A person sees what is written to it.
    bool err_is_terminal = false;  // A progress bar makes sense.
    size_t columns = 0;  // Lines of a table fit so many; 0: they may be as long as they are.
  };
  explicit Terminal(Streams streams) : streams_(streams) {}
  // The process's own; without colour where output is no terminal, or NO_COLOR is set. It is as
  // wide as the terminal is, or as COLUMNS says.
  static Terminal of_process();

  // Appends to standard output, whole. Once its reader has gone, does nothing.
  void write(std::string_view text);
  // The same for JSON and CSV with texts of events: a file gets them as they are; a terminal, with
  // escapes for what would steer it or deceive people.
  void write_data(std::string_view text);
  // A line to standard error, with such escapes: it may repeat what an event says.
  void tell(std::string_view text);
  // The line "statewire: text".
  void complain(std::string_view text);
  // To standard error as it is.
  void write_error(std::string_view text);

  // Waits so long, or until nobody reads standard output any more; answers has_reader().
  bool wait(int milliseconds);
  // False once nobody reads what is written: nothing more needs to be done.
  bool has_reader() const { return !is_closed_; }
  // Why standard output could not be written; empty where it could, or nobody reads it.
  const std::string& write_failure() const { return write_failure_; }

  std::string tinted(std::string_view text, Tint tint) const;
  const Streams& streams() const { return streams_; }

 private:
  const Streams streams_;
  bool is_closed_ = false;
  std::string write_failure_;
};

}  // namespace statewire
