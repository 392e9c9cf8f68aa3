// Where backups lie: a bucket of S3, or a folder.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/bucket.h"
#include "base/result.h"

namespace statewire {

// Named objects. Not thread-safe; blocks for as long as files or calls take.
class BackupPlace {
 public:
  virtual ~BackupPlace() = default;
  // Whole, durably, or not at all. What has the name is replaced.
  virtual Result<void> put(const std::string& name, const std::string& bytes) = 0;
  // not_found where there is none; an error where it is longer than `bytes_max`.
  virtual Result<std::string> get(const std::string& name, size_t bytes_max) = 0;
  // The names that begin with `folder` and a slash, without both, in order.
  virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;
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

// Borrows `aws`, which only a bucket asks.
std::unique_ptr<BackupPlace> open_backup_place(const BackupTarget& target, AwsRole role,
                                               AwsClient& aws);

}  // namespace statewire
