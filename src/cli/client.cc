#include "cli/client.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/percent.h"
#include "cli/elsewhere.h"
#include "cli/history_target.h"
#include "delivery/left_behind.h"

namespace statewire {
namespace {

class DaemonClient final : public Client {
 public:
  explicit DaemonClient(Daemon daemon) : daemon_(std::move(daemon)) {}

  bool is_live() const override { return true; }

  Result<std::string> resources(const ResourceFilter& filter) override;
  Result<std::string> timeline(std::string_view resource, size_t limit) override;
  Result<std::string> history(const HistoryFilter& filter) override {
    return daemon_.get(history_target(filter));
  }
  Result<std::string> deployments(const DeploymentFilter& filter) override;
  Result<std::string> inventory() override { return daemon_.get("/api/v1/inventory"); }
  Result<std::string> expectations() override { return daemon_.get("/api/v1/expectations"); }
  Result<std::string> ledger() override { return daemon_.get("/api/v1/ledger"); }
  Result<std::string> unrecognised() override { return daemon_.get("/api/v1/ledger/unrecognised"); }
  Result<std::string> refusals() override { return daemon_.get("/api/v1/ledger/refusals"); }
  Result<std::string> parked(const ParkedFilter& filter, std::string_view after,
                             size_t limit) override;
  Result<std::string> parked_one(std::string_view subscription, uint64_t sequence) override;
  Result<std::string> redrive(const ParkedFilter& filter, bool is_dry_run) override {
    return daemon_.post("/api/v1/parked/redrive", order(filter, is_dry_run));
  }
  Result<std::string> drop(const ParkedFilter& filter, bool is_dry_run) override {
    return daemon_.post("/api/v1/parked/drop", order(filter, is_dry_run));
  }
  Result<std::string> explain(std::string_view event_json, bool is_as_new) override {
    std::string target = "/api/v1/explain";
    if (is_as_new) add_parameter(target, "as_new", "true");
    return daemon_.post(target, std::string(event_json));
  }
  Result<std::string> entry(uint64_t sequence) override {
    return daemon_.get("/api/v1/entries/" + std::to_string(sequence));
  }
  Result<std::string> held(std::string_view subscription, std::string_view after) override;
  Result<std::string> drop_waiting(const std::string& subscription, bool is_dry_run) override {
    return daemon_.post("/api/v1/held/drop", json_of([&](JsonWriter& json) {
                          json.begin_object();
                          json.text("subscription", subscription);
                          json.boolean("dry_run", is_dry_run);
                          json.end_object();
                        }));
  }
  Result<std::string> trial(const TrialWish& wish) override {
    return daemon_.get(trial_target(wish));
  }

 private:
  static std::string order(const ParkedFilter& filter, bool is_dry_run);

  const Daemon daemon_;
};

Result<std::string> DaemonClient::resources(const ResourceFilter& filter) {
  std::string target = "/api/v1/resources";
  add_parameter(target, "type", filter.type);
  add_parameter(target, "account", filter.account);
  add_parameter(target, "region", filter.region);
  add_parameter(target, "phase", filter.phase);
  add_parameter(target, "cause", filter.cause);
  add_parameter(target, "actor", filter.actor);
  add_parameter(target, "drift", filter.drift);
  add_parameter(target, "owner", filter.owner);
  if (!filter.tag_key.empty()) {
    add_parameter(target, "tag", filter.tag_key + "=" + filter.tag_value);
  }
  if (filter.since) add_parameter(target, "since", format_time(*filter.since));
  add_parameter(target, "query", filter.query);
  add_parameter(target, "limit", std::to_string(filter.limit));
  add_parameter(target, "after", filter.after);
  if (filter.is_count) add_parameter(target, "only", "total");
  if (filter.is_newest_first) add_parameter(target, "order", "newest");
  return daemon_.get(target);
}

Result<std::string> DaemonClient::deployments(const DeploymentFilter& filter) {
  std::string target = "/api/v1/deployments";
  if (filter.since) add_parameter(target, "since", format_time(*filter.since));
  add_parameter(target, "actor", filter.actor);
  add_parameter(target, "tool", filter.tool);
  add_parameter(target, "account", filter.account);
  add_parameter(target, "stack", filter.stack);
  add_parameter(target, "limit", std::to_string(filter.limit));
  return daemon_.get(target);
}

Result<std::string> DaemonClient::timeline(std::string_view resource, size_t limit) {
  std::string target = "/api/v1/timeline";
  add_parameter(target, "resource", resource);
  add_parameter(target, "limit", std::to_string(limit));
  return daemon_.get(target);
}

Result<std::string> DaemonClient::parked(const ParkedFilter& filter, std::string_view after,
                                         size_t limit) {
  std::string target = "/api/v1/parked";
  add_parameter(target, "subscription", filter.subscription);
  if (filter.sequence != 0) add_parameter(target, "sequence", std::to_string(filter.sequence));
  add_parameter(target, "resource", filter.resource);
  add_parameter(target, "limit", std::to_string(limit));
  add_parameter(target, "after", after);
  return daemon_.get(target);
}

Result<std::string> DaemonClient::held(std::string_view subscription, std::string_view after) {
  std::string target = "/api/v1/held";
  add_parameter(target, "subscription", subscription);
  add_parameter(target, "after", after);
  return daemon_.get(target);
}

Result<std::string> DaemonClient::parked_one(std::string_view subscription, uint64_t sequence) {
  return daemon_.get("/api/v1/parked/" + percent_encode(subscription) + "/" +
                     std::to_string(sequence));
}

std::string DaemonClient::order(const ParkedFilter& filter, bool is_dry_run) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("subscription", filter.subscription);
    json.number("sequence", filter.sequence);
    json.text("resource", filter.resource);
    json.boolean("skip_moot", filter.skip_moot);
    json.boolean("dry_run", is_dry_run);
    json.end_object();
  });
}

