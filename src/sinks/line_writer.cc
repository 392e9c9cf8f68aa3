#include "sinks/line_writer.h"

namespace statewire {

void append_line(std::string& lines, const Delivery& delivery) {
  if (delivery.payload.find_first_of("\r\n") == std::string_view::npos) {
    lines.append(delivery.payload);
  } else {
    const bool is_json = delivery.content_type.find("json") != std::string_view::npos;
    for (const char c : delivery.payload) {
      if (c != '\n' && c != '\r') {
        lines.push_back(c);
      } else if (is_json) {
        lines.push_back(' ');
      } else {
        lines.append(c == '\n' ? "\\n" : "\\r");
      }
    }
  }
  lines.push_back('\n');
}

void append_header(std::string& lines, const Delivery& delivery) {
  if (delivery.header.empty()) return;
  lines.append(delivery.header);
  lines.push_back('\n');
}

void run_batch(Writer& writer, std::span<const Delivery> batch, Completion done,
               std::function<std::vector<Attempt>(std::span<const Delivery>)> write) {
  std::vector<Delivery> own(batch.begin(), batch.end());  // Its texts live as long as `done`.
  writer.run(
      [own = std::move(own), done = std::move(done), write = std::move(write)](bool is_wanted) {
        const Attempt unwanted{.verdict = Verdict::retry, .detail = "nothing was written"};
        done(is_wanted ? write(own) : std::vector<Attempt>(own.size(), unwanted));
      });
}

std::vector<Attempt> attempts_for(std::span<const size_t> line_ends, size_t bytes_written,
                                  const Attempt& otherwise) {
  std::vector<Attempt> attempts;
  attempts.reserve(line_ends.size());
  for (const size_t end : line_ends) {
    attempts.push_back(end <= bytes_written ? Attempt{} : otherwise);
  }
  return attempts;
}

}  // namespace statewire
