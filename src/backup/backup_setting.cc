#include "backup/backup_setting.h"

#include "base/limits.h"
#include "config/map_reader.h"

namespace statewire {

std::optional<BackupSetting> read_backup_setting(const Node& node) {
  if (!node) return std::nullopt;
  MapReader keys(node);
  BackupSetting setting;
  const Node to = keys.required("to");
  setting.role = read_aws_role(keys.optional("role"));
  setting.every = keys.optional("every").duration(setting.every, std::chrono::seconds(1));
  setting.keep = static_cast<size_t>(
      keys.optional("keep").integer(1, kBackupsMax, static_cast<int64_t>(setting.keep)));
  keys.finish();
  if (!to) return std::nullopt;
  const std::string text = to.text();
  Result<BackupTarget> target =
      parse_backup_target(text.starts_with(kS3Scheme) ? text : to.file_path());
  if (!target) {
    to.error("found \"" + text + "\": " + target.error().text);
    return std::nullopt;
  }
  setting.to = *std::move(target);
  return setting;
}

}  // namespace statewire
