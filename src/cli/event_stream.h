// Reads server-sent events, as the HTML standard's section 9.2 has them, as far as the daemon
// sends them: `id`, `data` and comments.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace statewire {

// Not thread-safe.
class EventStream {
 public:
  // `on_data` gets the data of each event, lines joined by line feeds.
  explicit EventStream(std::function<void(std::string_view)> on_data)
      : on_data_(std::move(on_data)) {}

  // Takes the next bytes, wherever they are cut.
  void take(std::string_view bytes);

 private:
  void take_line(std::string_view line);

  const std::function<void(std::string_view)> on_data_;
  std::string line_;  // The beginning of one that is not whole yet.
  std::string data_;
  bool has_data_ = false;
};

}  // namespace statewire
