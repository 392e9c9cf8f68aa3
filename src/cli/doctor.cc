// Tries everything that a configuration needs, one after the other, and says what to do where it
// does not work.
#include "cli/doctor.h"

#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "api/backup_state.h"
#include "app/check_paths.h"
#include "aws/endpoint.h"
#include "backup/backup.h"
#include "base/descriptor.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/daemon.h"
#include "cli/elsewhere.h"
#include "cli/reply.h"
#include "cli/try_sink.h"
#include "format/clean_text.h"
#include "net/listening_socket.h"
#include "store/marks.h"
#include "store/store.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr size_t kWhatWidth = 22;

// What `status` tells, and the daemon says what to do.
void look_at_daemon(JsonElement status, Findings& findings) {
  findings.well("daemon", "version " + text_at(status, "version") + " serves this store");
  const std::vector<JsonElement> advice = items_at(status, "what_to_do");
  size_t place = 0;
  for (const JsonElement trouble : items_at(status, "not_well")) {
    const std::string what_to_do = place < advice.size() ? text_at(advice[place], "") : "";
    findings.wrong("daemon", text_at(trouble, ""),
                   what_to_do.empty() ? "`statewire status` says more" : what_to_do);
    ++place;
  }
}

// Where no daemon listens, nobody else may.
void try_to_listen(const HttpTcpListener& listener, Findings& findings) {
  const Result<ListeningSocket> socket = open_tcp_listener(listener.address, listener.port);
  if (!socket) {
    const bool is_taken =
        socket.error().text.ends_with(std::generic_category().message(EADDRINUSE));
    return findings.wrong(
        "http",
        socket.error().text + (is_taken ? "; another program listens there, or a Statewire that "
                                          "does not answer"
                                        : ""),
        "name another address with `http: {listen: ADDRESS:PORT}`, or stop what "
        "listens there");
  }
  const OwnedFd closed(socket->descriptor);
  findings.well("http", listener.address + ":" + std::to_string(listener.port) + " is free");
}

void find_daemon(const Settings& settings, Findings& findings) {
  const Result<std::optional<Daemon>> daemon = Daemon::find(settings.store.path);
  if (!daemon) {
    return findings.wrong("daemon", daemon.error().text,
                          "ask as the user that runs it: its socket is for nobody else");
  }
  if (!*daemon) {
    if (const std::string elsewhere = daemon_elsewhere(settings); !elsewhere.empty()) {
      return findings.wrong("daemon", "none serves this store: " + elsewhere,
                            "name the store that it serves, or restart it");
    }
    findings.not_tried("daemon", "none runs: `statewire run` starts one");
    return try_to_listen(settings.http.listener, findings);
  }
  const Result<std::string> json = (*daemon)->get("/api/v1/status");
  const Result<Reply> status = json ? Reply::parse(*json) : json.error();
  if (status) return look_at_daemon(status->root(), findings);
  findings.wrong("daemon", status.error().text, "look at its log");
}

// Why a start would refuse what is stored; empty where it would not, or a daemon runs, which has
// read it. Costs what the reading at a start does.
std::string fault_at_rest(StoreOptions options) {
  std::error_code error;
  const fs::path folder(options.path);
  if (!fs::exists(folder / Acknowledged::kName, error) && !fs::exists(folder / "CURRENT", error)) {
    return {};  // A folder for the first start.
  }
  const Result<std::optional<Daemon>> daemon = Daemon::find(options.path);
  if (!daemon || *daemon) return {};
  options.read_only = true;
  const auto store = Store::open(options);
  if (!store) return store.error().text;
  const Result<void> marks = check_marks(options.path);
  return marks ? "" : marks.error().text;
}

// The folder itself, or the nearest above it that is there.
fs::path nearest_folder(fs::path path) {
  std::error_code error;
  path = fs::absolute(path, error).lexically_normal();
  while (!path.empty() && !fs::exists(path, error) && path != path.root_path()) {
    path = path.parent_path();
  }
  return path;
}

