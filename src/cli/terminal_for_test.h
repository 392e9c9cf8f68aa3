// A terminal whose output a test can read.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "base/check.h"
#include "base/descriptor.h"
#include "cli/terminal.h"

namespace statewire {

class RecordedTerminal {
 public:
  explicit RecordedTerminal(std::string_view input = {}, bool has_colour = false,
                            size_t columns = 0)
      : in_(memory_file(input)),
        out_(memory_file({})),
        err_(memory_file({})),
        terminal_({.in = in_.get(),
                   .out = out_.get(),
                   .err = err_.get(),
                   .has_colour = has_colour,
                   .err_is_terminal = false,
                   .columns = columns}) {}

  Terminal& terminal() { return terminal_; }
  std::string out() const { return content_of(out_.get()); }
  std::string err() const { return content_of(err_.get()); }

 private:
  static OwnedFd memory_file(std::string_view content) {
    OwnedFd file(::memfd_create("terminal", MFD_CLOEXEC));
    CHECK(file.get() >= 0);
    CHECK(::write(file.get(), content.data(), content.size()) ==
          static_cast<ssize_t>(content.size()));
    CHECK(::lseek(file.get(), 0, SEEK_SET) == 0);
    return file;
  }
  static std::string content_of(int fd) {
    std::string content(static_cast<size_t>(::lseek(fd, 0, SEEK_END)), '\0');
    CHECK(::pread(fd, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()));
    return content;
  }

  const OwnedFd in_;
  const OwnedFd out_;
  const OwnedFd err_;
  Terminal terminal_;
};

}  // namespace statewire
