// What the API looks at and a reload replaces. The App makes a Snapshot and sets it; each request
// works with the one that it found, to its end.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/backup_state.h"
#include "api/inventory_state.h"
#include "aws/sns_message.h"
#include "base/mutex.h"
#include "base/time.h"
#include "catalog/catalog.h"
#include "config/secret.h"
#include "delivery/dispatcher.h"
#include "enrich/tag_lookup.h"
#include "format/format.h"
#include "ingest/rules.h"
#include "model/notification.h"
#include "route/ignore.h"
#include "route/subscription.h"
#include "sources/source.h"

namespace statewire {

struct SourceState {
  std::string name;
  std::string kind;
  // `failing`: it goes on, and cannot read now. `failed`: it has ended.
  std::string state = "running";  // "running", "failing", "done", "failed"; see told_sources()
  std::string reason = {};  // Where it is failing or failed; of others, what there is to know.
  Time since = {};          // Where it is failing or has ended.
  std::optional<Progress> progress = std::nullopt;  // Of one that comes to an end.

  bool is_up() const { return state == "running" || state == "done"; }
};

// How it went to read the configuration again.
struct ConfigState {
  Time in_force_since;
  std::optional<Time> last_reload = std::nullopt;  // Nothing before the first.
  std::string problem = {};  // Why the last reload changed nothing; empty where it did not fail.
};

// Immutable once set. What it points to lives as long as `keep_alive`, or as long as the Api.
struct Snapshot {
  std::string instance;
  const Accounts* accounts = nullptr;
  const Formats* formats = nullptr;
  std::span<const Subscription> subscriptions;
  std::shared_ptr<const Catalog> catalog;
  Dispatcher* dispatcher = nullptr;         // Null where nothing is delivered.
  std::vector<Token> tokens;                // Empty: everyone may do everything.
  std::vector<SnsTopic> topics;             // Whose signed messages are taken.
  const IngestRules* rules = nullptr;       // Null: none.
  const IgnoreRules* ignore = nullptr;      // Null: none.
  std::vector<std::string> restart_needed;  // Keys that were changed and are not in force.
  // What the sources are doing now. Any thread; may be empty.
  std::function<std::vector<SourceState>()> sources;
  // How the inventories are. Any thread; may be empty.
  std::function<std::vector<InventoryState>()> inventories;
  // How the backups are. Any thread; empty where none are configured.
  std::function<BackupState()> backup;
  // Since the start. Any thread; empty where nothing is looked up.
  std::function<TagLookupCounts()> tags;
  std::shared_ptr<const void> keep_alive;
};

// How far the program is. Until it serves, and once it stops, events are refused.
enum class Readiness { starting, serving, stopping };

// Any thread.
class Live {
 public:
  void set(std::shared_ptr<const Snapshot> snapshot) {
    // The old one ends outside the lock: it may own much.
    Lock lock(mutex_);
    snapshot_.swap(snapshot);
  }
  // Never null once the first was set, which comes before the server listens.
  std::shared_ptr<const Snapshot> get() const {
    Lock lock(mutex_);
    return snapshot_;
  }

  void set_config(ConfigState config) {
    Lock lock(mutex_);
    config_ = std::move(config);
  }
  ConfigState config() const {
    Lock lock(mutex_);
    return config_;
  }

  void set_readiness(Readiness readiness) { readiness_ = readiness; }
  Readiness readiness() const { return readiness_; }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_ GUARDED_BY(mutex_);
  ConfigState config_ GUARDED_BY(mutex_);
  std::atomic<Readiness> readiness_{Readiness::starting};
};

}  // namespace statewire