std::string advice_for(const Error& no_backups) {
  // Nothing was asked: this user's settings do not say where.
  if (no_backups.kind == ErrorKind::bad_input) {
    return "set AWS_REGION, or `region` in ~/.aws/config, for this user";
  }
  return "make the place; of a bucket, allow s3:ListBucket, s3:GetObject, s3:PutObject and "
         "s3:DeleteObject; `statewire aws whoami` shows who asks";
}

}  // namespace

void Findings::line(std::string_view mark, Tint tint, std::string_view what,
                    std::string_view detail) {
  std::string text = terminal_.tinted(mark, tint) + std::string(7 - mark.size(), ' ');
  std::string label(what);
  label.resize(std::max(label.size() + 2, kWhatWidth), ' ');
  append_clean(text, label + std::string(detail));
  terminal_.write(text + "\n");
}

void Findings::advice(std::string_view what_to_do) {
  std::string text(7 + kWhatWidth, ' ');
  append_clean(text.append("→ "), what_to_do);
  terminal_.write(text + "\n");
}

void Findings::well(std::string_view what, std::string_view detail) {
  line("well", Tint::good, what, detail);
}

void Findings::wrong(std::string_view what, std::string_view detail, std::string_view what_to_do) {
  ++wrong_;
  line("WRONG", Tint::bad, what, detail);
  advice(what_to_do);
}

void Findings::doubtful(std::string_view what, std::string_view detail,
                        std::string_view what_to_do) {
  line("look", Tint::doubtful, what, detail);
  advice(what_to_do);
}

void Findings::not_tried(std::string_view what, std::string_view how) {
  line("-", Tint::faint, what, how);
}

void look_at_store(const Settings& settings, Findings& findings) {
  const fs::path store(settings.store.path);
  const fs::path folder = nearest_folder(store);
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    findings.wrong("store", folder.string() + " cannot be written by this user",
                   "run as its owner, or: install -d -o USER " + store.string());
  } else if (error) {
    findings.wrong("store", folder.string() + ": " + error.message(), "name another folder");
  } else if (space.available < settings.store.free_bytes_min) {
    findings.wrong("disk",
                   with_thousands(space.available >> 20) + " MiB are free, and " +
                       with_thousands(settings.store.free_bytes_min >> 20) + " are needed",
                   "free space, name another disk, or lower the reserve");
  } else if (const std::string fault = fault_at_rest(settings.store); !fault.empty()) {
    findings.wrong("store", fault,
                   "docs/operating.md, *Damage*, says what a start and a salvage do");
  } else if (const std::string free = with_thousands(space.available >> 20) + " MiB free";
             fs::exists(store, error)) {
    findings.well("store", store.string() + ", " + free);
  } else {
    findings.not_tried("store",
                       store.string() + " is not there yet: made at the first start; " + free);
  }
  find_daemon(settings, findings);
}

void look_at_clock(Findings& findings) {
  timex state{};
  const int answer = ::adjtimex(&state);
  const std::string now = format_time(SystemClock().now()).substr(0, 19) + "Z";
  if (answer < 0) return findings.not_tried("clock", "the system does not say how it is kept");
  if (answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0) {
    return findings.well("clock", now + ", kept by time synchronisation");
  }
  findings.doubtful("clock", now + ", and nothing keeps it right",
                    "let systemd-timesyncd or chrony keep it: times decide order and holds");
}

void read_inventories(const Settings& settings, Findings& findings) {
  const Node inventories = settings.document->root().find("inventory");
  for (const InventorySetting& setting : settings.inventories) {
    const std::string what = "inventory " + setting.name;
    visit_all(*setting.inventory);
    const InventoryReading reading = setting.inventory->read();
    if (!reading.trouble.empty() && !reading.is_passing) {
      const std::string where(inventories.find(setting.name).find("state").text());
      findings.wrong(what, reading.trouble + (where.empty() ? "" : " (" + where + ")"),
                     "mend what it reads, or let this user read it");
      continue;
    }
    size_t declared = 0;
    for (const DeclaredStack& stack : reading.stacks) declared += stack.resources.size();
    findings.well(what, with_thousands(declared) + " declared in " +
                            counted(reading.stacks.size(), setting.kind->stack_word));
  }
}

