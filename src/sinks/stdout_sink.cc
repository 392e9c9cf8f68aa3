// Writes each delivery as a line to standard output.
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/limits.h"
#include "sinks/kinds.h"
#include "sinks/line_writer.h"

namespace statewire {
namespace {

class StreamSink final : public Sink {
 public:
  explicit StreamSink(int fd) : fd_(fd) {}

  void deliver(std::span<const Delivery> batch, Completion done) override {
    std::string lines;
    std::vector<size_t> line_ends;
    // A line that was cut cannot be taken back here: it is ended, and comes again whole.
    if (is_torn_) lines.push_back('\n');
    if (!has_begun_) append_header(lines, batch.front());
    for (const Delivery& delivery : batch) {
      append_line(lines, delivery);
      line_ends.push_back(lines.size());
    }
    const Written written = write_all(fd_, lines);
    if (written.bytes > 0) is_torn_ = lines[written.bytes - 1] != '\n';
    has_begun_ |= written.bytes > 0;
    Attempt otherwise;
    otherwise.verdict = written.error == EPIPE ? Verdict::gone : Verdict::retry;
    otherwise.detail = "standard output: " + std::generic_category().message(written.error);
    done(attempts_for(line_ends, written.bytes, otherwise));
  }

 private:
  const int fd_;
  bool is_torn_ = false;
  bool has_begun_ = false;
};

std::unique_ptr<Sink> open_stdout(MapReader&, SinkContext&) {
  return make_stream_sink(STDOUT_FILENO);
}

}  // namespace

std::unique_ptr<Sink> make_stream_sink(int fd) { return std::make_unique<StreamSink>(fd); }

const SinkKind stdout_sink_kind{
    .name = "stdout",
    .summary = "each delivery as a line on standard output",
    .limits = {.batch_deliveries_max = kLineBatchDeliveriesMax,
               .in_flight_max = 1,
               .is_in_order = true},
    .open = open_stdout,
};

}  // namespace statewire
