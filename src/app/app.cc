// Start order is the order of App's members; what is started last is stopped first. Acknowledged
// means committed, so stopping loses nothing: sources are asked to stop and wait for their
// acknowledgements, the commits drain, deliveries in flight get a grace, and what is left is in
// the store.
#include "app/app.h"

#include <algorithm>
#include <csignal>
#include <thread>

#include "api/routes.h"
#include "app/backup_runner.h"
#include "app/check_paths.h"
#include "app/fixed_settings.h"
#include "app/inventory_runner.h"
#include "app/process_limits.h"
#include "app/retention.h"
#include "app/service_manager.h"
#include "app/source_runner.h"
#include "base/fatal.h"
#include "base/limits.h"
#include "base/log.h"
#include "delivery/dispatcher.h"
#include "enrich/aws_tag_lookup.h"
#include "ingest/reminder_source.h"
#include "net/inflate.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr Duration kStopGrace = std::chrono::seconds(5);
constexpr auto kStoreHeldWait = std::chrono::seconds(10);
constexpr auto kStoreHeldPause = std::chrono::milliseconds(100);
constexpr std::chrono::nanoseconds kProgressInterval = std::chrono::milliseconds(100);
constexpr std::chrono::nanoseconds kStoreLookInterval = std::chrono::seconds(1);
constexpr size_t kIoThreads = 1;  // More only take turns with the thread that commits.
constexpr size_t kQuestionThreads = 2;
// Each webhook bounds its own requests in flight: one that hangs leaves room for all others, also
// of its own host.
constexpr size_t kClientHostPart = 4;

sigset_t watched_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

Result<std::shared_ptr<const Catalog>> load_catalog(const Settings& settings, Problems& problems) {
  Result<Catalog> catalog =
      Catalog::with_folders(compiled_catalog_bytes(), settings.catalog_folders, problems);
  leave_in_file(compiled_catalog_bytes());
  if (!catalog) return catalog.error();
  return std::shared_ptr<const Catalog>(std::make_shared<Catalog>(*std::move(catalog)));
}

// What a reload replaces: everything that the configuration alone decides.
struct Generation {
  std::unique_ptr<Settings> settings;
  std::shared_ptr<const HttpServer::Tls> tls;  // Null where HTTP is in the clear.
  std::shared_ptr<const Catalog> catalog;
  // Shared with whoever still asks what was published before.
  std::shared_ptr<SourceRunner> sources;
  std::shared_ptr<InventoryRunner> inventories;
  std::shared_ptr<BackupRunner> backup;  // Null where none is configured.

  void start();
  void stop();
};

void Generation::start() {
  sources->start();
  inventories->start();
  if (backup != nullptr) backup->start();
}

void Generation::stop() {
  if (backup != nullptr) backup->stop();
  inventories->stop();
  sources->stop();
}