class StoreClient final : public Client {
 public:
  StoreClient(std::unique_ptr<Store> store, std::shared_ptr<const Catalog> catalog,
              const Settings& settings, const Clock& clock)
      : store_(std::move(store)),
        subscriptions_(settings.subscriptions),
        clock_(clock),
        queries_({.store = *store_,
                  .catalog = std::move(catalog),
                  .subscriptions = settings.subscriptions,
                  .teller = {settings.instance, &settings.accounts},
                  .track = settings.limits.track,
                  .rules = settings.rules.get(),
                  .ignore = &settings.ignore}) {}

  Result<std::string> resources(const ResourceFilter& filter) override {
    return queries_.resources(filter);
  }
  Result<std::string> timeline(std::string_view resource, size_t limit) override {
    return queries_.timeline(resource, limit);
  }
  Result<std::string> history(const HistoryFilter& filter) override {
    return queries_.history(filter);
  }
  Result<std::string> deployments(const DeploymentFilter& filter) override {
    return queries_.deployments(filter);
  }
  Result<std::string> inventory() override { return queries_.inventory(); }
  Result<std::string> expectations() override { return queries_.expectations(); }
  Result<std::string> ledger() override { return queries_.ledger(); }
  Result<std::string> unrecognised() override { return queries_.unrecognised(); }
  Result<std::string> refusals() override { return queries_.refusals(); }
  Result<std::string> parked(const ParkedFilter& filter, std::string_view after,
                             size_t limit) override {
    return queries_.parked(filter, after, limit);
  }
  Result<std::string> parked_one(std::string_view subscription, uint64_t sequence) override {
    return queries_.parked_one(subscription, sequence);
  }
  Result<std::string> redrive(const ParkedFilter& filter, bool is_dry_run) override {
    const Result<ParkedChange> change = redrive_parked(*store_, filter, is_dry_run);
    if (!change) return change.error();
    return redriven_json(*change, is_dry_run);
  }
  Result<std::string> drop(const ParkedFilter& filter, bool is_dry_run) override {
    const Result<ParkedChange> change = drop_parked(*store_, filter, is_dry_run);
    if (!change) return change.error();
    return dropped_json(*change, is_dry_run);
  }
  bool is_live() const override { return false; }
  Result<std::string> explain(std::string_view event_json, bool is_as_new) override {
    return queries_.explain(event_json, clock_.now(), is_as_new);
  }
  Result<std::string> entry(uint64_t sequence) override {
    return queries_.entry(sequence, clock_.now());
  }
  Result<std::string> held(std::string_view subscription, std::string_view after) override {
    return queries_.held(subscription, after, clock_.now());
  }
  Result<std::string> drop_waiting(const std::string& subscription, bool is_dry_run) override {
    if (has_subscription(subscriptions_, subscription)) return error_of_configured(subscription);
    const Result<uint64_t> dropped = statewire::drop_waiting(*store_, subscription, is_dry_run);
    if (!dropped) return dropped.error();
    return dropped_waiting_json(*dropped, is_dry_run);
  }
  Result<std::string> trial(const TrialWish& wish) override { return queries_.trial(wish); }

 private:
  const std::unique_ptr<Store> store_;
  const std::span<const Subscription> subscriptions_;
  const Clock& clock_;
  const Queries queries_;
};

