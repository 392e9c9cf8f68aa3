#include "backup/backup_place.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "base/descriptor.h"
#include "base/limits.h"
#include "config/read_file.h"
#include "store/place.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

// Enough for a piece at 3 Mbit/s.
constexpr Duration kPieceTimeout = std::chrono::seconds(30);
constexpr int kPieceAttempts = 3;
constexpr std::string_view kUnfinishedEnding = ".unfinished";

Error file_fault(const std::string& path) {
  return failed(path + ": " + std::generic_category().message(errno));
}

class FolderPlace final : public BackupPlace {
 public:
  explicit FolderPlace(std::string folder) : folder_(std::move(folder)) {}

  Result<void> put(const std::string& name, const std::string& bytes) override {
    const std::string path = path_of(name);
    const std::string unfinished = path + std::string(kUnfinishedEnding);
    const std::string parent = fs::path(path).parent_path();
    if (Result<void> there = look_for_it(); !there) return there;
    if (Result<void> made = make_folder(parent); !made) return made;
    const OwnedFd file(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) return file_fault(unfinished);
    give_to_owner_of(folder_, file.get());
    if (const Written written = write_all(file.get(), bytes); written.error != 0) {
      return failed(unfinished + ": " + std::generic_category().message(written.error));
    }
    if (::fsync(file.get()) != 0) return file_fault(unfinished);
    if (::rename(unfinished.c_str(), path.c_str()) != 0) return file_fault(path);
    if (Result<void> synced = sync(parent); !synced) return synced;
    return sync(folder_);
  }

  Result<std::string> get(const std::string& name, size_t bytes_max) override {
    const std::string path = path_of(name);
    std::error_code problem;
    if (!fs::exists(path, problem) && !problem) return not_found(path + " is not there");
    Result<std::string> bytes = read_file(path, bytes_max);
    return bytes ? std::move(bytes) : Result<std::string>(failed(path + ": " + bytes.error().text));
  }

  Result<std::vector<PlacedObject>> list(const std::string& folder) override {
    if (Result<void> there = look_for_it(); !there) return there.error();
    std::vector<PlacedObject> objects;
    std::error_code problem;
    for (const auto& entry : fs::directory_iterator(path_of(folder), problem)) {
      PlacedObject object{.name = entry.path().filename(), .bytes = 0};
      struct stat status;
      if (object.name.ends_with(kUnfinishedEnding)) continue;
      if (::stat(entry.path().c_str(), &status) != 0) {
        if (errno == ENOENT) continue;
        return file_fault(entry.path());
      }
      object.bytes = static_cast<uint64_t>(status.st_size);
      objects.push_back(std::move(object));
    }
    const bool is_absent = problem == std::errc::no_such_file_or_directory;
    if (problem && !is_absent) return failed(path_of(folder) + ": " + problem.message());
    std::ranges::sort(objects, {}, &PlacedObject::name);
    return objects;
  }

  Result<void> remove(const std::string& name) override {
    std::error_code problem;
    fs::remove(path_of(name), problem);
    return problem ? Result<void>(failed(path_of(name) + ": " + problem.message()))
                   : Result<void>();
  }

 private:
  std::string path_of(const std::string& name) const { return folder_ + "/" + name; }
  Result<void> look_for_it() const {
    if (::access(folder_.c_str(), F_OK) == 0) return {};
    if (errno != ENOENT) return file_fault(folder_);
    return not_found(folder_ + " is not there: mount its disk, or make the folder");
  }
  Result<void> make_folder(const std::string& folder) const {
    if (::mkdir(folder.c_str(), 0700) != 0) {
      return errno == EEXIST ? Result<void>() : Result<void>(file_fault(folder));
    }
    const OwnedFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0) return file_fault(folder);
    give_to_owner_of(folder_, fd.get());
    return {};
  }
  static Result<void> sync(const std::string& folder) {
    return sync_folder(folder) ? Result<void>() : Result<void>(file_fault(folder));
  }

  const std::string folder_;
};

class BucketPlace final : public BackupPlace {
 public:
  BucketPlace(const BackupTarget& target, AwsRole role, AwsClient& aws, std::stop_token stop)
      : bucket_(target.bucket, std::move(role), aws, std::move(stop)),
        prefix_(target.path.empty() ? "" : target.path + "/") {}

