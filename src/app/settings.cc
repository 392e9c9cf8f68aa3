#include "app/settings.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include "app/check_paths.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/own_sources.h"
#include "base/text.h"
#include "config/json.h"
#include "config/plain_name.h"
#include "inventory/state_place.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr int kVersion = 1;
// Bodies of the largest size that what is being received must have room for.
constexpr size_t kBodiesReceivedMin = 4;
// What a resource may be expected to take.
constexpr Duration kExpectedLeast = std::chrono::seconds(1);
constexpr Duration kExpectedMost = std::chrono::hours(24 * 365);

// "127.0.0.1:8484", "[::1]:8484", "0.0.0.0:80".
void read_listen(const Node& node, HttpTcpListener& listener) {
  if (!node) return;
  const std::string text = node.text();
  const size_t colon = text.rfind(':');
  const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
  std::string address = text.substr(0, colon == std::string::npos ? 0 : colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  const bool is_number =
      !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos;
  if (address.empty() || !is_number || std::stoi(port) > 65535) {
    node.error("found \"" + text + "\", wanted an address and a port, such as 127.0.0.1:8484");
    return;
  }
  listener.address = address;
  listener.port = static_cast<uint16_t>(std::stoi(port));
}

// A header shows it: one that is blank, or has a line break inside, nobody could show.
void check_token(const Node& node, std::string_view token) {
  const auto is_shown = [](char c) { return c > ' ' && c < 0x7f; };
  if (std::ranges::all_of(token, is_shown)) return;
  node.error(
      "the token has a blank, a line break or a character beyond ASCII, which no header can show");
}

void read_tokens(const Node& node, std::vector<Token>& tokens) {
  if (!node) return;
  for (const Node& item : node.items()) {
    MapReader keys(item);
    Token token;
    token.scope = keys.required("scope").choice<TokenScope>({{"ingest", TokenScope::ingest},
                                                             {"read", TokenScope::read},
                                                             {"operate", TokenScope::operate}},
                                                            TokenScope::ingest);
    if (std::optional<Secret> secret = required_secret(keys, "token")) {
      token.secret = *std::move(secret);
      check_token(item, token.secret.reveal());
    }
    keys.finish();
    tokens.push_back(std::move(token));
  }
}

void read_topics(const Node& node, std::vector<SnsTopic>& topics) {
  if (!node) return;
  for (const Node& item : node.items()) {
    Result<SnsTopic> topic = parse_sns_topic(item.text());
    if (topic) {
      topics.push_back(*std::move(topic));
    } else {
      item.error("found \"" + item.text() + "\": " + topic.error().text +
                 ", such as arn:aws:sns:eu-west-1:123456789012:changes");
    }
  }
}

void read_http(const Node& node, HttpSettings& http) {
  MapReader keys(node);
  const Node listen = keys.optional("listen");
  read_listen(listen, http.listener);
  if (const Node tls = keys.optional("tls")) {
    MapReader files(tls);
    http.listener.tls =
        HttpTlsFiles{.certificate_file = files.required("certificate_file").file_path(),
                     .key_file = files.required("key_file").file_path(),
                     .client_ca_file = files.optional("client_ca_file").file_path()};
  }
  read_tokens(keys.optional("tokens"), http.tokens);
  read_topics(keys.optional("topics"), http.topics);
  http.body_bytes_max =
      keys.optional("body_bytes_max").bytes(http.body_bytes_max, 1024, kConfiguredBodyBytesMax);
  if (http.tokens.empty() && !is_loopback(http.listener.address)) {
    listen.error(
        "beyond loopback anybody could send events: add `tokens:` to http, "
        "or listen on 127.0.0.1");
  }
}

void read_log(const Node& node, Settings& settings) {
  MapReader keys(node);
  settings.log_level = keys.optional("level").choice<LogLevel>({{"debug", LogLevel::debug},
                                                                {"info", LogLevel::info},
                                                                {"warn", LogLevel::warn},
                                                                {"error", LogLevel::error}},
                                                               settings.log_level);
  settings.log_form = keys.optional("form").choice<LogForm>(
      {{"logfmt", LogForm::logfmt}, {"json", LogForm::json}}, settings.log_form);
}

void read_retention(const Node& node, Retention& retention) {
  MapReader keys(node);
  retention.journal_age =
      keys.optional("journal_age").duration(retention.journal_age, std::chrono::minutes(1));
  retention.parked_age =
      keys.optional("parked_age").duration(retention.parked_age, std::chrono::minutes(1));
  retention.journal_bytes =
      keys.optional("journal_bytes").bytes(retention.journal_bytes, uint64_t{1} << 20);
}

void read_limits(const Node& node, Settings& settings) {
  MapReader keys(node);
  EventLimits& event = settings.limits.event;
  event.event_bytes_max =
      keys.optional("event_bytes").bytes(event.event_bytes_max, 1024, kConfiguredEventBytesMax);
  settings.store.free_bytes_min = keys.optional("free_disk").bytes(settings.store.free_bytes_min);
  const Node memory = keys.optional("store_memory");
  settings.store.memory_bytes =
      memory.bytes(settings.store.memory_bytes, uint64_t{16} << 20, kStoreMemoryBytesMax);
  check_memory(memory, settings.store.memory_bytes);
  const size_t least = kBodiesReceivedMin * settings.http.body_bytes_max;
  const Node received = keys.optional("received_memory");
  settings.received_memory_bytes =
      received.bytes(std::max(kReceivedBytesMax, least), uint64_t{1} << 20);
  if (settings.received_memory_bytes < least) {
    received.error(
        "must be at least four times http.body_bytes_max: a body, and what it unpacks to");
  }
}

void read_accounts(const Node& node, Settings& settings) {
  if (!node) return;
  for (const Node& entry : node.entries()) {
    MapReader keys(entry);
    Account account;
    account.name = keys.optional("name").text();
    account.owner = keys.optional("owner").text();
    if (const Node role = keys.optional("role")) {
      settings.account_roles[std::string(entry.key())] = read_aws_role(role);
    }
    settings.accounts[std::string(entry.key())] = std::move(account);
  }
}

void read_actors(const Node& node, IngestRules& rules) {
  if (!node) return;
  for (const Node& entry : node.entries()) {
    MapReader keys(entry);
    const Node cause = keys.required("cause");
    const std::optional<CauseKind> kind = parse_cause_kind(cause.text());
    if (cause && !kind) {
      cause.error("found \"" + cause.text() +
                  "\", wanted one of: deployment, human, autoscaling, schedule, provider, "
                  "service, automation, unknown");
    }
    rules.actors.push_back({.principal = std::string(entry.key()),
                            .cause = kind.value_or(CauseKind::unknown),
                            .name = keys.optional("name").text()});
  }
}

// "15m", or "never": nothing is expected.
std::optional<Duration> read_expected(const Node& node) {
  if (!node) return std::nullopt;
  if (node.text() == "never") return Duration::zero();
  return node.duration({}, kExpectedLeast, kExpectedMost);
}

PhaseTimes read_phase_times(MapReader& keys) {
  PhaseTimes times;
  for (size_t place = 0; place < kPassingPhases.size(); ++place) {
    times.within[place] = read_expected(keys.optional(name_of(kPassingPhases[place])));
  }
  return times;
}

void read_expect(const Node& node, ExpectRules& expect) {
  MapReader keys(node);
  expect.otherwise = read_phase_times(keys);
  const Node types = keys.optional("types");
  if (!types) return;
  for (const Node& entry : types.entries()) {
    MapReader of_type(entry);
    expect.types[std::string(entry.key())] = read_phase_times(of_type);
  }
}

template <typename Kind>
std::string kinds_text(std::span<const Kind* const> kinds, std::string_view wrong) {
  std::vector<std::string_view> names;
  std::string list;
  for (const Kind* kind : kinds) {
    names.push_back(kind->name);
    list += (list.empty() ? "" : ", ") + std::string(kind->name);
  }
  const std::string_view near = nearest(wrong, names);
  if (!near.empty()) return "no such kind; did you mean \"" + std::string(near) + "\"?";
  return "no such kind; there are: " + list;
}

// By what tells events of its own, and is not configured.
void check_not_taken(const Node& entry) {
  if (entry.key() == "http") entry.error_at_key("\"http\" is the name of the built-in endpoint");
  for (const std::string_view own : kOwnSources) {
    if (entry.key() == own) entry.error_at_key("a source of Statewire's own has this name");
  }
}

void read_sources(const Node& node, Settings& settings, SourceContext context) {
  if (!node) return;
  for (const Node& entry : node.entries()) {
    MapReader keys(entry);
    const Node kind_node = keys.required("kind");
    const std::string kind_name = kind_node.text();
    const SourceKind* const found = find_source_kind(kind_name);
    if (found == nullptr) {
      if (kind_node) kind_node.error(kinds_text(source_kinds(), kind_name));
      keys.ignore_rest();
      continue;
    }
    check_not_taken(entry);
    if (!is_plain_name(entry.key(), kPlaceBytesMax)) {
      entry.error_at_key("a source's name is at most 256 letters, digits, \"-\", \"_\" and \".\"");
    }
    SourceSetting source{.name = std::string(entry.key()), .kind = found};
    if (kind_name == "file") check_outside_store(entry.find("path"), settings.store.path);
    source.source = found->open(source.name, keys, context);
    keys.finish();
    if (source.source != nullptr) settings.sources.push_back(std::move(source));
  }
}

// What it reads comes in as events of a source of its name.
void check_inventory_name(const Node& entry, const Settings& settings) {
  check_not_taken(entry);
  for (const SourceSetting& source : settings.sources) {
    if (entry.key() == source.name) entry.error_at_key("a source has this name");
  }
  if (!is_plain_name(entry.key(), kPlaceBytesMax)) {
    entry.error_at_key(
        "an inventory's name is at most 256 letters, digits, \"-\", \"_\" and \".\"");
  }
}

// What changes nothing of what an inventory declares, and `state`, of which the places count. A
// role may be of another account.
constexpr std::string_view kNoOtherPlace[] = {"every", "grace",    "code",         "state",
                                              "user",  "password", "password_file"};

// Where it reads. The query of a URL may hold a token, which may be another one tomorrow.
std::string place_of(const Node& entry) {
  std::string all = std::to_string(hash_of_keys(entry, kNoOtherPlace));
  for (const Node& each : entry.find("state").items_or_itself()) {
    const std::string text = each.is_scalar() ? each.text() : std::string();
    const Result<HttpStateAddress> address = parse_http_state(text);
    all.append("\n").append(address ? address->shown : text);
  }
  return std::to_string(hash64(all));
}

void read_inventories(const Node& node, Settings& settings, InventoryContext context) {
  if (!node) return;
  for (const Node& entry : node.entries()) {
    MapReader keys(entry);
    const Node kind_node = keys.required("kind");
    const InventoryKind* const kind = find_inventory_kind(kind_node.text());
    if (kind == nullptr) {
      if (kind_node) kind_node.error(kinds_text(inventory_kinds(), kind_node.text()));
      keys.ignore_rest();
      continue;
    }
    check_inventory_name(entry, settings);
    InventorySetting setting{.name = std::string(entry.key()), .kind = kind};
    setting.every = keys.optional("every").duration(setting.every, std::chrono::seconds(1),
                                                    std::chrono::hours(24));
    setting.grace = keys.optional("grace").duration(setting.grace);
    setting.place = place_of(entry);
    setting.inventory = kind->open(setting.name, keys, context);
    keys.finish();
    if (setting.inventory != nullptr) settings.inventories.push_back(std::move(setting));
  }
}

// Only CloudFormation tells by tags who declares a resource.
void warn_without_inventory(const Node& pattern) {
  for (const Node& entry : pattern.entries()) {
    if (entry.key() == "drift" || entry.key() == "owner") {
      entry.warn(
          "no `inventory` is configured: only of what CloudFormation has made, and tagged, is it "
          "known who declares it");
    }
    if (entry.key() != "$or") continue;
    for (const Node& branch : entry.items()) warn_without_inventory(branch);
  }
}

void warn_of_unknown_owners(const Node& root) {
  if (root.find("inventory")) return;
  for (const Node& subscription : root.find("subscriptions").entries()) {
    warn_without_inventory(subscription.find("when"));
  }
}

// A format in place of a kind: the two stand beside each other.
std::string sink_kind_text(const std::string& wrong, const Formats& formats) {
  if (formats.find(wrong) != nullptr) {
    return "\"" + wrong + "\" is a format: `format: " + wrong +
           "` stands beside `sink:`, whose kind says where to, such as file";
  }
  return kinds_text(sink_kinds(), wrong);
}

void open_sinks(Settings& settings, SinkContext& context) {
  for (const Subscription& subscription : settings.subscriptions) {
    std::unique_ptr<Sink>& sink = settings.sinks.emplace_back();
    if (!subscription.sink) continue;
    MapReader keys(*subscription.sink);
    const Node kind_node = keys.required("kind");
    const SinkKind* kind = find_sink_kind(subscription.sink_kind);
    if (kind == nullptr) {
      if (kind_node) kind_node.error(sink_kind_text(subscription.sink_kind, settings.formats));
      keys.ignore_rest();
      continue;
    }
    if (kind->name == "file") {
      check_outside_store(subscription.sink->find("path"), settings.store.path);
    }
    sink = kind->open(keys, context);
    keys.finish();
  }
}

void read_store(MapReader& keys, Settings& settings) {
  const Node instance = keys.optional("instance");
  settings.instance = instance.text(settings.instance);
  if (!is_plain_name(settings.instance, kPlaceBytesMax)) {
    instance.error("wanted at most 256 letters, digits, \"-\", \"_\" and \".\"");
  }
  if (const Node store = keys.required("store")) {
    settings.store.path = store.file_path();
    check_store_path(store, settings.store.path);
  }
  const Node backup = keys.optional("backup");
  settings.backup = read_backup_setting(backup);
  if (settings.backup) {
    const std::string wrong = why_not_apart(settings.backup->to, settings.store.path);
    if (!wrong.empty()) backup.find("to").error(wrong);
  }
  read_limits(keys.optional("limits"), settings);
  if (const Node catalog = keys.optional("catalog")) {
    for (const Node& folder : catalog.items()) {
      settings.catalog_folders.push_back(folder.file_path());
    }
  }
  read_accounts(keys.optional("accounts"), settings);
}

void read_rules(MapReader& keys, Settings& settings, Problems& problems) {
  settings.links = Links::read(keys.optional("links"));
  read_actors(keys.optional("actors"), *settings.rules);
  read_expect(keys.optional("expect"), settings.rules->expect);
  settings.ignore = read_ignore(keys.optional("ignore"));
  settings.rules->ignored = settings.ignore.before;
  settings.formats = Formats::read(keys.optional("formats"), problems);
  settings.subscriptions =
      read_subscriptions(keys.optional("subscriptions"), settings.formats, problems);
}

constexpr std::string_view kTopKeys[] = {
    "version", "log",    "http",    "retention", "instance",  "store",
    "backup",  "limits", "catalog", "accounts",  "links",     "actors",
    "expect",  "ignore", "formats", "sources",   "inventory", "subscriptions"};

void read_document(Settings& settings, SinkContext& context, Problems& problems) {
  MapReader keys(settings.document->root(), kTopKeys);
  const Node version = keys.required("version");
  const int64_t found = version.integer(0, 1'000'000, kVersion);
  if (version && found != kVersion) {
    version.error("this program reads version 1; found " + std::to_string(found));
  }
  read_log(keys.optional("log"), settings);
  read_http(keys.optional("http"), settings.http);
  read_retention(keys.optional("retention"), settings.retention);
  read_store(keys, settings);
  read_rules(keys, settings, problems);
  read_sources(keys.optional("sources"), settings, {.clock = context.clock, .aws = context.aws});
  read_inventories(keys.optional("inventory"), settings,
                   {.aws = context.aws, .http = context.http});
  warn_of_unknown_owners(settings.document->root());
  open_sinks(settings, context);
  keys.finish();
}

// "subscriptions.pager.sink.url_file" is of the sink, whoever looks at the subscription.
bool concerns(const Problem& problem, ConfigPart part) {
  const std::string_view path = problem.path;
  if (problem.severity != Severity::error) return false;
  if (part == ConfigPart::store) return path == "store";
  for (const std::string_view key : {"store", "accounts", "actors", "catalog", "expect", "formats",
                                     "ignore", "instance", "links"}) {
    if (path.starts_with(key)) return true;
  }
  return path.starts_with("subscriptions") && path.find(".sink") == path.npos;
}

}  // namespace

