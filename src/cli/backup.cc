// Backups of the store: made, listed, and made into a store again.
#include "backup/backup.h"

#include <algorithm>
#include <filesystem>

#include "base/json_writer.h"
#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/store_at_rest.h"
#include "cli/try_sink.h"
#include "cli/unfinished.h"
#include "store/engine.h"

namespace statewire {
namespace {

constexpr Duration kBackupToldEvery = std::chrono::seconds(5);

std::string mib(uint64_t bytes) { return with_thousands((bytes + (1u << 20) - 1) >> 20) + " MiB"; }

Cell show_backup_made(JsonElement backup) { return {short_time(text_at(backup, "made"))}; }
Cell show_backup_size(JsonElement backup) { return {mib(number_at(backup, "bytes"))}; }
Cell show_backup_trouble(JsonElement backup) { return {text_at(backup, "trouble"), Tint::bad}; }

constexpr ListColumn kBackupColumns[] = {
    {.title = "backup", .path = "name"},
    {.title = "made", .path = "made", .show = show_backup_made},
    {.title = "instance", .path = "instance"},
    {.title = "last sequence", .path = "last_sequence", .align = Align::right},
    {.title = "files", .path = "files", .align = Align::right},
    {.title = "size", .path = "bytes", .align = Align::right, .show = show_backup_size},
    {.title = "trouble", .path = "trouble", .show = show_backup_trouble, .fit = Fit::end},
};

// Says how far it is, every few seconds.
BackupProgress progress_on(Terminal& terminal, std::string_view what) {
  return [&terminal, what, told = SteadyClock().now()](uint64_t done, uint64_t total) mutable {
    const Time now = SteadyClock().now();
    if (now - told < kBackupToldEvery) return true;
    told = now;
    terminal.write_error(mib(done) + " of " + mib(total) + " were " + std::string(what) + "\n");
    return true;
  };
}

// The place that the command names, or else the configuration.
struct NamedPlace {
  BackupTarget target;
  AwsRole role;
};
Result<NamedPlace> named_place(const Invocation& invocation, const Settings* settings) {
  if (const std::string given = invocation.text("PLACE"); !given.empty()) {
    Result<BackupTarget> target = parse_backup_target(given);
    if (!target) return bad_input(given + ": " + target.error().text);
    return NamedPlace{*std::move(target), {}};
  }
  if (settings == nullptr || !settings->backup) {
    return bad_input(
        "say where to, such as s3://BUCKET/PREFIX, or add `backup: {to: …}` to the "
        "configuration");
  }
  return NamedPlace{settings->backup->to, settings->backup->role};
}

Result<BackupReport> back_up(ConfigAtHand& config, const BackupTarget& target, BackupPlace& place,
                             Terminal& terminal) {
  const Settings& settings = *config.settings;
  if (std::string wrong = why_not_apart(target, settings.store.path); !wrong.empty()) {
    return bad_input(std::move(wrong));
  }
  std::error_code problem;
  if (!std::filesystem::exists(settings.store.path, problem)) {
    return not_found("there is no store at " + settings.store.path);
  }
  const Result<OwnedFd> turn = lock_backups(settings.store.path);
  if (!turn) return turn.error();
  StoreAtRest at_rest;
  const Result<StoreOptions> options = at_rest.find(settings.store);
  if (!options) return options.error();
  std::unique_ptr<EngineLock> lock;
  if (!at_rest.is_copy()) {
    // What is damaged is not to take the place of a good backup.
    if (const auto store = Store::open(*options); !store) return store.error();
    Result<std::unique_ptr<EngineLock>> locked = lock_rocksdb(*options);
    if (!locked) return locked.error();
    lock = *std::move(locked);
  }
  const Result<BackupIdentity> identity = identity_of(settings.store.path);
  if (!identity) return identity.error();
  KnownTables known;
  return make_backup(place,
                     {.folder = options->path,
                      .instance = settings.instance,
                      .identity = *identity,
                      .now = config.clock.now()},
                     known, progress_on(terminal, "looked at"));
}

void write_report(const BackupReport& report, const BackupTarget& target, JsonWriter& json) {
  json.begin_object();
  json.text("name", report.name);
  json.text("to", target.text);
  json.time("made", report.list.made);
  json.number("last_sequence", report.list.last_sequence);
  json.number("files", report.list.files.size());
  json.number("bytes", report.list.bytes());
  json.number("bytes_sent", report.bytes_sent);
  json.end_object();
  json.end_line();
}

ExitCode tell(const BackupReport& report, const BackupTarget& target, const Invocation& invocation,
              Terminal& terminal) {
  if (invocation.text("--output") == "json") {
    terminal.write_data(json_of([&](JsonWriter& json) { write_report(report, target, json); }));
    return ExitCode::well;
  }
  terminal.write("backup " + report.name + " is in " + target.text + ": all up to sequence " +
                 with_thousands(report.list.last_sequence) + ", " + mib(report.list.bytes()) +
                 " in " + counted(report.list.files.size(), "file") + ", of which " +
                 mib(report.bytes_sent) + " were sent\n");
  return ExitCode::well;
}

// One backup that is listed, and why it cannot be restored.
struct BackupRow {
  std::string name;
  Result<BackupList> list;
  std::string trouble;
};

BackupRow row_of(BackupPlace& place, const PiecesThere& pieces, const std::string& name) {
  BackupRow row{.name = name, .list = read_backup(place, name), .trouble = {}};
  row.trouble = row.list ? pieces.trouble_of(*row.list) : row.list.error().text;
  return row;
}

void write_backup_row(const BackupRow& row, JsonWriter& json) {
  const auto& [name, list, trouble] = row;
  json.begin_object();
  json.text("name", name);
  json.time("made", list ? list->made : *time_of_backup(name));
  if (list) {
    json.text("instance", list->instance);
    if (!list->store.empty()) json.text("store", list->store);
    json.number("last_sequence", list->last_sequence);
    json.number("files", list->files.size());
    json.number("bytes", list->bytes());
  }
  json.boolean("whole", trouble.empty());
  json.known_line("trouble", trouble);
  json.end_object();
}

// Reads all pieces, where that is asked for.
Result<PiecesThere> pieces_at(BackupPlace& place, const Invocation& invocation,
                              Terminal& terminal) {
  Result<PiecesThere> pieces = PiecesThere::look(place);
  if (!pieces || !invocation.has("--check")) return pieces;
  const Result<std::vector<std::string>> other =
      pieces->compare(place, progress_on(terminal, "read"));
  if (!other) return other.error();
  for (const std::string& piece : *other) {
    terminal.write_error(piece_path(piece) +
                         " is not what was written: remove it, and the next backup sends it "
                         "again if it needs it\n");
  }
  return pieces;
}

Result<ExitCode> list_backups(BackupPlace& place, const Invocation& invocation,
                              Terminal& terminal) {
  const Result<std::vector<std::string>> names = backups_in(place);
  if (!names) return names.error();
  const Result<PiecesThere> pieces = pieces_at(place, invocation, terminal);
  if (!pieces) return pieces.error();
  size_t not_whole = 0;
  const Result<Reply> rows = Reply::parse(json_of([&](JsonWriter& json) {
    json.begin_array();
    for (const std::string& name : *names) {
      const BackupRow row = row_of(place, *pieces, name);
      if (!row.trouble.empty()) ++not_whole;
      write_backup_row(row, json);
    }
    json.end_array();
  }));
  CHECK(rows.ok());
  ListWriter list(terminal, output_form(invocation), kBackupColumns);
  list.add(items_at(rows->root(), ""));
  const ExitCode code = list.finish({.noun = "backup", .if_empty = "there is no backup"});
  if (not_whole == 0) return code;
  terminal.complain(counted(not_whole, "backup") + " cannot be restored");
  return ExitCode::damaged;
}

// The newest, where none is named.
Result<std::string> wanted_backup(BackupPlace& place, const Invocation& invocation,
                                  const BackupTarget& target) {
  const Result<std::vector<std::string>> names = backups_in(place);
  if (!names) return names.error();
  if (names->empty()) return not_found("there is no backup in " + target.text);
  const std::string wanted = invocation.text("--backup");
  if (wanted.empty()) return names->back();
  if (std::ranges::find(*names, wanted) != names->end()) return wanted;
  return not_found("there is no backup " + wanted + " in " + target.text +
                   "; `statewire store backups " + target.text + "` lists them");
}

ExitCode restore(BackupPlace& place, const BackupTarget& target, const Invocation& invocation,
                 Terminal& terminal) {
  const Result<std::string> to = new_directory(invocation.text("DIR"), "restore");
  if (!to) return fail(to.error(), terminal);
  const Result<std::string> name = wanted_backup(place, invocation, target);
  if (!name) return fail(name.error(), terminal);
  Result<Unfinished> unfinished = Unfinished::begin(*to, "restore");
  if (!unfinished) return fail(unfinished.error(), terminal);
  const Result<BackupList> list =
      restore_backup(place, *name, unfinished->path(), progress_on(terminal, "fetched"));
  if (!list && list.error().kind == ErrorKind::damaged) {
    terminal.write_error("`statewire store backups " + target.text +
                         "` says which backups are whole, and `--backup` restores another\n");
  }
  if (!list) return fail(list.error(), terminal);
  if (Result<void> named = unfinished->finish(); !named) return fail(named.error(), terminal);
  terminal.write("backup " + *name + " is a store at " + *to + " now, with all up to sequence " +
                 with_thousands(list->last_sequence) + "\n");
  if (invocation.has("--no-check")) return ExitCode::well;
  terminal.write_error("it is being checked\n");
  return check_store_at({.path = *to, .read_only = true}, {}, terminal);
}

}  // namespace

ExitCode run_store_backup(const Invocation& invocation, Terminal& terminal) {
  const std::unique_ptr<ConfigAtHand> config =
      load_config_part(invocation, ConfigPart::store, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const Result<NamedPlace> named = named_place(invocation, config->settings.get());
  if (!named) return fail(named.error(), terminal);
  if (invocation.has("--keep") && invocation.number("--keep") == 0) {
    terminal.complain("--keep 0 would keep no backup: name 1 or more");
    return ExitCode::usage;
  }
  ExitCode code = ExitCode::failed;
  run_clients(*config, [&] {
    const auto place = open_backup_place(named->target, named->role, config->aws);
    const Result<BackupReport> report = back_up(*config, named->target, *place, terminal);
    code = report ? tell(*report, named->target, invocation, terminal)
                  : fail(report.error(), terminal);
    if (!report || !invocation.has("--keep")) return;
    const Result<OwnedFd> turn = lock_backups(config->settings->store.path);
    const Result<size_t> removed = turn ? remove_old_backups(*place, invocation.number("--keep"))
                                        : Result<size_t>(turn.error());
    if (!removed) {
      code = fail(failed("old backups cannot be removed: " + removed.error().text), terminal);
    }
  });
  return code;
}

ExitCode run_store_backups(const Invocation& invocation, Terminal& terminal) {
  std::unique_ptr<ConfigAtHand> config = std::make_unique<ConfigAtHand>();
  if (invocation.text("PLACE").empty()) {
    config = load_config_part(invocation, ConfigPart::store, terminal);
    if (config == nullptr) return ExitCode::bad_config;
  }
  const Result<NamedPlace> named = named_place(invocation, config->settings.get());
  if (!named) return fail(named.error(), terminal);
  ExitCode code = ExitCode::failed;
  run_clients(*config, [&] {
    const auto place = open_backup_place(named->target, named->role, config->aws);
    const Result<ExitCode> listed = list_backups(*place, invocation, terminal);
    code = listed ? *listed : fail(listed.error(), terminal);
  });
  return code;
}

ExitCode run_store_restore(const Invocation& invocation, Terminal& terminal) {
  const Result<NamedPlace> named = named_place(invocation, nullptr);
  if (!named) return fail(named.error(), terminal);
  ConfigAtHand config;  // On a new machine there may be no configuration yet.
  ExitCode code = ExitCode::failed;
  run_clients(config, [&] {
    const auto place = open_backup_place(named->target, named->role, config.aws);
    code = restore(*place, named->target, invocation, terminal);
  });
  return code;
}

}  // namespace statewire