  // S3 compares the bytes with the hash that is signed with them.
  Result<void> put(const std::string& name, const std::string& bytes) override {
    const Result<AwsAnswer> answer = ask("PUT", name, 0, bytes);
    return answer ? Result<void>() : Result<void>(answer.error());
  }

  Result<std::string> get(const std::string& name, size_t bytes_max) override {
    Result<AwsAnswer> answer = ask("GET", name, bytes_max);
    if (!answer) return answer.error();
    return std::move(answer->response.body);
  }

  Result<std::vector<PlacedObject>> list(const std::string& folder) override {
    std::vector<PlacedObject> objects;
    const std::string prefix = prefix_ + folder + "/";
    const Result<void> listed = bucket_.list(prefix, kBackupPagesMax, [&](const AwsXml& object) {
      const std::string key = object.text("Key");
      if (key.size() <= prefix.size()) return;
      const std::string size = object.text("Size");
      PlacedObject found{.name = key.substr(prefix.size()), .bytes = 0};
      std::from_chars(size.data(), size.data() + size.size(), found.bytes);
      objects.push_back(std::move(found));
    });
    if (!listed)
      return Error{listed.error().kind, "bucket " + bucket_.name() + ": " + listed.error().text};
    std::ranges::sort(objects, {}, &PlacedObject::name);
    return objects;
  }

  Result<void> remove(const std::string& name) override {
    const Result<AwsAnswer> answer = ask("DELETE", name);
    return answer || answer.error().kind == ErrorKind::not_found ? Result<void>()
                                                                 : Result<void>(answer.error());
  }

 private:
  Result<AwsAnswer> ask(std::string method, const std::string& name,
                        size_t bytes_max = kAwsAnswerBytesMax, const std::string& body = {}) {
    Result<AwsAnswer> answer =
        bucket_.ask({.method = std::move(method),
                     .key = prefix_ + name,
                     .body = body,
                     .timeout = kPieceTimeout,
                     .answer_bytes_max = std::max(bytes_max, kAwsAnswerBytesMax),
                     .attempts_max = kPieceAttempts});
    if (answer && !answer->ok()) answer = error_of_s3(*answer);
    if (answer) return answer;
    return Error{answer.error().kind,
                 "s3://" + bucket_.name() + "/" + prefix_ + name + ": " + answer.error().text};
  }

  S3Bucket bucket_;
  const std::string prefix_;
};

}  // namespace

Result<BackupTarget> parse_backup_target(const std::string& text) {
  BackupTarget target{.text = text, .bucket = {}, .path = text};
  if (text.starts_with(kS3Scheme)) {
    Result<S3Path> path = parse_s3_path(text);
    if (!path) return path.error();
    target.bucket = std::move(path->bucket);
    target.path = std::move(path->key);
  }
  while (target.path.size() > 1 && target.path.ends_with('/')) target.path.pop_back();
  if (target.bucket.empty() && target.path.empty()) {
    return bad_input("wanted s3://BUCKET/PREFIX, or a folder");
  }
  if (!target.bucket.empty() &&
      (target.path.starts_with('/') || target.path.find("//") != std::string::npos)) {
    return bad_input("a prefix has neither a slash at its beginning nor two in a row");
  }
  return target;
}

void give_to_owner_of(const std::string& folder, int descriptor) {
  struct stat status;
  if (::geteuid() != 0 || ::stat(folder.c_str(), &status) != 0) return;
  (void)!::fchown(descriptor, status.st_uid, status.st_gid);
}

std::string why_not_apart(const BackupTarget& target, const std::string& store_path) {
  if (!target.bucket.empty() || target.path.empty() || store_path.empty()) return {};
  if (is_inside(target.path, store_path)) {
    return target.path + " is inside the store, whose folder is for its own files; name another";
  }
  if (is_inside(store_path, target.path)) {
    return "the store is inside " + target.path +
           ", where only backups are; name a folder beside "
           "the store, or better on another disk";
  }
  return {};
}

std::unique_ptr<BackupPlace> open_backup_place(const BackupTarget& target, AwsRole role,
                                               AwsClient& aws, std::stop_token stop) {
  if (target.bucket.empty()) return std::make_unique<FolderPlace>(target.path);
  return std::make_unique<BucketPlace>(target, std::move(role), aws, std::move(stop));
}

}  // namespace statewire