// A signal to end has come, and waits until somebody takes it.
bool is_end_asked() {
  sigset_t pending;
  sigemptyset(&pending);
  sigpending(&pending);
  return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

// Where another process is about to end, as at a replacement, its store is waited for.
Result<std::unique_ptr<Store>> open_store(const StoreOptions& options) {
  const auto until = std::chrono::steady_clock::now() + kStoreHeldWait;
  for (bool is_told = false;; is_told = true) {
    Result<std::unique_ptr<Store>> store = Store::open(options);
    const bool is_held = !store && store.error().kind == ErrorKind::unavailable;
    if (!is_held || is_end_asked() || std::chrono::steady_clock::now() >= until) return store;
    if (!is_told) log_warn("waiting for the store", {{"error", store.error().text}});
    std::this_thread::sleep_for(kStoreHeldPause);
  }
}

// A thread of the program. What it throws is a fault of ours, after which nobody knows what is left
// undone: the program ends with a reason, and starts again from what is stored.
template <typename Work>
std::jthread start_thread(const char* name, Work work) {
  return std::jthread([name, work = std::move(work)](std::stop_token stop) {
    try {
      if constexpr (std::is_invocable_v<Work, std::stop_token>) {
        work(std::move(stop));
      } else {
        work();
      }
    } catch (const std::exception& fault) {
      log_error("a thread failed; the program ends",
                {{"thread", name}, {"fault", std::string_view(fault.what())}});
      std::abort();
    }
  });
}

HttpClientLimits client_limits(const FileShares& files) {
  return {.connections_max = files.client_connections_max,
          .connections_per_host_max =
              std::max<size_t>(1, files.client_connections_max / kClientHostPart)};
}

class App {
 public:
  App(AppOptions options, FileShares files) : options_(std::move(options)), files_(files) {}

  Result<void> run(Problems& problems);

 private:
  Result<std::shared_ptr<Generation>> read_generation(Problems& problems);
  Result<void> open(const std::shared_ptr<Generation>& generation);
  PipelineSet pipelines_of(const std::shared_ptr<Generation>& generation);
  static UnpackingLimits unpacking_limits(const Settings& settings);
  void publish_tags(std::string lines, AwsTagLookup::Stored done);
  Result<void> listen(const Settings& settings);
  void start_threads();
  void publish(const std::shared_ptr<Generation>& generation);
  bool tell_progress();
  std::string serve();
  void reload();
  void reload_failed(std::string problem);
  void stop();
  void trim(std::stop_token stop);

  const AppOptions options_;
  const FileShares files_;
  FixedSettings fixed_;  // Of the configuration that it was started with.
  SystemClock clock_;
  SteadyClock steady_;
  HttpClient client_{client_limits(files_)};
  AwsClient aws_{client_, clock_};
  SmtpClient mail_;
  Writers writers_;
  SinkContext sink_context_{client_, clock_, aws_, mail_, writers_};
  std::unique_ptr<Store> store_;
  std::shared_ptr<Generation> current_;
  Live live_;
  std::unique_ptr<Ingest> ingest_;
  std::unique_ptr<ReminderSource> reminders_;
  std::unique_ptr<AwsTagLookup> tags_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Tail> tail_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<HttpServer> server_;
  uint16_t port_ = 0;
  std::jthread client_thread_;
  std::jthread aws_thread_;
  std::jthread aws_retries_thread_;
  std::vector<std::jthread> mail_threads_;
  std::jthread ingest_thread_;
  std::jthread reading_thread_;
  std::jthread reminders_thread_;
  std::jthread tags_thread_;
  std::jthread dispatch_thread_;
  std::jthread tail_thread_;
  std::vector<std::jthread> question_threads_;
  std::jthread brief_questions_thread_;
  std::jthread retention_thread_;
  std::vector<std::jthread> io_threads_;
};

Result<std::shared_ptr<Generation>> App::read_generation(Problems& problems) {
  auto generation = std::make_shared<Generation>();
  generation->settings = read_settings(options_.config_path, sink_context_, problems);
  if (generation->settings == nullptr) return bad_input("the configuration has errors");
  generation->tls = read_certificate(*generation->settings, problems);
  Result<std::shared_ptr<const Catalog>> catalog = load_catalog(*generation->settings, problems);
  if (!catalog) return catalog.error();
  if (!problems.ok()) return bad_input("the certificate or the catalog has errors");
  generation->catalog = *std::move(catalog);
  return generation;
}

PipelineSet App::pipelines_of(const std::shared_ptr<Generation>& generation) {
  PipelineSet set;
  Settings& settings = *generation->settings;
  for (size_t i = 0; i < settings.subscriptions.size(); ++i) {
    const Subscription& subscription = settings.subscriptions[i];
    set.parts.push_back({
        .subscription = subscription,
        .kind = *find_sink_kind(subscription.sink_kind),
        .sink = std::move(settings.sinks[i]),
        .store = *store_,
        .wall = clock_,
        .teller = {settings.instance, &settings.accounts, &settings.links},
        .ignored = settings.ignore.after,
        .tags = tags_.get(),
    });
  }
  set.parked_age = settings.retention.parked_age;
  set.keep_alive = generation;
  return set;
}

Result<void> App::open(const std::shared_ptr<Generation>& generation) {
  const Settings& settings = *generation->settings;
  set_log(settings.log_level, settings.log_form);
  fixed_ = fixed_settings(settings);
  StoreOptions store_options = settings.store;
  store_options.open_files_max = files_.store_files_max;
  Result<std::unique_ptr<Store>> store = open_store(store_options);
  if (!store) return store.error();
  store_ = *std::move(store);
  ingest_ = std::make_unique<Ingest>(
      *store_, clock_, Knowledge{generation->catalog, settings.rules}, settings.limits, [this] {
        reminders_->look();
        dispatcher_->wake();
      });
  reminders_ = std::make_unique<ReminderSource>(*store_, *ingest_, clock_);
  tags_ = std::make_unique<AwsTagLookup>(aws_, steady_,
                                         [this](std::string lines, AwsTagLookup::Stored done) {
                                           publish_tags(std::move(lines), std::move(done));
                                         });
  dispatcher_ = std::make_unique<Dispatcher>(*store_, steady_, clock_);
  tail_ = std::make_unique<Tail>(*store_, steady_);
  api_ = std::make_unique<Api>(Api::Parts{.store = *store_,
                                          .ingest = *ingest_,
                                          .clock = clock_,
                                          .steady = steady_,
                                          .live = live_,
                                          .tail = *tail_,
                                          .http = client_,
                                          .version = options_.version,
                                          .store_path = settings.store.path,
                                          .unpacking = unpacking_limits(settings),
                                          .track = settings.limits.track});
  tags_->use_roles(settings.account_roles);
  const Result<void> started = dispatcher_->replace(pipelines_of(generation), {});
  return started ? listen(settings) : started;
}

UnpackingLimits App::unpacking_limits(const Settings& settings) {
  // So much that a body which comes alone always has room.
  const uint64_t body_max = settings.http.body_bytes_max;
  const uint64_t share =
      settings.received_memory_bytes - settings.received_memory_bytes / kReceivedSmallPart;
  return {.inflated_bytes_max = std::min<uint64_t>(
              kInflatedRatioMax * body_max,
              inflated_max_within(share, body_max + kConnectionLargeBufferBytes)),
          .event_bytes_max = settings.limits.event.event_bytes_max};
}

void App::publish_tags(std::string lines, AwsTagLookup::Stored done) {
  Chunk chunk{.source = "tags", .text = std::move(lines), .is_own = true};
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  chunk.done = [done](const Result<ChunkFates>& fates) { done(fates.ok()); };
  if (!ingest_->submit(std::move(chunk)).ok()) done(false);
}

Result<void> App::listen(const Settings& settings) {
  HttpServerLimits limits;
  limits.body_bytes_max = settings.http.body_bytes_max;
  limits.connections_max = files_.connections_max;
  limits.refused_connections_max = files_.refused_connections_max;
  limits.control_connections_max = kControlConnectionsMax;
  server_ = std::make_unique<HttpServer>(HttpServerOptions{
      .limits = limits,
      .budget = std::make_shared<ByteBudget>(
          ByteBudget::Bounds{.bytes_max = settings.received_memory_bytes,
                             .kept_for_small = settings.received_memory_bytes / kReceivedSmallPart,
                             .small_max = kReceivedSmallBytesMax}),
      .io_threads = kIoThreads,
      .handler =
          [this](HttpServerRequest&& request, HttpResponder responder) {
            api_->handle(std::move(request), std::move(responder));
          },
      .judge_head = [this](const HttpRequestHead& head) { return api_->judge_head(head); }});
  const Result<uint16_t> port = server_->listen(settings.http.listener);
  if (!port) return port.error();
  port_ = *port;
  return server_->listen_unix(control_socket_of(settings.store.path));
}

void App::publish(const std::shared_ptr<Generation>& generation) {
  const Settings& settings = *generation->settings;
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->instance = settings.instance;
  snapshot->accounts = &settings.accounts;
  snapshot->formats = &settings.formats;
  snapshot->subscriptions = settings.subscriptions;
  snapshot->catalog = generation->catalog;
  snapshot->dispatcher = dispatcher_.get();
  snapshot->tokens = settings.http.tokens;
  snapshot->topics = settings.http.topics;
  snapshot->rules = settings.rules.get();
  snapshot->ignore = &settings.ignore;
  snapshot->restart_needed = changed_keys(fixed_, fixed_settings(settings));
  generation->sources =
      std::make_shared<SourceRunner>(generation->settings->sources, *ingest_, clock_);
  snapshot->sources = [sources = generation->sources] { return sources->states(); };
  generation->inventories = std::make_shared<InventoryRunner>(
      InventoryRunner::Parts{.settings = generation->settings->inventories,
                             .store = *store_,
                             .intake = *ingest_,
                             .catalog = generation->catalog,
                             .clock = clock_});
  snapshot->inventories = [inventories = generation->inventories] { return inventories->states(); };
  if (settings.backup) {
    generation->backup =
        std::make_shared<BackupRunner>(BackupRunner::Parts{.setting = *settings.backup,
                                                           .store = *store_,
                                                           .store_path = settings.store.path,
                                                           .instance = settings.instance,
                                                           .aws = aws_,
                                                           .clock = clock_});
    snapshot->backup = [backup = generation->backup] { return backup->state(); };
  }
  snapshot->tags = [this] { return tags_->counts(); };
  snapshot->keep_alive = generation;
  live_.set(std::move(snapshot));
  current_ = generation;
}

void App::start_threads() {
  client_thread_ = start_thread("client", [this] { client_.run(); });
  aws_thread_ = start_thread("aws", [this] { aws_.run(); });
  aws_retries_thread_ = start_thread("aws retries", [this] { aws_.run(); });
  for (size_t i = 0; i < kMailsAtATime; ++i) {
    mail_threads_.push_back(start_thread("mail", [this] { mail_.run(); }));
  }
  ingest_thread_ = start_thread("commits", [this] { ingest_->run(); });
  reading_thread_ = start_thread("reading", [this] { ingest_->run_reading(); });
  reminders_thread_ =
      start_thread("reminders", [this](std::stop_token stop) { reminders_->run(std::move(stop)); });
  tags_thread_ = start_thread("tags", [this] { tags_->run(); });
  dispatcher_->expect_run();
  dispatch_thread_ = start_thread("deliveries", [this] { dispatcher_->run(); });
  tail_thread_ = start_thread("tails", [this] { tail_->run(); });
  for (size_t i = 0; i < kQuestionThreads; ++i) {
    question_threads_.push_back(start_thread("questions", [this] { api_->run(); }));
  }
  brief_questions_thread_ = start_thread("brief questions", [this] { api_->run_brief(); });
  retention_thread_ =
      start_thread("retention", [this](std::stop_token stop) { trim(std::move(stop)); });
  for (size_t i = 0; i < kIoThreads; ++i) {
    io_threads_.push_back(start_thread("http", [this] { server_->run_io(); }));
  }
}

void App::trim(std::stop_token stop) {
  if (Result<void> learned = store_->learn_parked(stop); !learned) {
    log_error("what is parked cannot be counted", {{"error", learned.error().text}});
  }
  if (Result<void> learned = store_->learn_aliases(stop); !learned) {
    log_error("the aliases cannot be read", {{"error", learned.error().text}});
  }
  if (Result<void> learned = store_->learn_hints(stop); !learned) {
    log_error("the names of resources cannot be read", {{"error", learned.error().text}});
  }
  std::mutex mutex;
  std::condition_variable_any never;
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, kRetentionInterval, [] { return false; });
    const std::shared_ptr<const Snapshot> snapshot = live_.get();
    const auto* generation = static_cast<const Generation*>(snapshot->keep_alive.get());
    const Result<uint64_t> point =
        trim_point(*store_, generation->settings->retention, dispatcher_->held_from());
    Result<void> trimmed = point ? store_->trim_journal(*point) : Result<void>(point.error());
    if (!trimmed) log_error("the journal cannot be trimmed", {{"error", trimmed.error().text}});
  }
}

