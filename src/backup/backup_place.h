// Where backups lie: a bucket of S3, or a folder.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "aws/bucket.h"
#include "base/result.h"

namespace statewire {

struct PlacedObject {
  std::string name;
  uint64_t bytes = 0;
};

// Named objects. Not thread-safe; blocks for as long as files or calls take. A folder that is a
// place is made by nobody here: where it is absent, its disk may not be mounted.
class BackupPlace {
 public:
  virtual ~BackupPlace() = default;
  // Whole, durably, or not at all. What has the name is replaced.
  virtual Result<void> put(const std::string& name, const std::string& bytes) = 0;
  // not_found where there is none; an error where it is longer than `bytes_max`.
  virtual Result<std::string> get(const std::string& name, size_t bytes_max) = 0;
  // Those whose names begin with `folder` and a slash, without both, in the order of names.
  virtual Result<std::vector<PlacedObject>> list(const std::string& folder) = 0;
  // Well, too, where there is none.
  virtual Result<void> remove(const std::string& name) = 0;
};

// "s3://BUCKET/PREFIX", or a folder.
struct BackupTarget {
  std::string text;    // As it is shown.
  std::string bucket;  // Empty: a folder.
  std::string path;    // The folder, or the prefix without a slash at its end.
};
Result<BackupTarget> parse_backup_target(const std::string& text);

// What root makes in a folder of the daemon's is the daemon's: gives a new file or folder to the
// owner of `folder`. Nothing where another user runs this.
void give_to_owner_of(const std::string& folder, int descriptor);

// Empty where the store and the place are apart; else what is wrong. A bucket always is.
std::string why_not_apart(const BackupTarget& target, const std::string& store_path);

// Borrows `aws`, which only a bucket asks. Calls end when `stop` is requested.
std::unique_ptr<BackupPlace> open_backup_place(const BackupTarget& target, AwsRole role,
                                               AwsClient& aws, std::stop_token stop = {});

}  // namespace statewire
