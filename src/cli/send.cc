#include <algorithm>
#include <charconv>
#include <thread>

#include "base/limits.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/complaints.h"
#include "cli/event_input.h"
#include "cli/reply.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

constexpr std::string_view kSendTimeout = "2m";

// Sends events as they are, many lines in a request, and counts what became of them. What is no
// event is sent too: the daemon's ledger is to know of it.
class Sender {
 public:
  Sender(const Daemon& daemon, Duration timeout, Terminal& terminal)
      : daemon_(daemon), timeout_(timeout), terminal_(terminal) {}

  // To the end of the input; an error is of reading or of sending.
  Result<void> send(EventInput& input);
  std::string summary() const;
  bool has_refusals() const { return rejected_ > 0; }
  void finish() { complaints_.finish(); }

 private:
  Result<void> send_lines(const PieceView& piece);
  Result<void> send_text(std::string_view text, uint64_t line);
  Result<void> split(std::string_view text, uint64_t line);
  Result<void> flush();
  Result<HttpResponse> post();
  Result<void> count(const HttpResponse& response);
  void complain(std::string_view reason);
  // "line 3: …" of the batch, by the line of the input that it was.
  std::string by_line_of_input(std::string reason) const;
  bool is_full() const { return lines_.size() == kSentEventsMax || batch_.size() >= kSentBytesMax; }
  void show_progress();

  const Daemon& daemon_;
  const Duration timeout_;  // Of one batch, with all attempts.
  Terminal& terminal_;
  Complaints complaints_{[this](const std::string& line) { terminal_.tell(line); }};
  EventReader reader_;
  std::string batch_;
  std::vector<uint64_t> lines_;  // Of the input: where each line of the batch began.
  std::string input_name_;
  uint64_t accepted_ = 0;
  uint64_t duplicate_ = 0;
  uint64_t rejected_ = 0;
};

Result<void> Sender::send(EventInput& input) {
  input_name_ = input.name();
  for (;;) {
    const Result<std::optional<PieceView>> next = input.next();
    if (!next) return next.error();
    if (!*next) return flush();
    const PieceView& piece = **next;
    Result<void> sent =
        piece.is_lines ? send_lines(piece) : send_text(piece.text, piece.begin.line);
    if (sent && !input.is_ready()) sent = flush();
    if (!sent) return sent;
  }
}

Result<void> Sender::send_lines(const PieceView& piece) {
  std::string_view text = piece.text;
  for (uint64_t number = piece.begin.line; !text.empty(); ++number) {
    const std::string_view line = first_line_of(text);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (without_blanks(line).empty()) continue;
    if (line.size() > kSentBytesMax) {
      if (Result<void> sent = send_text(line, number); !sent) return sent;
      continue;
    }
    batch_.append(line).push_back('\n');
    lines_.push_back(number);
    if (!is_full()) continue;
    if (Result<void> sent = flush(); !sent) return sent;
  }
  return {};
}

// A document, or a line as long as one: by itself, and in parts where it is too long for that.
Result<void> Sender::send_text(std::string_view text, uint64_t line) {
  if (Result<void> sent = flush(); !sent) return sent;
  if (text.size() > kSentBytesMax) return split(text, line);
  if (without_blanks(text).empty()) return {};
  batch_ = text;
  lines_ = {line};
  return flush();
}

Result<void> Sender::split(std::string_view text, uint64_t line) {
  Result<void> sent;
  const std::function<void(const ParsedEvent&)> add = [&](const ParsedEvent& event) {
    if (!sent) return;
    // An event that spans lines is written as one.
    batch_ += event.bytes.find('\n') == std::string_view::npos ? std::string(event.bytes)
                                                               : simdjson::minify(event.element);
    batch_ += '\n';
    lines_.push_back(line);
    if (is_full()) sent = flush();
  };
  const std::function<void(const UnreadableEvent&)> refuse = [&](const UnreadableEvent& event) {
    ++rejected_;
    complain(event.reason);
  };
  reader_.read(text, line, add, refuse);
  return sent ? flush() : sent;
}

