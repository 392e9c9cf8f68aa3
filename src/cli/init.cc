// Asks five things, and writes a commented configuration with all that it needs.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "base/descriptor.h"
#include "cli/commands.h"
#include "cli/init_files.h"
#include "sources/byte_input.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kConfigFile = "statewire.yaml";

// A line of standard input, without its end; nothing at the end of all.
std::optional<std::string> read_line(int fd) {
  std::string line;
  char c = 0;
  for (ssize_t count; (count = ::read(fd, &c, 1)) != 0;) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    if (c == '\n') return line;
    line += c;
  }
  if (line.empty()) return std::nullopt;
  return line;
}

struct InitQuestion {
  std::string_view text;
  std::string InitAnswers::* answer;
};

constexpr InitQuestion kQuestions[] = {
    {"What is this instance called?", &InitAnswers::instance},
    {"Which folder is its store?", &InitAnswers::store},
    {"Where do events come from: http, the URL of an SQS queue, or a file?", &InitAnswers::events},
    {"Where do notifications go: stdout, the URL of a webhook or chat, or a mail address?",
     &InitAnswers::to},
    {"What is told: trouble or everything?", &InitAnswers::what},
};

// An empty answer keeps what there is; one that is wrong is asked for again. False where nobody
// answers any more.
bool ask(const InitQuestion& question, InitAnswers& answers, Terminal& terminal) {
  std::string& answer = answers.*question.answer;
  const std::string usual = answer;
  for (;;) {
    terminal.write_error(std::string(question.text) + " [" + usual + "] ");
    const std::optional<std::string> said = read_line(terminal.streams().in);
    if (!said) {
      terminal.write_error("\n");
      return false;
    }
    answer = said->empty() ? usual : *said;
    const Result<void> checked = check_answers(answers);
    if (checked) return true;
    terminal.complain(checked.error().text);
    answer = usual;
  }
}

// New files, all or none, and never over one that is there.
class NewFiles {
 public:
  explicit NewFiles(fs::path folder) : folder_(std::move(folder)) {}
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;
  // Removes what keep() was not called for.
  ~NewFiles() {
    for (const fs::path& path : made_) ::unlink(path.c_str());
  }

  Result<void> write(const InitFile& file) {
    const fs::path path = folder_ / file.name;
    const OwnedFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                            file.is_secret ? 0600 : 0644));
    if (fd.get() < 0 && errno == EEXIST) {
      return failed(path.string() + " is there already; nothing was written: name another " +
                    "configuration, or move that file away");
    }
    if (fd.get() < 0) return fault(path);
    made_.push_back(path);
    errno = write_all(fd.get(), file.text).error;
    return errno == 0 ? Result<void>() : Result<void>(fault(path));
  }

  // What was written stays.
  std::vector<fs::path> keep() { return std::exchange(made_, {}); }

 private:
  static Error fault(const fs::path& path) {
    return failed(path.string() + ": " + std::generic_category().message(errno) +
                  "; nothing was written");
  }

  const fs::path folder_;
  std::vector<fs::path> made_;
};

}  // namespace

ExitCode run_init(const Invocation& invocation, Terminal& terminal) {
  const fs::path config = invocation.text("CONFIG", kConfigFile);
  std::error_code error;
  if (fs::exists(config, error)) {
    terminal.complain(config.string() + " is there already; name another file");
    return ExitCode::usage;
  }
  InitAnswers answers;
  for (const InitQuestion& question : kQuestions) {
    if (invocation.has("--yes") || ask(question, answers, terminal)) continue;
    terminal.complain("nobody answers, and nothing was written; --yes takes what is offered");
    return ExitCode::usage;
  }
  NewFiles files(config.parent_path());
  for (const InitFile& file : init_files(answers, config.filename().string())) {
    if (const Result<void> written = files.write(file); !written) {
      terminal.complain(written.error().text);
      return ExitCode::failed;
    }
  }
  for (const fs::path& path : files.keep()) terminal.write("wrote " + path.string() + "\n");
  Invocation check;
  check.set("CONFIG", {config.string()});
  const ExitCode checked = run_check(check, terminal);
  if (checked != ExitCode::well) return checked;
  terminal.write("Next:  statewire doctor --config " + config.string() +
                 "   statewire run --config " + config.string() + "\n");
  return ExitCode::well;
}

}  // namespace statewire
