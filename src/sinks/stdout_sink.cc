// Writes each delivery as a line to standard output. Where nobody reads it, this sink's deliveries
// wait, and no others.
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/limits.h"
#include "sinks/kinds.h"
#include "sinks/line_writer.h"
#include "sinks/writers.h"

namespace statewire {
namespace {

// What was written so far. Used by the writer's thread, which may outlive the sink.
class LineStream {
 public:
  explicit LineStream(int fd) : fd_(fd) {}

  std::vector<Attempt> write(std::span<const Delivery> batch) {
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
    const bool is_gone = written.error == EPIPE || written.error == EBADF;
    otherwise.verdict = is_gone ? Verdict::gone : Verdict::retry;
    otherwise.detail = "standard output: " + std::generic_category().message(written.error);
    return attempts_for(line_ends, written.bytes, otherwise);
  }

 private:
  const int fd_;
  bool is_torn_ = false;
  bool has_begun_ = false;
};

class StreamSink final : public Sink {
 public:
  StreamSink(int fd, SinkContext& context)
      : stream_(std::make_shared<LineStream>(fd)),
        writer_(context.writers, "descriptor " + std::to_string(fd)) {}

  void deliver(std::span<const Delivery> batch, Completion done) override {
    run_batch(writer_, batch, std::move(done),
              [stream = stream_](std::span<const Delivery> lines) { return stream->write(lines); });
  }

  void ask_place(PlaceDone done) override {
    done({.state = PlaceState::well, .detail = "standard output"});
  }

 private:
  const std::shared_ptr<LineStream> stream_;
  Writer writer_;
};

std::unique_ptr<Sink> open_stdout(MapReader&, SinkContext& context) {
  return make_stream_sink(STDOUT_FILENO, context);
}

}  // namespace

std::unique_ptr<Sink> make_stream_sink(int fd, SinkContext& context) {
  return std::make_unique<StreamSink>(fd, context);
}

const SinkKind stdout_sink_kind{
    .name = "stdout",
    .summary = "each delivery as a line on standard output",
    .limits = {.batch_deliveries_max = kLineBatchDeliveriesMax,
               .in_flight_max = 1,
               .is_in_order = true},
    .open = open_stdout,
};

}  // namespace statewire
