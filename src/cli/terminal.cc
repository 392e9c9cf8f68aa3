#include "cli/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <system_error>

#include "base/code_point.h"
#include "base/descriptor.h"

namespace statewire {
namespace {

std::string_view sequence_of(Tint tint) {
  switch (tint) {
    case Tint::none:
      break;
    case Tint::strong:
      return "\x1b[1m";
    case Tint::faint:
      return "\x1b[2m";
    case Tint::good:
      return "\x1b[32m";
    case Tint::doubtful:
      return "\x1b[33m";
    case Tint::bad:
      return "\x1b[31m";
  }
  return {};
}

// https://no-color.org: set and not empty.
bool wants_colour() {
  const char* no = std::getenv("NO_COLOR");
  if (no != nullptr && *no != '\0') return false;
  const char* terminal = std::getenv("TERM");
  return terminal == nullptr || std::string_view(terminal) != "dumb";
}

size_t columns_of(int fd) {
  if (const char* said = std::getenv("COLUMNS"); said != nullptr) {
    const std::string_view text = said;
    size_t columns = 0;
    std::from_chars(text.data(), text.data() + text.size(), columns);
    if (columns > 0) return columns;
  }
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

Terminal Terminal::of_process() {
  return Terminal({.in = STDIN_FILENO,
                   .out = STDOUT_FILENO,
                   .err = STDERR_FILENO,
                   .has_colour = ::isatty(STDOUT_FILENO) == 1 && wants_colour(),
                   .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
                   .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
                   .columns = columns_of(STDOUT_FILENO)});
}

void Terminal::write(std::string_view text) {
  if (is_closed_) return;
  const int error = write_all(streams_.out, text).error;
  if (error == 0) return;
  is_closed_ = true;
  if (error != EPIPE) write_failure_ = std::generic_category().message(error);
}

void Terminal::write_data(std::string_view text) {
  if (!streams_.out_is_terminal) return write(text);
  std::string visible;
  append_visible(visible, text);
  write(visible);
}

void Terminal::tell(std::string_view text) {
  std::string line;
  append_visible(line, text);
  write_error(line + "\n");
}

void Terminal::complain(std::string_view text) { tell("statewire: " + std::string(text)); }

void Terminal::write_error(std::string_view text) {
  // Where even this cannot be written, there is nobody left to tell.
  (void)write_all(streams_.err, text);
}

bool Terminal::wait(int milliseconds) {
  pollfd output{.fd = streams_.out, .events = 0, .revents = 0};
  if (!is_closed_ && ::poll(&output, 1, milliseconds) == 1) is_closed_ = true;
  return has_reader();
}

std::string Terminal::tinted(std::string_view text, Tint tint) const {
  if (!streams_.has_colour || tint == Tint::none || text.empty()) return std::string(text);
  return std::string(sequence_of(tint)) + std::string(text) + "\x1b[0m";
}

}  // namespace statewire
