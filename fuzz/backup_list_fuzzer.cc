// The list of a backup: what is read of it names files of a store alone, and reads back the same.
#include "backup/backup_list.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace statewire;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)time_of_backup(text);
  const Result<BackupList> list = parse_backup_list(text);
  if (!list) return 0;
  for (const BackupFile& file : list->files) {
    CHECK(!file.name.empty() && file.name.find('/') == file.name.npos && file.name[0] != '.');
    for (const std::string& piece : file.pieces) CHECK(piece.size() == 64);
  }
  const Result<BackupList> again = parse_backup_list(encode_backup_list(*list));
  CHECK(again && *again == *list);
  return 0;
}