Result<std::unique_ptr<Store>> open_store(StoreOptions options, Access access) {
  const Error none =
      not_found("the store " + options.path + " does not exist yet: `statewire run` makes it");
  struct stat status;
  // Opened to be written, it would be made.
  const bool is_written = access == Access::write || access == Access::write_by_rules;
  if (is_written && ::stat(options.path.c_str(), &status) != 0) return none;
  options.read_only = !is_written;
  Result<std::unique_ptr<Store>> store = Store::open(options);
  if (store || store.error().kind != ErrorKind::not_found) return store;
  if (access == Access::explain) return Store::open(StoreOptions{});
  return none;
}

Result<std::unique_ptr<Client>> open_store_client(ConfigAtHand& config, Access access,
                                                  Terminal& terminal) {
  const Settings& settings = *config.settings;
  Result<std::unique_ptr<Store>> store = open_store(settings.store, access);
  if (!store) return store.error();
  const std::shared_ptr<const Catalog> catalog = load_catalog(
      access == Access::explain ? settings.catalog_folders : std::vector<std::string>(), terminal);
  if (catalog == nullptr) return bad_input("the catalog has errors");
  return std::unique_ptr<Client>(
      new StoreClient(*std::move(store), catalog, settings, config.clock));
}

// Nothing where no --url was given.
Result<std::optional<Daemon>> remote_daemon(const Invocation& invocation) {
  const std::string url = invocation.text("--url");
  const std::string token_file = invocation.text("--token-file");
  ClientTls tls{.ca_file = invocation.text("--ca-file")};
  if (url.empty() && token_file.empty() && tls.ca_file.empty()) return std::optional<Daemon>();
  if (url.empty()) {
    return bad_input(std::string(token_file.empty() ? "--ca-file" : "--token-file") +
                     " goes with --url");
  }
  if (const Result<void> checked = check_client_tls(tls); !checked) {
    return bad_input("--ca-file: " + checked.error().text);
  }
  Secret token;
  if (!token_file.empty()) {
    Result<Secret> read = read_secret_file(token_file);
    if (!read) return bad_input(token_file + ": " + read.error().text);
    token = *std::move(read);
  }
  const Result<Daemon> daemon = Daemon::at(url, std::move(token), std::move(tls));
  if (!daemon) return daemon.error();
  return std::optional(*daemon);
}

ExitCode fail_usage(const Error& error, Terminal& terminal) {
  terminal.complain(error.text);
  return ExitCode::usage;
}

}  // namespace

ExitCode with_client(const Invocation& invocation, Terminal& terminal, Access access,
                     const std::function<ExitCode(Client&)>& use) {
  const Result<std::optional<Daemon>> remote = remote_daemon(invocation);
  if (!remote) return fail_usage(remote.error(), terminal);
  if (*remote) {
    DaemonClient client(**remote);
    return use(client);
  }
  std::unique_ptr<ConfigAtHand> config = load_config_part(invocation, ConfigPart::store, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  Result<std::optional<Daemon>> daemon = Daemon::find(config->settings->store.path);
  if (!daemon) return fail(daemon.error(), terminal);
  if (*daemon) {
    DaemonClient client(**std::move(daemon));
    return use(client);
  }
  if (const std::string elsewhere = daemon_elsewhere(*config->settings); !elsewhere.empty()) {
    terminal.complain("no daemon serves " + config->settings->store.path + ": " + elsewhere);
  }
  if (access == Access::explain || access == Access::write_by_rules) {
    config = load_config_part(invocation, ConfigPart::rules, terminal);
    if (config == nullptr) return ExitCode::bad_config;
  }
  const Result<std::unique_ptr<Client>> client = open_store_client(*config, access, terminal);
  if (!client) return fail(client.error(), terminal);
  return use(**client);
}

ExitCode with_daemon(const Invocation& invocation, Terminal& terminal,
                     const std::function<ExitCode(const Daemon&)>& use) {
  const Result<std::optional<Daemon>> remote = remote_daemon(invocation);
  if (!remote) return fail_usage(remote.error(), terminal);
  if (*remote) return use(**remote);
  const std::unique_ptr<ConfigAtHand> config =
      load_config_part(invocation, ConfigPart::store, terminal);
  if (config == nullptr) return ExitCode::bad_config;
  const std::string& store = config->settings->store.path;
  const Result<std::optional<Daemon>> daemon = Daemon::find(store);
  if (!daemon) return fail(daemon.error(), terminal);
  if (*daemon) return use(**daemon);
  const std::string elsewhere = daemon_elsewhere(*config->settings);
  return fail(unavailable("no daemon serves " + store + ": " +
                          (elsewhere.empty() ? "`statewire run` starts one" : elsewhere)),
              terminal);
}

ExitCode exit_code_of(const Error& error) {
  return error.kind == ErrorKind::damaged ? ExitCode::damaged : ExitCode::failed;
}

ExitCode fail(const Error& error, Terminal& terminal) {
  terminal.complain(error.text);
  return exit_code_of(error);
}

}  // namespace statewire
