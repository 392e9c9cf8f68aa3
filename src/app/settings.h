// The whole configuration, read from one file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/inventory_runner.h"
#include "aws/sns_message.h"
#include "backup/backup_setting.h"
#include "base/limits.h"
#include "base/log.h"
#include "config/document.h"
#include "config/secret.h"
#include "format/format.h"
#include "format/links.h"
#include "ingest/ingest.h"
#include "net/http_server.h"
#include "route/ignore.h"
#include "route/subscription.h"
#include "sinks/sink.h"
#include "sources/source.h"

namespace statewire {

struct HttpSettings {
  HttpTcpListener listener{.address = "127.0.0.1", .port = 8484};
  std::vector<Token> tokens;
  std::vector<SnsTopic> topics;  // Whose signed messages are taken.
  uint64_t body_bytes_max = kBodyBytesMax;
};

struct Retention {
  Duration journal_age = std::chrono::hours(24 * 90);
  uint64_t journal_bytes = uint64_t{50} << 30;
  Duration parked_age = std::chrono::hours(24 * 90);
};

struct SourceSetting {
  std::string name;
  const SourceKind* kind = nullptr;
  std::unique_ptr<Source> source;
};

struct Settings {
  std::optional<Document> document;  // Nodes of subscriptions point into it.
  std::string path;
  std::string instance = "local";
  StoreOptions store;
  std::optional<BackupSetting> backup;
  HttpSettings http;
  std::vector<std::string> catalog_folders;
  std::vector<SourceSetting> sources;
  std::vector<InventorySetting> inventories;
  Formats formats;
  std::vector<Subscription> subscriptions;
  std::vector<std::unique_ptr<Sink>> sinks;  // Of the subscription in the same place.
  Retention retention;
  Accounts accounts;
  Links links;
  std::map<std::string, AwsRole> account_roles;  // To assume, by account.
  IgnoreRules ignore;
  std::shared_ptr<IngestRules> rules = std::make_shared<IngestRules>();
  IngestLimits limits;
  size_t received_memory_bytes = kReceivedBytesMax;  // Of all that is being received.
  LogLevel log_level = LogLevel::info;
  LogForm log_form = LogForm::logfmt;
};

// Where the configuration is: `given`, else $STATEWIRE_CONFIG, ./statewire.yaml,
// /etc/statewire/statewire.yaml; empty where there is none.
std::string find_config(const std::string& given);

// Null where problems has errors. Sinks and sources are made, and do nothing yet; what `context`
// refers to must outlive them.
std::unique_ptr<Settings> read_settings(const std::string& path, SinkContext& context,
                                        Problems& problems);

// What a command needs of a configuration that it does not run.
enum class ConfigPart {
  store,  // Where store and listener are, and the names of the instance and of accounts.
  rules,  // And what recognises events, and says to whom they go.
};
// Reads that part, and the catalog's folders. Sources, sinks, tokens and roles are not looked at:
// they may need what only the daemon has. Null where problems has errors that concern the part.
std::unique_ptr<Settings> read_settings_part(const std::string& path, ConfigPart part,
                                             Problems& problems);
// The certificate and its key, ready for use; null where there are none, or problems has why not.
// Only who serves may read them.
std::shared_ptr<const HttpServer::Tls> read_certificate(const Settings& settings,
                                                        Problems& problems);

}  // namespace statewire