std::string find_config(const std::string& given) {
  if (!given.empty()) return given;
  if (const char* named = std::getenv("STATEWIRE_CONFIG"); named != nullptr && *named != '\0') {
    return named;
  }
  for (const char* path : {"statewire.yaml", "/etc/statewire/statewire.yaml"}) {
    struct stat status;
    if (stat(path, &status) == 0) return path;
  }
  return {};
}

std::unique_ptr<Settings> read_settings(const std::string& path, SinkContext& context,
                                        Problems& problems) {
  auto settings = std::make_unique<Settings>();
  settings->path = path;
  settings->document = Document::load(path, problems, process_environment());
  if (!settings->document) return nullptr;
  read_document(*settings, context, problems);
  return problems.ok() ? std::move(settings) : nullptr;
}

std::unique_ptr<Settings> read_settings_part(const std::string& path, ConfigPart part,
                                             Problems& problems) {
  auto settings = std::make_unique<Settings>();
  settings->path = path;
  settings->document = Document::load(path, problems, process_environment());
  if (!settings->document) return nullptr;
  MapReader keys(settings->document->root());
  read_store(keys, *settings);
  const Node http = keys.optional("http");
  read_listen(http.find("listen"), settings->http.listener);
  if (http.find("tls")) settings->http.listener.tls.emplace();
  if (part == ConfigPart::rules) read_rules(keys, *settings, problems);
  keys.ignore_rest();
  const bool is_wrong = std::ranges::any_of(
      problems.sorted(), [&](const Problem& problem) { return concerns(problem, part); });
  return is_wrong || settings->store.path.empty() ? nullptr : std::move(settings);
}

std::shared_ptr<const HttpServer::Tls> read_certificate(const Settings& settings,
                                                        Problems& problems) {
  if (!settings.http.listener.tls) return nullptr;
  const auto read = HttpServer::read_tls(*settings.http.listener.tls);
  if (read) return *read;
  problems.add({.file = settings.path, .path = "http.tls", .text = read.error().text});
  return nullptr;
}

}  // namespace statewire