// All or nothing: until the new configuration is known to be whole, nothing is touched.
void App::reload() {
  Problems problems;
  const Result<std::shared_ptr<Generation>> next = read_generation(problems);
  if (!next) {
    for (const Problem& problem : problems.sorted()) {
      log_error("the new configuration is wrong; the old one stays", {{"file", problem.file},
                                                                      {"line", problem.line},
                                                                      {"column", problem.column},
                                                                      {"key", problem.path},
                                                                      {"problem", problem.text}});
    }
    if (problems.ok()) log_error("reload failed", {{"error", next.error().text}});
    return reload_failed(problems.ok() ? next.error().text : problems.first());
  }
  const Settings& old = *current_->settings;
  const Settings& fresh = *(*next)->settings;
  if (const std::string_view key = unmovable_key(old, fresh); !key.empty()) {
    log_error("the new configuration changes what only a restart can; the old one stays",
              {{"key", key}});
    return reload_failed(std::string(key) + ": only a restart can change it");
  }
  current_->stop();
  const Result<void> replaced = dispatcher_->replace(pipelines_of(*next), kStopGrace);
  if (!replaced) {
    log_error("deliveries cannot go on with the new configuration; the old one stays",
              {{"error", replaced.error().text}});
    publish(current_);
    current_->start();
    return reload_failed("deliveries cannot go on with it: " + replaced.error().text);
  }
  tags_->use_roles(fresh.account_roles);
  set_log(fresh.log_level, fresh.log_form);
  ingest_->use({(*next)->catalog, fresh.rules});
  if ((*next)->tls != nullptr) server_->use_tls((*next)->tls);
  SourceRunner::tell_removed(old.sources, fresh.sources);
  publish(*next);
  const Time now = clock_.now();
  live_.set_config({.in_force_since = now, .last_reload = now});
  current_->start();
  log_info("the configuration was read again", {{"file", fresh.path}});
  const std::string keys = joined(live_.get()->restart_needed);
  if (!keys.empty()) {
    log_warn("a part of the configuration is in force only after a restart", {{"keys", keys}});
  }
}

