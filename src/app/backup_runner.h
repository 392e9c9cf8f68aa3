// Makes backups of the store by a schedule, on a thread of its own.
#pragma once

#include <condition_variable>
#include <optional>
#include <string>
#include <thread>

#include "api/backup_state.h"
#include "backup/backup.h"
#include "backup/backup_setting.h"
#include "base/mutex.h"
#include "store/store.h"

namespace statewire {

class BackupRunner {
 public:
  struct Parts {
    const BackupSetting& setting;
    const Store& store;
    std::string store_path;
    std::string instance;
    AwsClient& aws;
    const Clock& clock;
  };
  // Borrows what `parts` refers to.
  explicit BackupRunner(Parts parts);
  ~BackupRunner();

  void start();
  // Waits for a piece that is being written to a folder, and for no call; what was begun is no
  // backup.
  void stop();
  // Any thread.
  BackupState state() const;

 private:
  void run(const std::stop_token& stop);
  Duration take_turn(const std::stop_token& stop);
  Result<void> learn_last();
  Result<BackupReport> make(const std::stop_token& stop);
  void tell(const BackupReport& report);
  void set_trouble(std::string trouble);

  const Parts parts_;
  std::unique_ptr<BackupPlace> place_;  // Of the thread alone.
  KnownTables known_;                   // Likewise.
  bool is_last_known_ = false;          // Likewise: what is there was looked for.
  mutable Mutex mutex_;
  std::condition_variable_any never_;
  BackupState state_ GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace statewire
