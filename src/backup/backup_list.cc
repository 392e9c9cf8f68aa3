#include "backup/backup_list.h"

#include <algorithm>
#include <numeric>

#include "aws/json.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "config/plain_name.h"

namespace statewire {
namespace {

constexpr int kBackupFormat = 1;
constexpr size_t kSha256HexBytes = 64;
constexpr size_t kBackupNameBytes = 20;

bool is_piece_name(std::string_view text) {
  return text.size() == kSha256HexBytes && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// A name with a dot in front may lead elsewhere.
bool is_file_name(const std::string& name) {
  return is_plain_name(name, kBackupFileNameBytesMax) && !name.starts_with('.');
}

Result<BackupFile> parse_file(const AwsJson& json) {
  const int64_t bytes = json.integer("bytes").value_or(-1);
  BackupFile file{.name = json.text("name"), .bytes = static_cast<uint64_t>(bytes)};
  if (bytes < 0 || !is_file_name(file.name))
    return damaged("the list of the backup names no file of a store");
  for (const AwsJson& piece : json.items("pieces")) file.pieces.push_back(piece.text(""));
  const bool are_pieces = std::ranges::all_of(file.pieces, is_piece_name);
  const uint64_t count = (file.bytes + kBackupPieceBytes - 1) / kBackupPieceBytes;
  if (!are_pieces || count != file.pieces.size()) {
    return damaged("the list of the backup has other pieces of " + file.name +
                   " than its size needs");
  }
  return file;
}

}  // namespace

uint64_t BackupList::bytes() const {
  return std::accumulate(files.begin(), files.end(), uint64_t{0},
                         [](uint64_t sum, const BackupFile& file) { return sum + file.bytes; });
}

std::string encode_backup_list(const BackupList& list) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.number("format", kBackupFormat);
    json.time("made", list.made);
    json.text("instance", list.instance);
    json.text("store", list.store);
    json.number("last_sequence", list.last_sequence);
    json.begin_array("files");
    for (const BackupFile& file : list.files) {
      json.begin_object();
      json.text("name", file.name);
      json.number("bytes", file.bytes);
      json.begin_array("pieces");
      for (const std::string& piece : file.pieces) json.word(piece);
      json.end_array();
      json.end_object();
    }
    json.end_array();
    json.end_object();
  });
}

Result<BackupList> parse_backup_list(std::string_view text) {
  const Result<AwsJson> json = AwsJson::parse(text);
  if (!json) return damaged("the list of the backup is no JSON");
  if (const int64_t format = json->integer("format").value_or(0); format != kBackupFormat) {
    return damaged("the backup is of format " + std::to_string(format) +
                   ", and this program reads format 1");
  }
  const std::optional<Time> made = parse_time(json->text("made"));
  if (!made) return damaged("the list of the backup lacks its time");
  BackupList list{
      .made = *made,
      .instance = json->text("instance"),
      .store = json->text("store"),
      .last_sequence = static_cast<uint64_t>(json->integer("last_sequence").value_or(0))};
  for (const AwsJson& each : json->items("files")) {
    Result<BackupFile> file = parse_file(each);
    if (!file) return file.error();
    list.files.push_back(*std::move(file));
  }
  if (list.files.empty()) return damaged("the list of the backup names no files");
  return list;
}

std::string backup_name(Time made) {
  std::string name;
  for (const char c : format_time(made).substr(0, 19)) {
    if (c != '-' && c != ':') name += c;
  }
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(made.time_since_epoch()).count();
  const std::string fraction = std::to_string(ms % 1000);
  return name + "." + std::string(3 - fraction.size(), '0') + fraction + "Z";
}

std::optional<Time> time_of_backup(std::string_view name) {
  if (name.size() != kBackupNameBytes) return std::nullopt;
  const auto part = [&](size_t from, size_t count) {
    return std::string(name.substr(from, count));
  };
  return parse_time(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 5) + ":" + part(11, 2) + ":" +
                    part(13, 7));
}

}  // namespace statewire
