// What was read from a pipe cannot be read again, so texts are kept until they are stored: a few
// at a time.
#include "sources/stdin_source.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/limits.h"
#include "base/log.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

constexpr auto kPause = std::chrono::milliseconds(200);
// What was read from a pipe and is not stored when it has to stop is lost.
constexpr auto kStdinStopGrace = std::chrono::seconds(3);

// The bytes that a pipe, a terminal or a file has now.
class StreamInput final : public ByteInput {
 public:
  explicit StreamInput(int fd) : fd_(fd) {}

  Result<size_t> read(std::span<char> to) override {
    if (is_at_end_ || !is_readable(std::chrono::milliseconds(0))) return size_t{0};
    const ssize_t count = ::read(fd_, to.data(), to.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return size_t{0};
    if (count < 0) return failed(reason_of(errno));
    is_at_end_ = count == 0;
    bytes_taken_ += static_cast<uint64_t>(count);
    return static_cast<size_t>(count);
  }
  bool is_at_end() const override { return is_at_end_; }
  uint64_t bytes_taken() const override { return bytes_taken_; }

  bool is_readable(std::chrono::milliseconds wait) const {
    pollfd status{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&status, 1, static_cast<int>(wait.count())) > 0;
  }

 private:
  const int fd_;
  bool is_at_end_ = false;
  uint64_t bytes_taken_ = 0;
};

Piece copy_of(const Piece& piece) {
  Piece copy{.text = {}, .begin = piece.begin, .end = piece.end, .unreadable = piece.unreadable};
  copy.text.reserve(piece.text.size() + kPaddingBytes);
  copy.text.assign(piece.text);
  return copy;
}

}  // namespace

Result<void> StdinSource::run(Intake& intake, std::stop_token stop) {
  auto own_input = std::make_unique<StreamInput>(fd_);
  StreamInput& input = *own_input;
  PieceReader reader(std::move(own_input), {});
  Handover handover(intake, stop, kStdinStopGrace);
  std::vector<Piece> pieces;
  size_t bytes = 0;
  while (!stop.stop_requested()) {
    Result<std::optional<Piece>> piece = reader.next();
    const bool has_piece = piece && *piece;
    if (has_piece) {
      if (!(*piece)->unreadable.empty()) {
        log_error(
            "what is read is too long and is passed over",
            {{"source", name_}, {"line", (*piece)->begin.line}, {"reason", (*piece)->unreadable}});
      }
      bytes += (*piece)->text.size();
      pieces.push_back(std::move(**piece));
    }
    if (!has_piece || pieces.size() == kChunksInFlightMax || bytes >= kInFlightBytesMax) {
      hand_over(handover, std::exchange(pieces, {}), stop);
      bytes = 0;
    }
    if (!piece) return failed("standard input: " + piece.error().text);
    if (reader.is_at_end() && !has_piece) return {};
    if (!has_piece) input.is_readable(std::chrono::milliseconds(100));
  }
  return {};
}

void StdinSource::hand_over(Handover& handover, std::vector<Piece> pieces, std::stop_token stop) {
  while (!pieces.empty() && !stop.stop_requested()) {
    for (const Piece& piece : pieces) {
      Piece copy = copy_of(piece);
      Chunk chunk{.source = name_,
                  .text = std::move(copy.text),
                  .first_line = piece.begin.line,
                  .place = "standard input",
                  .cursor = {},
                  .unreadable = std::move(copy.unreadable),
                  .done = {}};
      if (!handover.submit(std::move(chunk), {0, piece.begin})) break;
    }
    const Handover::Returned returned = handover.take_back();
    if (returned.origins.empty()) return;
    log_warn("events were not stored and are handed over again",
             {{"source", name_}, {"reason", returned.reason}});
    uint64_t first = returned.origins.front().begin.offset;
    for (const auto& origin : returned.origins) first = std::min(first, origin.begin.offset);
    std::erase_if(pieces, [&](const Piece& piece) { return piece.begin.offset < first; });
    wait_for(kPause, stop);
  }
}

namespace {

std::unique_ptr<Source> open_stdin_source(std::string_view name, MapReader&, SourceContext&) {
  return std::make_unique<StdinSource>(std::string(name));
}

}  // namespace

const SourceKind stdin_source_kind{
    .name = "stdin",
    .summary = "events from standard input, until its end",
    .open = open_stdin_source,
};

}  // namespace statewire
