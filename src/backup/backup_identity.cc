#include "backup/backup_identity.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "aws/json.h"
#include "backup/backup_place.h"
#include "base/descriptor.h"
#include "base/ids.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "config/read_file.h"

namespace statewire {
namespace {

constexpr std::string_view kIdentityName = "backup.id";

std::string identity_path(const std::string& store_path) {
  return store_path + "/" + std::string(kIdentityName);
}

Error identity_fault(const std::string& path, int error) {
  return failed(path + ": " + std::generic_category().message(error));
}

std::string random_id() {
  std::array<char, 16> bytes;
  CHECK(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  return to_hex(std::string_view(bytes.data(), bytes.size()));
}

Result<BackupIdentity> read_identity(const std::string& path) {
  const Result<std::string> text = read_file(path, kBackupListBytesMax);
  if (!text) return failed(path + ": " + text.error().text);
  const Result<AwsJson> json = AwsJson::parse(*text);
  if (!json || json->text("store").empty()) {
    return damaged(path +
                   " does not say which store it is of: remove it, and give the store a "
                   "new place for its backups");
  }
  return BackupIdentity{
      .store = json->text("store"), .from = json->text("from"), .newest = json->text("newest")};
}

}  // namespace

bool BackupIdentity::may_follow(const std::string& name, const BackupList& list,
                                const std::string& instance) const {
  if (list.store.empty()) return list.instance == instance;
  return list.store == store || (list.store == from && name <= newest);
}

// It has its name only once it is whole, and the first one that has it stays.
Result<void> begin_identity(const std::string& store_path, const std::string& from,
                            const std::string& newest) {
  const std::string id = random_id();
  const std::string path = identity_path(store_path);
  const std::string unfinished = path + "." + id;
  const std::string text = json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("store", id);
    json.text("from", from);
    json.text("newest", newest);
    json.end_object();
    json.end_line();
  });
  const OwnedFd file(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.get() < 0) return identity_fault(unfinished, errno);
  give_to_owner_of(store_path, file.get());
  int error = write_all(file.get(), text).error;
  if (error == 0 && ::fsync(file.get()) != 0) error = errno;
  if (error == 0 && ::link(unfinished.c_str(), path.c_str()) != 0) error = errno;
  ::unlink(unfinished.c_str());
  if (error != 0) return identity_fault(path, error);
  return sync_folder(store_path) ? Result<void>() : Result<void>(identity_fault(store_path, errno));
}

Result<BackupIdentity> identity_of(const std::string& store_path) {
  const std::string path = identity_path(store_path);
  if (::access(path.c_str(), F_OK) != 0) {
    const Result<void> begun = begin_identity(store_path, "", "");
    if (!begun && ::access(path.c_str(), F_OK) != 0) return begun.error();
  }
  return read_identity(path);
}

}  // namespace statewire