// For `status`: nobody may look at the log.
void App::reload_failed(std::string problem) {
  ConfigState config = live_.config();
  config.last_reload = clock_.now();
  config.problem = std::move(problem);
  live_.set_config(std::move(config));
}

// Tells how far the sources are that come to an end. False once all of them did.
bool App::tell_progress() {
  std::vector<SourceProgress> all;
  bool is_any_running = false;
  for (const SourceState& source : current_->sources->states()) {
    if (!source.progress) continue;
    const bool is_over = source.state == "done" || source.state == "failed";
    is_any_running |= !is_over;
    all.push_back(
        {.name = source.name, .bytes = *source.progress, .events = 0, .is_over = is_over});
  }
  if (all.empty()) return false;
  if (const Result<std::vector<LedgerRow>> rows = store_->ledger()) {
    for (const LedgerRow& row : *rows) {
      for (SourceProgress& source : all) {
        if (source.name == row.source) source.events += row.received;
      }
    }
  }
  options_.on_progress(all);
  return is_any_running;
}

// Until a signal asks it to stop; meanwhile people see how far the sources are. Why the store is
// lost, where it is.
std::string App::serve() {
  const sigset_t signals = watched_signals();
  bool is_any_running = true;
  while (true) {
    is_any_running = is_any_running && tell_progress();
    const auto pause = is_any_running ? kProgressInterval : kStoreLookInterval;
    const timespec wait{.tv_sec = pause / std::chrono::seconds(1),
                        .tv_nsec = (pause % std::chrono::seconds(1)).count()};
    const int signal = sigtimedwait(&signals, nullptr, &wait);
    if (std::string fault = store_->place_fault(); !fault.empty()) return fault;
    if (signal == SIGHUP) {
      tell_service_manager(ServiceState::reloading);
      reload();
      tell_service_manager(ServiceState::ready);
      is_any_running = true;
    } else if (signal > 0) {
      log_info("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
      return {};
    }
  }
}

// One time for all: who asks it to stop waits for the sum.
void App::stop() {
  const Time deadline = steady_.now() + kStopGrace;
  const auto left = [&] { return std::max(Duration(), Duration(deadline - steady_.now())); };
  live_.set_readiness(Readiness::stopping);
  tell_service_manager(ServiceState::stopping);
  current_->stop();
  server_->stop(left());
  tags_->stop();
  tail_->stop();
  api_->stop();
  io_threads_.clear();
  reminders_thread_.request_stop();
  ingest_->stop();
  ingest_thread_.join();
  dispatcher_->stop(left());
  dispatch_thread_.join();
  aws_.stop();
  mail_.stop();
  client_.stop();
}

Result<void> App::run(Problems& problems) {
  const Result<std::shared_ptr<Generation>> first = read_generation(problems);
  if (!first) return first.error();
  if (Result<void> opened = open(*first); !opened) return opened;
  publish(*first);
  live_.set_config({.in_force_since = clock_.now()});
  start_threads();
  live_.set_readiness(Readiness::serving);
  tell_service_manager(ServiceState::ready);
  options_.on_ready(*current_->settings, port_, current_->catalog->size());
  current_->start();
  // What the engine would still write goes to wherever the path leads now.
  if (const std::string fault = serve(); !fault.empty()) {
    log_error("the store is lost to this process; stopping, and nothing more is acknowledged",
              {{"error", fault}});
    stop();
    end_at_once();
  }
  stop();
  return {};
}

}  // namespace

void hold_signals() {
  const sigset_t signals = watched_signals();
  CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0);
}

Result<void> run_app(AppOptions options, Problems& problems) {
  hold_signals();
  keep_heap_small();
  const Result<FileShares> files = share_files();
  if (!files) return files.error();
  return App(std::move(options), *files).run(problems);
}

}  // namespace statewire