void look_for_backups(const BackupSetting& setting, AwsClient& aws, Findings& findings) {
  const auto place = open_backup_place(setting.to, setting.role, aws);
  const Result<std::vector<std::string>> names = backups_in(*place);
  if (!names) {
    return findings.wrong("backup", names.error().text, advice_for(names.error()));
  }
  const std::string there = counted(names->size(), "backup") + " in " + setting.to.text;
  if (names->empty()) return findings.well("backup", there);
  const Time made = *time_of_backup(names->back());
  const std::string newest = ", the newest of " + format_time(made);
  const Result<BackupList> list = read_backup(*place, names->back());
  const Result<PiecesThere> pieces = PiecesThere::look(*place);
  std::string trouble;
  if (!list) {
    trouble = list.error().text;
  } else {
    trouble = pieces ? pieces->trouble_of(*list) : pieces.error().text;
  }
  if (trouble.empty() &&
      BackupState{.every = setting.every, .last = made}.is_old(SystemClock().now())) {
    return findings.doubtful(
        "backup", there + newest + ": older than twice `every`",
        "a daemon that runs makes the next one; `statewire status` says why it "
        "does not, and `statewire store backup` makes one now");
  }
  if (trouble.empty()) return findings.well("backup", there + newest);
  findings.wrong("backup", there + newest + ", which cannot be restored: " + trouble,
                 "`statewire store backups` says which can; `statewire store backup` makes one");
}

// With clients of its own: those of a configuration end with one use.
void look_with_clients(const Invocation& invocation, Terminal& terminal, Findings& findings) {
  const std::unique_ptr<ConfigAtHand> config = load_config(invocation, terminal);
  if (config == nullptr) return;
  run_clients(*config, [&] {
    const Settings& settings = *config->settings;
    read_inventories(settings, findings);
    if (settings.backup) look_for_backups(*settings.backup, config->aws, findings);
  });
}

// Why these regions cannot be looked at; empty where they can.
std::string fault_of_regions(const Invocation& invocation) {
  for (const std::string& region : invocation.texts("--region")) {
    if (!is_region(region)) return "--region: \"" + region + "\" is no AWS region";
  }
  const bool is_lonely = invocation.has("--region") && !invocation.has("--aws");
  return is_lonely ? "--region goes with --aws" : "";
}

ExitCode run_doctor(const Invocation& invocation, Terminal& terminal) {
  if (const std::string fault = fault_of_regions(invocation); !fault.empty()) {
    terminal.complain(fault);
    return ExitCode::usage;
  }
  const std::unique_ptr<ConfigAtHand> config = load_config(invocation, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const Settings& settings = *config->settings;
  Findings findings(terminal);
  findings.well("configuration", settings.path);
  look_at_store(settings, findings);
  look_at_clock(findings);
  look_at_aws(settings, invocation.has("--aws") ? AwsDepth::events : AwsDepth::surface,
              invocation.texts("--region"), findings);
  look_at_sources(settings, findings);
  if (!settings.inventories.empty() || settings.backup) {
    look_with_clients(invocation, terminal, findings);
  }
  if (!invocation.has("--send")) look_at_sinks(*config, findings);
  for (size_t i = 0; invocation.has("--send") && i < settings.subscriptions.size(); ++i) {
    // Each with clients of its own: those of a configuration end with one delivery.
    const std::unique_ptr<ConfigAtHand> again = load_config(invocation, terminal);
    if (again == nullptr || i >= again->settings->sinks.size()) return ExitCode::bad_config;
    send_to_sink(*again, i, findings);
  }
  const size_t wrong = findings.count_wrong();
  terminal.write(wrong == 0 ? "all is well\n" : counted(wrong, "thing") + " to mend\n");
  return wrong == 0 ? ExitCode::well : ExitCode::failed;
}

}  // namespace statewire