std::string Sender::by_line_of_input(std::string reason) const {
  constexpr std::string_view kLine = "line ";
  if (!reason.starts_with(kLine)) return reason;
  size_t number = 0;
  const char* const begin = reason.c_str() + kLine.size();
  const auto [end, error] = std::from_chars(begin, reason.data() + reason.size(), number);
  const bool is_document = lines_.size() == 1;
  if (error != std::errc() || number == 0 || (!is_document && number > lines_.size())) {
    return reason;
  }
  const uint64_t line = is_document ? lines_[0] + number - 1 : lines_[number - 1];
  const size_t rest = static_cast<size_t>(end - reason.data());
  return std::string(kLine) + std::to_string(line) + reason.substr(rest);
}

void Sender::complain(std::string_view reason) { complaints_.add(input_name_, reason); }

// 429 and 503 mean that nothing was taken: again, when the daemon asks for it, as long as there is
// time.
Result<HttpResponse> Sender::post() {
  const SteadyClock clock;
  const Time deadline = clock.now() + timeout_;
  for (int retry = 0;; ++retry) {
    const Duration left = deadline - clock.now();
    Result<HttpResponse> response =
        daemon_.post_any("/events", batch_, "application/x-ndjson", left);
    if (!response || (response->status != 503 && response->status != 429)) return response;
    const std::optional<Duration> asked = retry_after(*response, SystemClock().now());
    const Duration least = std::chrono::milliseconds(100);
    const Duration pause =
        std::clamp<Duration>(asked.value_or(least), least, std::chrono::seconds(5));
    if (retry == kSendRetriesMax || clock.now() + pause >= deadline) return response;
    std::this_thread::sleep_for(pause);
  }
}

Result<void> Sender::flush() {
  if (lines_.empty()) return {};
  const Result<HttpResponse> response = post();
  if (!response) return response.error();
  Result<void> counted = count(*response);
  batch_.clear();
  lines_.clear();
  show_progress();
  return counted;
}

Result<void> Sender::count(const HttpResponse& response) {
  const Result<Reply> reply = Reply::parse(response.body);
  if (!reply) return reply.error();
  const JsonElement root = reply->root();
  if (response.status / 100 == 2) {
    accepted_ += number_at(root, "accepted");
    duplicate_ += number_at(root, "duplicate");
    rejected_ += number_at(root, "rejected");
    return {};
  }
  const std::vector<JsonElement> reasons = items_at(root, "reasons");
  if (response.status != 400 || reasons.empty()) return failed(text_at(root, "error"));
  // None of the batch was any good; what follows may be.
  rejected_ += lines_.size();
  for (const JsonElement reason : reasons) complain(by_line_of_input(text_at(reason, "")));
  return {};
}

void Sender::show_progress() {
  if (terminal_.streams().err_is_terminal) terminal_.write_error("\r" + summary() + "\x1b[K");
}

std::string Sender::summary() const {
  return "accepted " + with_thousands(accepted_) + " · duplicate " + with_thousands(duplicate_) +
         " · rejected " + with_thousands(rejected_);
}

Result<void> send_files(const std::vector<std::string>& files, Sender& sender, int stdin_fd) {
  for (const std::string& file : files) {
    Result<EventInput> input = EventInput::open(file, stdin_fd);
    if (!input) return input.error();
    if (Result<void> sent = sender.send(*input); !sent) return sent;
  }
  return {};
}

}  // namespace

ExitCode run_send(const Invocation& invocation, Terminal& terminal) {
  const std::optional<Duration> timeout =
      parse_duration(invocation.text("--timeout", kSendTimeout));
  if (!timeout || *timeout <= Duration()) {
    terminal.complain("--timeout wants a duration, such as 30s");
    return ExitCode::usage;
  }
  std::vector<std::string> files = invocation.texts("FILES");
  if (files.empty()) files = {"-"};
  return with_daemon(invocation, terminal, [&](const Daemon& daemon) {
    Sender sender(daemon, *timeout, terminal);
    const Result<void> sent = send_files(files, sender, terminal.streams().in);
    if (terminal.streams().err_is_terminal) terminal.write_error("\r\x1b[K");
    sender.finish();
    terminal.write(sender.summary() + "\n");
    if (!sent) return fail(sent.error(), terminal);
    if (!sender.has_refusals()) return ExitCode::well;
    terminal.write_error("`statewire ledger --refusals` says what was rejected, and why\n");
    return ExitCode::failed;
  });
}

}  // namespace statewire
