#include "backup/backup_pieces.h"

#include <algorithm>
#include <limits>
#include <set>

#include "aws/sigv4.h"
#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

// The size of no piece.
constexpr uint64_t kNotAsWritten = std::numeric_limits<uint64_t>::max();

}  // namespace

std::string piece_path(const std::string& piece) { return std::string(kPieces) + "/" + piece; }

Result<PiecesThere> PiecesThere::look(BackupPlace& place) {
  const Result<std::vector<PlacedObject>> objects = place.list(std::string(kPieces));
  if (!objects) return objects.error();
  PiecesThere there;
  for (const PlacedObject& object : *objects) there.add(object.name, object.bytes);
  return there;
}

uint64_t PiecesThere::bytes_of(uint64_t file_bytes, uint64_t at) {
  return std::min<uint64_t>(kBackupPieceBytes, file_bytes - at);
}

bool PiecesThere::has(const std::string& piece, uint64_t bytes) const {
  const auto found = bytes_.find(piece);
  return found != bytes_.end() && found->second == bytes;
}

bool PiecesThere::has_all(const std::vector<std::string>& pieces, uint64_t file_bytes) const {
  uint64_t at = 0;
  return std::ranges::all_of(pieces, [&](const std::string& piece) {
    const uint64_t bytes = bytes_of(file_bytes, at);
    at += bytes;
    return has(piece, bytes);
  });
}

std::string PiecesThere::trouble_of(const BackupList& list) const {
  std::set<std::string_view> gone;
  std::set<std::string_view> not_whole;
  for (const BackupFile& file : list.files) {
    uint64_t at = 0;
    for (const std::string& piece : file.pieces) {
      const uint64_t bytes = bytes_of(file.bytes, at);
      at += bytes;
      if (has(piece, bytes)) continue;
      (bytes_.contains(piece) ? not_whole : gone).insert(piece);
    }
  }
  std::string trouble;
  if (!gone.empty()) trouble = counted(gone.size(), "piece") + " gone";
  if (!not_whole.empty()) {
    trouble += (trouble.empty() ? "" : ", ") + counted(not_whole.size(), "piece") + " not whole";
  }
  return trouble;
}

Result<std::vector<std::string>> PiecesThere::compare(BackupPlace& place,
                                                      const BackupProgress& progress) {
  std::vector<std::string> other;
  uint64_t total = 0;
  uint64_t done = 0;
  for (const auto& [piece, bytes] : bytes_) total += bytes;
  for (auto& [piece, bytes] : bytes_) {
    if (!progress(done, total)) return unavailable("it was stopped");
    done += bytes;
    // One that is too long to be a piece is not read.
    if (bytes <= kBackupPieceBytes) {
      const Result<std::string> got = place.get(piece_path(piece), kBackupPieceBytes);
      if (!got) return got.error();
      if (sha256_hex(*got) == piece) continue;
    }
    bytes = kNotAsWritten;
    other.push_back(piece);
  }
  return other;
}

}  // namespace statewire
